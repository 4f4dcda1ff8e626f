import { rfc3339 } from '../../../platform/database/rfc3339.js';
import {
  datasetOf,
  organisationOf,
  pseudonymOf,
  type NamedDataset,
  type NamedOrganisation,
} from '../names.js';
import type { Reader } from '../reports.service.js';
import { Params, type Statement } from '../statement.js';
import { decisionFactOf, type DecisionFact } from './decision-facts.js';

/** What was asked, by whom, and what was answered. */
export interface DecisionRow {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly purpose: string;
  readonly justification: string;
  readonly delivery: string;
  readonly frequency: string;
  readonly until: string;
  readonly receivedAt: string | null;
  readonly undertaking: { readonly versionHash: string | null; readonly acceptedAt: string | null };
  readonly requester: string | null;
  readonly requesting: NamedOrganisation;
  readonly provider: NamedOrganisation;
  readonly dataset: NamedDataset;
  readonly project: { readonly id: string; readonly reference: string; readonly title: string };
  readonly agreement: {
    readonly id: string;
    readonly reference: string;
    readonly version: number | null;
    readonly title: string | null;
    readonly versionHash: string | null;
    readonly status: string | null;
  };
  readonly decisions: readonly DecisionFact[];
  readonly history: readonly {
    readonly eventId: string;
    readonly type: string;
    readonly occurredAt: string;
    readonly reasonCodes: readonly string[];
  }[];
  readonly grants: {
    readonly count: number;
    readonly firstIssuedAt: string | null;
    readonly lastEndsAt: string | null;
  };
}

// To its provider a request that was never submitted is nothing.
const SIGHT =
  '(r.organisation_id = ANY(?::uuid[]) OR (r.undertaking_hash IS NOT NULL AND d.organisation_id = ANY(?::uuid[])))';

export function decisionStatement(id: string, { sees }: Reader): Statement {
  const params = new Params();
  const where = params.where([
    ['r.id = ?', id],
    [SIGHT, sees],
  ]);
  const sql = `
    SELECT r.id, r.reference, r.status, r.purpose, r.justification, r.delivery, r.frequency, r.until_on::text AS until,
      ${rfc3339('received.at')} AS "receivedAt",
      jsonb_build_object('versionHash', r.undertaking_hash, 'acceptedAt', ${rfc3339('r.undertaken_at')}) AS undertaking,
      ${pseudonymOf('p')} AS requester, ${organisationOf('o')} AS requesting, ${organisationOf('q')} AS provider,
      ${datasetOf('d')} AS dataset,
      jsonb_build_object('id', j.id, 'reference', j.reference, 'title', j.title) AS project,
      jsonb_build_object('id', a.id, 'reference', a.reference, 'version', v.version, 'title', v.title,
        'versionHash', v.version_hash, 'status', v.status) AS agreement,
      coalesce((SELECT jsonb_agg(${decisionFactOf('c', 'x')} ORDER BY c.decided_at, c.id)
        FROM access_decision c LEFT JOIN person x ON x.id = c.decider_id
        WHERE c.access_request_id = r.id), '[]') AS decisions,
      coalesce((SELECT jsonb_agg(jsonb_build_object('eventId', e.id, 'type', e.type,
          'occurredAt', ${rfc3339('e.occurred_at')}, 'reasonCodes', to_jsonb(e.reason_codes))
          ORDER BY e.occurred_at, e.id)
        FROM audit_event e WHERE e.access_request_id = r.id AND e.type LIKE 'request.%'), '[]') AS history,
      (SELECT jsonb_build_object('count', count(*), 'firstIssuedAt', ${rfc3339('min(g.issued_at)')},
          'lastEndsAt', ${rfc3339('max(coalesce(g.ended_at, g.expires_at))')})
        FROM grants g WHERE g.access_request_id = r.id) AS grants
    FROM access_request r
      JOIN person p ON p.id = r.requester_id
      JOIN organisation o ON o.id = r.organisation_id
      JOIN dataset d ON d.id = r.dataset_id
      JOIN organisation q ON q.id = d.organisation_id
      JOIN project j ON j.id = r.project_id
      JOIN agreement a ON a.id = r.agreement_id
      LEFT JOIN agreement_version v ON v.agreement_id = r.agreement_id AND v.version = r.agreement_version
      LEFT JOIN LATERAL (SELECT min(e.occurred_at) AS at FROM audit_event e
        WHERE e.access_request_id = r.id AND e.type = 'request.submitted') received ON true
    ${where}`;
  return { sql, params: params.values };
}
