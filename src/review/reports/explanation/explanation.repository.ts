import { NOBODY } from '../../../audit/event-preparation.js';
import {
  datasetOf,
  organisationOf,
  referenceOf,
  type NamedDataset,
  type NamedOrganisation,
  type NamedReference,
} from '../names.js';
import type { Reader } from '../reports.service.js';
import { EVENT_SIGHT, Params, type Statement } from '../statement.js';

/** An event that may rest on a decision of policy, and what was decided on. */
export interface DecidedEventRow {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** Of the decision that was recorded with this very event. */
  readonly decisionId: string | null;
  /** The fields about nobody, in clear: the end of something names the decision of its beginning. */
  readonly body: Buffer | null;
  /** Who asked. */
  readonly requesting: NamedOrganisation | null;
  /** Whose data it is. */
  readonly provider: NamedOrganisation | null;
  readonly dataset: NamedDataset | null;
  readonly agreement: NamedReference | null;
}

/** @param id of the event. */
export function decidedEventStatement(id: string, { sees }: Reader): Statement {
  const params = new Params();
  const where = params.where([
    ['e.id = ?', id],
    [EVENT_SIGHT, sees],
  ]);
  const sql = `
    SELECT e.id, e.type, e.occurred_at AS "occurredAt", c.id AS "decisionId", y.body,
      CASE WHEN o.id IS NOT NULL THEN ${organisationOf('o')} END AS requesting,
      CASE WHEN q.id IS NOT NULL THEN ${organisationOf('q')} END AS provider,
      CASE WHEN d.id IS NOT NULL THEN ${datasetOf('d')} END AS dataset,
      CASE WHEN a.id IS NOT NULL THEN ${referenceOf('a')} END AS agreement
    FROM audit_event e
      LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '${NOBODY}'
      LEFT JOIN decision_record c ON c.audit_event_id = e.id
      LEFT JOIN grants g ON g.id = e.grant_id
      LEFT JOIN access_request r ON r.id = e.access_request_id
      LEFT JOIN organisation o ON o.id = coalesce(g.organisation_id, r.organisation_id)
      LEFT JOIN dataset d ON d.id = e.dataset_id
      LEFT JOIN organisation q ON q.id = d.organisation_id
      LEFT JOIN agreement a ON a.id = e.agreement_id
    ${where}
    ORDER BY c.decided_at, c.id LIMIT 1`;
  return { sql, params: params.values };
}
