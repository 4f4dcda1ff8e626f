import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AgreementOnDataset, OwnProject, OwnRequest } from './ways.types.js';

const MAX_AGREEMENTS = 50;
const MAX_OWN = 50;

type AgreementRow = Omit<AgreementOnDataset, 'endsAt'> & { readonly endsAt: Date };

/** Who asks about which dataset, and when. */
export interface WaysQuery {
  readonly datasetId: string;
  /** Those for which the reader may do what the rows are about. */
  readonly organisationIds: readonly string[];
  /** All of the reader's: none of them joins again what it is in. */
  readonly memberOf: readonly string[];
  readonly personId: string;
  readonly now: Date;
  /** A London day. */
  readonly today: string;
}

const IN_FORCE = (party: string): string =>
  `${party}.status = 'active' AND (${party}.ends_at IS NULL OR ${party}.ends_at > $3)`;
const HAS_LEFT = `('withdrawn', 'excluded', 'lapsed')`;

// $1 dataset, $2 organisations, $3 now, $4 today, $5 all of the reader's, $6 limit. In force by comparison (R3.25), as facts of a request are.
const AGREEMENTS = `
  SELECT g.id, g.reference, v.title, v.ends_at AS "endsAt", v.terms -> 'publish' = 'true'::jsonb AS "isPublished",
    coalesce(v.terms ->> 'admission', 'providers') AS admission, coalesce(v.terms -> 'purposes', '[]') AS purposes,
    (SELECT jsonb_build_object('organisationId', o.id, 'name', o.name) FROM agreement_party p
      JOIN organisation o ON o.id = p.organisation_id
      WHERE p.agreement_id = g.id AND p.is_lead AND ${IN_FORCE('p')} LIMIT 1) AS lead,
    coalesce(mine.places, '[]') AS places,
    jsonb_build_object('accreditations', coalesce(v.terms -> 'accreditations', '[]'),
      'trainings', coalesce(v.terms -> 'trainings', '[]'), 'orgChecks', coalesce(v.terms -> 'orgChecks', '[]'),
      'minAuth', v.terms -> 'minAuth', 'modes', coalesce(v.terms -> 'modes', '[]'),
      'maxGrantDays', v.terms -> 'maxGrantDays', 'approval', v.terms -> 'approval') AS needs
  FROM agreement_item i
  JOIN agreement_version v ON v.agreement_id = i.agreement_id AND v.version = i.version AND v.status = 'active'
    AND v.ends_at > $3 AND coalesce(v.next_review_on, v.terms ->> 'reviewOn') > ($4::date - 30)::text
  JOIN agreement g ON g.id = v.agreement_id
  JOIN dataset d ON d.id = i.dataset_id
  JOIN agreement_party theirs ON theirs.agreement_id = g.id AND theirs.organisation_id = d.organisation_id
    AND ${IN_FORCE('theirs')}
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('organisationId', p.organisation_id, 'dataRole', p.data_role, 'status', p.status)
      ORDER BY p.id) AS places
    FROM agreement_party p WHERE p.agreement_id = g.id AND p.organisation_id = ANY($2) AND p.status NOT IN ${HAS_LEFT}
      AND (p.ends_at IS NULL OR p.ends_at > $3) AND p.since_version <= v.version
      AND coalesce(p.until_version, v.version) >= v.version) mine ON true
  WHERE i.dataset_id = $1 AND (mine.places IS NOT NULL OR (v.terms -> 'publish' = 'true'::jsonb AND NOT EXISTS (
    SELECT FROM agreement_party p WHERE p.agreement_id = g.id AND p.organisation_id = ANY($5)
      AND p.status NOT IN ${HAS_LEFT})))
  ORDER BY mine.places IS NULL, g.reference LIMIT $6`;

// $1 person, $2 organisations, $3 today.
const PROJECTS = `
  SELECT j.id, j.reference, j.title, j.purposes, m.organisation_id AS "organisationId"
  FROM project_member m JOIN project j ON j.id = m.project_id AND j.status = 'active' AND j.ends_on >= $3
  WHERE m.person_id = $1 AND m.removed_at IS NULL AND m.organisation_id = ANY($2)
  ORDER BY j.id DESC LIMIT ${String(MAX_OWN)}`;

// $1 person, $2 dataset, $3 organisations, $4 now.
const REQUESTS = `
  SELECT r.id, r.reference, r.status, r.project_id AS "projectId", r.agreement_id AS "agreementId",
    (SELECT g.id FROM grants g WHERE g.person_id = $1 AND g.access_request_id = r.id
      AND g.status IN ('issued', 'active') AND g.expires_at > $4) AS "grantId"
  FROM access_request r
  WHERE r.requester_id = $1 AND r.dataset_id = $2 AND r.organisation_id = ANY($3)
    AND r.status IN ('draft', 'submitted', 'in_review', 'returned', 'approved')
  ORDER BY r.id DESC LIMIT ${String(MAX_OWN)}`;

/** A statement apart from running it: its plan is tested. */
interface Statement {
  readonly sql: string;
  readonly params: unknown[];
}

export function agreementsStatement({
  datasetId,
  organisationIds,
  now,
  today,
  memberOf,
}: WaysQuery): Statement {
  const limit = MAX_AGREEMENTS + 1;
  return { sql: AGREEMENTS, params: [datasetId, organisationIds, now, today, memberOf, limit] };
}

export function projectsStatement({ personId, organisationIds, today }: WaysQuery): Statement {
  return { sql: PROJECTS, params: [personId, organisationIds, today] };
}

export function requestsStatement({
  personId,
  datasetId,
  organisationIds,
  now,
}: WaysQuery): Statement {
  return { sql: REQUESTS, params: [personId, datasetId, organisationIds, now] };
}

@Injectable()
export class WaysRepository {
  /** Those in force that have the dataset from its owner: of the reader's organisations first, then published ones. */
  async agreements(
    manager: EntityManager,
    query: WaysQuery,
  ): Promise<{ readonly agreements: readonly AgreementOnDataset[]; readonly hasMore: boolean }> {
    const { sql, params } = agreementsStatement(query);
    const rows = await manager.query<AgreementRow[]>(sql, params);
    return {
      agreements: rows
        .slice(0, MAX_AGREEMENTS)
        .map((row) => ({ ...row, endsAt: row.endsAt.toISOString() })),
      hasMore: rows.length > MAX_AGREEMENTS,
    };
  }

  /** Newest first. */
  async projects(manager: EntityManager, query: WaysQuery): Promise<readonly OwnProject[]> {
    const { sql, params } = projectsStatement(query);
    return manager.query<OwnProject[]>(sql, params);
  }

  /** Newest first, with the grant that is good now. */
  async requests(manager: EntityManager, query: WaysQuery): Promise<readonly OwnRequest[]> {
    const { sql, params } = requestsStatement(query);
    return manager.query<OwnRequest[]>(sql, params);
  }
}
