import type { Database } from '../../platform/database/database.js';

type Manager = Database['manager'];

/** An event as its row has it, with what was published of it. */
export interface EventRow {
  readonly index: string;
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly outcome: string;
  readonly personIds: readonly string[];
  readonly organisationIds: readonly string[];
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly projectId: string | null;
  readonly datasetId: string | null;
  readonly agreementId: string | null;
  readonly accessRequestId: string | null;
  readonly grantId: string | null;
  readonly reasonCodes: readonly string[];
  readonly bytes: string | null;
  readonly leaf: Buffer;
  readonly digests: Buffer;
}

export interface PayloadOf {
  readonly eventId: string;
  readonly subjectId: string;
  readonly body: Buffer;
}

export const EVENT_ROWS = `
  SELECT l.idx AS index, e.id, e.type, e.occurred_at AS "occurredAt", e.outcome, e.person_ids AS "personIds",
    e.organisation_ids AS "organisationIds", e.target_type AS "targetType", e.target_id AS "targetId",
    e.project_id AS "projectId", e.dataset_id AS "datasetId", e.agreement_id AS "agreementId",
    e.access_request_id AS "accessRequestId", e.grant_id AS "grantId", e.reason_codes AS "reasonCodes", e.bytes, e.leaf, e.digests
  FROM log_leaf l JOIN audit_event e ON e.id = l.event_id
  WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`;

export const PAYLOADS = `SELECT event_id AS "eventId", subject_id AS "subjectId", body FROM audit_payload WHERE event_id = ANY ($1::uuid[])`;

/** Up to so many events by their ids, and of them the first that has no place in the log and waits for none. */
export const UNPLACED = `
  WITH page AS MATERIALIZED (SELECT id FROM audit_event WHERE id > $1 ORDER BY id LIMIT $2)
  SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
    (SELECT s.id FROM page s LEFT JOIN log_leaf l ON l.event_id = s.id LEFT JOIN audit_pending p ON p.event_id = s.id
     WHERE l.event_id IS NULL AND p.event_id IS NULL ORDER BY s.id LIMIT 1) AS unplaced`;

export async function eventRows(
  manager: Manager,
  from: bigint,
  to: bigint,
): Promise<readonly EventRow[]> {
  return manager.query<EventRow[]>(EVENT_ROWS, [from.toString(), to.toString()]);
}

export async function payloadsOf(
  manager: Manager,
  events: readonly EventRow[],
): Promise<ReadonlyMap<string, readonly PayloadOf[]>> {
  const ids = events.map(({ id }) => id);
  return Map.groupBy(await manager.query<PayloadOf[]>(PAYLOADS, [ids]), ({ eventId }) => eventId);
}

/** @returns the last of the events looked at, undefined when there was none; and the one that is in no log. */
export async function unplacedAfter(
  manager: Manager,
  after: string,
  limit: number,
): Promise<{ readonly last: string | null; readonly unplaced: string | null }> {
  const [row] = await manager.query<{ last: string | null; unplaced: string | null }[]>(UNPLACED, [
    after,
    limit,
  ]);
  return row ?? { last: null, unplaced: null };
}
