import { NOBODY } from '../../../audit/event-preparation.js';
import type { Reader } from '../reports.service.js';
import type { Statement } from '../statement.js';
import type {
  PartItems,
  PartPosition,
  ReconciliationPart,
  ReconciliationQuestion,
} from './reconciliation.types.js';

export interface Row<P extends ReconciliationPart> {
  readonly item: PartItems[P];
  readonly position: PartPosition;
}

const MAX_STORES = 200;
/** A session of a store's STS lives for a quarter of an hour. */
const SESSION = `interval '15 minutes'`;
/** Clocks differ, and logs round. */
const SKEW = `interval '2 minutes'`;

/** $1 from, $2 to, $3 dataset, $4 store, $5 whose, $6 after, $7 limit, $8 lag; null says nothing. */
const GRANT_FILTERS = `($3::uuid IS NULL OR g.dataset_id = $3) AND ($4::uuid IS NULL OR g.store_id = $4)
  AND ($5::uuid[] IS NULL OR g.organisation_id = ANY ($5) OR g.provider_id = ANY ($5))`;
const READ_FILTERS = `($3::uuid IS NULL OR r.dataset_id = $3) AND ($4::uuid IS NULL OR r.store_id = $4)
  AND r.read_at >= $1 AND r.read_at < $2`;
/** What a store's log would have told of by now, had it happened. */
const LOG_COVERS = (instant: string): string =>
  `JOIN access_log l ON l.store_id = g.store_id AND ${instant} >= l.since
     AND ${instant} < l.read_at - make_interval(secs => $8)
   JOIN partner_store s ON s.id = g.store_id AND s.access_log IS NOT NULL`;
const GRANT_JOINS = `JOIN person p ON p.id = g.person_id JOIN organisation o ON o.id = g.organisation_id
  JOIN dataset d ON d.id = g.dataset_id`;
const GRANT_NAMES = `'grantId', g.id, 'pseudonym', CASE WHEN p.status <> 'erased' THEN p.pseudonym END,
  'recipient', jsonb_build_object('id', o.id, 'name', o.name),
  'dataset', jsonb_build_object('id', d.id, 'name', d.title), 'delivery', g.delivery`;
