import { NOBODY } from '../../../audit/event-preparation.js';
import { DISCLOSURES } from '../disclosure-types.js';
import {
  datasetOf,
  organisationOf,
  pseudonymOf,
  referenceOf,
  versionAt,
  versionOf,
  type NamedDataset,
  type NamedOrganisation,
  type NamedReference,
  type NamedVersion,
} from '../names.js';
import type { Period } from '../period.rules.js';
import type { Reader } from '../reports.service.js';
import { EVENT_SIGHT, Params, type Statement } from '../statement.js';

export interface DisclosurePosition {
  readonly occurredAt: string;
  readonly id: string;
  readonly [key: string]: string;
}

/** Null is no filter. */
export interface DisclosureQuestion extends Period {
  /** Who received it. */
  readonly recipientId: string | null;
  readonly datasetId: string | null;
  readonly agreementId: string | null;
  readonly grantId: string | null;
}

export interface DisclosureRow {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly outcome: string;
  readonly bytes: string | null;
  readonly reasonCodes: readonly string[];
  /** The fields about nobody, in clear; null once they were erased. */
  readonly body: Buffer | null;
  readonly grantId: string | null;
  readonly delivery: string | null;
  readonly pseudonym: string | null;
  readonly recipient: NamedOrganisation | null;
  readonly provider: NamedOrganisation | null;
  readonly dataset: NamedDataset | null;
  readonly accessRequest: NamedReference | null;
  readonly agreement: NamedVersion | null;
}

/** Newest first. Names are looked up for one page alone. */
export function disclosuresStatement(
  question: DisclosureQuestion,
  { sees, personId }: Reader,
  { after, limit }: { readonly after: DisclosurePosition | null; readonly limit: number },
): Statement {
  const params = new Params();
  const { recipientId } = question;
  const where = params.where([
    [`e.type IN ${DISCLOSURES}`],
    ['e.occurred_at >= ?', question.from],
    ['e.occurred_at < ?', question.to],
    ['e.dataset_id = ?', question.datasetId],
    ['e.agreement_id = ?', question.agreementId],
    ['e.grant_id = ?', question.grantId],
    ['e.organisation_ids @> ?::uuid[]', recipientId === null ? null : [recipientId]],
    [
      'EXISTS (SELECT FROM grants x WHERE x.id = e.grant_id AND x.organisation_id = ?)',
      recipientId,
    ],
    ['e.person_ids @> ?::uuid[]', personId === null ? null : [personId]],
    [EVENT_SIGHT, sees],
    after && [
      `(e.occurred_at, e.id) < (${params.bind(after.occurredAt)}::timestamptz, ${params.bind(after.id)}::uuid)`,
    ],
  ]);
  const page = `SELECT e.id, e.type, e.occurred_at, e.outcome, e.bytes, e.reason_codes, e.grant_id
    FROM audit_event e ${where} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${params.bind(limit)}`;
  return { sql: namedDisclosures(page), params: params.values };
}

/** One, if the caller may see it. */
export function disclosureStatement(id: string, { sees }: Reader): Statement {
  const params = new Params();
  const where = params.where([['e.id = ?', id], [`e.type IN ${DISCLOSURES}`], [EVENT_SIGHT, sees]]);
  const page = `SELECT e.id, e.type, e.occurred_at, e.outcome, e.bytes, e.reason_codes, e.grant_id
    FROM audit_event e ${where}`;
  return { sql: namedDisclosures(page), params: params.values };
}

function namedDisclosures(page: string): string {
  return `
    SELECT e.id, e.type, e.occurred_at AS "occurredAt", e.outcome, e.bytes, e.reason_codes AS "reasonCodes", y.body,
      g.id AS "grantId", g.delivery, ${pseudonymOf('p')} AS pseudonym,
      CASE WHEN o.id IS NOT NULL THEN ${organisationOf('o')} END AS recipient,
      CASE WHEN q.id IS NOT NULL THEN ${organisationOf('q')} END AS provider,
      CASE WHEN d.id IS NOT NULL THEN ${datasetOf('d')} END AS dataset,
      CASE WHEN r.id IS NOT NULL THEN ${referenceOf('r')} END AS "accessRequest",
      CASE WHEN a.id IS NOT NULL THEN ${versionOf('a', 'v')} END AS agreement
    FROM (${page}) e
      LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '${NOBODY}'
      LEFT JOIN grants g ON g.id = e.grant_id
      LEFT JOIN person p ON p.id = g.person_id
      LEFT JOIN organisation o ON o.id = g.organisation_id
      LEFT JOIN organisation q ON q.id = g.provider_id
      LEFT JOIN dataset d ON d.id = g.dataset_id
      LEFT JOIN access_request r ON r.id = g.access_request_id
      LEFT JOIN agreement a ON a.id = g.agreement_id
      ${versionAt('g', 'e.occurred_at')}
    ORDER BY e.occurred_at DESC, e.id DESC`;
}
