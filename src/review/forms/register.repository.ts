import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PublishedUse } from './register.types.js';

/**
 * Only what is shown leaves the database: terms as a whole are large, and name people. An acceded party's law is not in the
 * terms but with the party.
 */
const COLUMNS = `
  d.id, d.decided_at AS "decidedAt",
  (SELECT min(g.issued_at) FROM grants g WHERE g.access_request_id = r.id) AS "firstGrantAt",
  jsonb_build_object('name', o.name, 'kind', o.kind,
    'identifier', o.identifier_scheme || ':' || o.identifier_value) AS organisation,
  jsonb_build_object('title', j.title, 'reference', j.reference, 'summary', j.summary,
    'technicalSummary', j.technical_summary, 'publicBenefit', j.public_benefit, 'purpose', j.purposes[1],
    'startsOn', j.starts_on, 'endsOn', j.ends_on, 'ethicsReference', j.ethics_reference, 'funders', j.funders,
    'sublicences', j.sublicences, 'otherDatasets', j.other_datasets, 'outputs', j.outputs,
    'status', j.status) AS project,
  EXISTS (SELECT FROM accreditation c WHERE c.person_id = r.requester_id AND c.state = 'verified'
    AND c.expires_on >= (d.decided_at AT TIME ZONE 'Europe/London')::date) AS "isAccredited",
  r.frequency, r.linkage, v.terms->>'setting' AS setting,
  (SELECT jsonb_build_object('dataClass', i->'dataClass', 'release', i->'release', 'subjects', i->'subjects',
      'period', i->'period')
    FROM jsonb_array_elements(v.terms->'items') i WHERE i->>'datasetId' = r.dataset_id::text LIMIT 1) AS item,
  coalesce((SELECT jsonb_agg(jsonb_build_object('article6', l->'article6',
      'article9', coalesce(l->'article9', '[]'::jsonb), 'confidentiality', l->'confidentiality', 'optOut', l->'optOut'))
    FROM (SELECT jsonb_array_elements(v.terms->'legal') UNION ALL
      SELECT p.terms->'legal' FROM agreement_party p WHERE p.agreement_id = r.agreement_id
        AND p.organisation_id IN (r.organisation_id, s.organisation_id) AND p.terms ? 'legal') AS laws (l)
    WHERE l->>'organisationId' IN (r.organisation_id::text, s.organisation_id::text)), '[]'::jsonb) AS legal`;

const FROM = `
  FROM access_decision d
    JOIN access_request r ON r.id = d.access_request_id
    JOIN agreement_version v ON v.agreement_id = r.agreement_id AND v.version = r.agreement_version
    JOIN project j ON j.id = r.project_id
    JOIN organisation o ON o.id = r.organisation_id
    JOIN dataset s ON s.id = r.dataset_id`;

@Injectable()
export class RegisterRepository {
  /** Approvals under agreements that are published, newest first. @param after the approval before the page. */
  async page(
    manager: EntityManager,
    after: string | null,
    limit: number,
  ): Promise<readonly PublishedUse[]> {
    const { sql, params } = registerStatement(after, limit);
    return manager.query<PublishedUse[]>(sql, params);
  }
}

/** The statement of a page, apart from running it: its plan is tested. */
export function registerStatement(
  after: string | null,
  limit: number,
): { readonly sql: string; readonly params: unknown[] } {
  const before = after === null ? '' : 'AND d.id < $2';
  return {
    sql: `SELECT ${COLUMNS} ${FROM}
      WHERE d.decision = 'approved' AND v.terms->'publish' = 'true'::jsonb ${before}
      ORDER BY d.id DESC LIMIT $1`,
    params: after === null ? [limit] : [limit, after],
  };
}