const TIME = (value: string): string =>
  `to_char((${value}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
// To the last digit: a page goes on where the one before ended.
const INSTANT = (value: string): string =>
  `to_char((${value}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')`;
const AFTER = (columns: string, ...types: readonly string[]): string =>
  `($6::text[] IS NULL OR (${columns}) < (${types.map((type, at) => `($6::text[])[${String(at + 1)}]::${type}`).join(', ')}))`;

/** Each part newest first. `item` is as it is shown, `position` what the next page starts after. */
const STATEMENTS: Readonly<Record<ReconciliationPart, string>> = {
  unmatched: `
    SELECT jsonb_build_object('storeId', q.store_id, 'dataset', jsonb_build_object('id', q.dataset_id, 'name', q.title),
        'requester', q.requester, 'hour', ${TIME('q.hour')}, 'reads', q.reads, 'bytes', q.bytes,
        'objectName', q.object_name, 'reasons', q.reasons, 'storeRequestId', q.request_id) AS item,
      ARRAY[${INSTANT('q.hour')}, q.store_id::text, q.dataset_id::text, q.requester] AS position
    FROM (
      SELECT r.store_id, r.dataset_id, d.title, r.requester, date_trunc('hour', r.read_at, 'UTC') AS hour,
        count(*) AS reads, sum(r.unexplained_bytes) AS bytes, array_agg(DISTINCT r.reason) AS reasons,
        min(r.request_id) AS request_id,
        CASE WHEN min(r.object_name) = max(r.object_name) THEN min(r.object_name) END AS object_name
      FROM observed_read r JOIN dataset d ON d.id = r.dataset_id
      WHERE r.verdict = 'unmatched' AND r.verdict IN ('observed', 'unmatched') AND ${READ_FILTERS}
        AND ($5::uuid[] IS NULL OR d.organisation_id = ANY ($5))
      GROUP BY 1, 2, 3, 4, 5) q
    WHERE ${AFTER('q.hour, q.store_id, q.dataset_id, q.requester', 'timestamptz', 'uuid', 'uuid', 'text')}
    ORDER BY q.hour DESC, q.store_id DESC, q.dataset_id DESC, q.requester DESC LIMIT $7`,
  observed: `
    SELECT jsonb_build_object(${GRANT_NAMES}, 'reads', q.reads, 'bytes', q.bytes, 'firstAt', ${TIME('q.first_at')},
        'lastAt', ${TIME('q.last_at')}) AS item,
      ARRAY[${INSTANT('q.last_at')}, g.id::text] AS position
    FROM (
      SELECT r.grant_id, count(*) AS reads, sum(r.bytes) AS bytes, min(r.read_at) AS first_at, max(r.read_at) AS last_at
      FROM observed_read r WHERE r.verdict = 'observed' AND r.verdict IN ('observed', 'unmatched') AND ${READ_FILTERS}
      GROUP BY r.grant_id) q
    JOIN grants g ON g.id = q.grant_id ${GRANT_JOINS}
    WHERE ${GRANT_FILTERS} AND ${AFTER('q.last_at, g.id', 'timestamptz', 'uuid')}
    ORDER BY q.last_at DESC, g.id DESC LIMIT $7`,
  // From the opening, whose id the line would name; the decision of both leads from it to the end.
  absent_from_log: `
    SELECT jsonb_build_object(${GRANT_NAMES}, 'eventId', ended.id, 'occurredAt', ${TIME('ended.occurred_at')},
        'bytes', ended.bytes) AS item,
      ARRAY[${INSTANT('e.occurred_at')}, e.id::text] AS position
    FROM audit_event e JOIN grants g ON g.id = e.grant_id ${LOG_COVERS('e.occurred_at')} ${GRANT_JOINS}
    JOIN decision_record c ON c.audit_event_id = e.id
    JOIN LATERAL (
      SELECT x.id, x.occurred_at, x.bytes FROM audit_event x JOIN audit_payload y ON y.event_id = x.id
        AND y.subject_id = '${NOBODY}'
      WHERE x.grant_id = e.grant_id AND x.type IN ('object.delivered', 'object.cut') AND x.bytes > 0
        AND x.occurred_at >= e.occurred_at AND NOT 'node_lost' = ANY (x.reason_codes)
        AND convert_from(substring(y.body FROM 33), 'UTF8')::jsonb @> jsonb_build_array(jsonb_build_array('decisionId', c.id))
      ORDER BY x.occurred_at, x.id LIMIT 1) ended ON true
    WHERE e.type = 'object.opened' AND e.occurred_at >= $1 AND e.occurred_at < $2 AND ${GRANT_FILTERS}
      AND NOT EXISTS (SELECT FROM observed_read r WHERE r.cited_event_id = e.id)
      AND ${AFTER('e.occurred_at, e.id', 'timestamptz', 'uuid')}
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT $7`,
  unused_issues: `
    SELECT jsonb_build_object(${GRANT_NAMES}, 'eventId', e.id, 'occurredAt', ${TIME('e.occurred_at')},
        'issued', CASE e.type WHEN 'object.url-issued' THEN 'urls' ELSE 'credentials' END) AS item,
      ARRAY[${INSTANT('e.occurred_at')}, e.id::text] AS position
    FROM audit_event e JOIN grants g ON g.id = e.grant_id ${LOG_COVERS('e.occurred_at')} ${GRANT_JOINS}
    WHERE e.type IN ('object.url-issued', 'object.credential-issued') AND e.occurred_at >= $1 AND e.occurred_at < $2
      AND ${GRANT_FILTERS}
      AND NOT EXISTS (SELECT FROM observed_read r WHERE r.cited_event_id = e.id)
      AND NOT (e.type = 'object.credential-issued' AND EXISTS (
        SELECT FROM observed_read r WHERE r.store_id = g.store_id AND r.verdict = 'observed' AND r.grant_id = g.id
          AND r.cited_event_id IS NULL AND r.read_at BETWEEN e.occurred_at - ${SKEW} AND e.occurred_at + ${SESSION} + ${SKEW}))
      AND ${AFTER('e.occurred_at, e.id', 'timestamptz', 'uuid')}
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT $7`,
  unused_grants: `
    SELECT jsonb_build_object(${GRANT_NAMES}, 'issuedAt', ${TIME('g.issued_at')}, 'status', g.status,
        'expiresAt', ${TIME('g.expires_at')}) AS item,
      ARRAY[${INSTANT('g.issued_at')}, g.id::text] AS position
    FROM grants g ${GRANT_JOINS}
    WHERE g.issued_at >= $1 AND g.issued_at < $2 AND ${GRANT_FILTERS}
      AND NOT EXISTS (SELECT FROM audit_event x WHERE x.grant_id = g.id AND x.type = 'grant.activated')
      AND ${AFTER('g.issued_at, g.id', 'timestamptz', 'uuid')}
    ORDER BY g.issued_at DESC, g.id DESC LIMIT $7`,
};

/** One page of a part: what was issued against what was used (domain.md section 5, question 7). */
export function reconciliationStatement(
  part: ReconciliationPart,
  { from, to, datasetId, storeId, lagSeconds }: ReconciliationQuestion,
  { sees }: Pick<Reader, 'sees'>,
  { after, limit }: { readonly after: PartPosition | null; readonly limit: number },
): Statement {
  const sql = STATEMENTS[part];
  const lag = sql.includes('$8') ? [lagSeconds] : [];
  return { sql, params: [from, to, datasetId, storeId, sees, after, limit, ...lag] };
}

/** By name. */
export function storesStatement(
  { datasetId, storeId, lagSeconds }: ReconciliationQuestion,
  { sees }: Pick<Reader, 'sees'>,
): Statement {
  return { sql: STORES, params: [storeId, datasetId, sees, lagSeconds, MAX_STORES] };
}

const STORES = `
  SELECT s.id, s.name, jsonb_build_object('id', o.id, 'name', o.name) AS organisation, s.access_log IS NOT NULL AS "isRead",
    ${TIME('l.since')} AS since, ${TIME('l.read_at')} AS "readAt",
    ${TIME('l.read_at - make_interval(secs => $4)')} AS "completeUntil", ${TIME('l.newest_line_at')} AS "newestLineAt",
    coalesce(l.lines, 0)::float8 AS lines, coalesce(l.unreadable_lines, 0)::float8 AS "unreadableLines",
    coalesce(l.unread_objects, 0)::float8 AS "unreadObjects", l.fault
  FROM partner_store s JOIN organisation o ON o.id = s.organisation_id LEFT JOIN access_log l ON l.store_id = s.id
  WHERE s.status <> 'retired' AND ($1::uuid IS NULL OR s.id = $1) AND ($3::uuid[] IS NULL OR s.organisation_id = ANY ($3))
    AND ($2::uuid IS NULL OR s.id = (SELECT d.store_id FROM dataset d WHERE d.id = $2))
  ORDER BY s.name, s.id LIMIT $5`;
