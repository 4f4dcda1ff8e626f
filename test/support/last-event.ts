import { readPayload } from '../../src/audit/payload.js';
import type { Database } from '../../src/platform/database/database.js';
import { isAboutNobody } from '../../src/review/audit-event.view.js';

/** A field of the last event of a type. Last by transaction: a test's clock stands still. */
export async function fieldOfLast(
  { manager }: Pick<Database, 'manager'>,
  type: string,
  field: string,
): Promise<unknown> {
  const rows = await manager.query<{ subjectId: string; body: Buffer }[]>(
    `SELECT p.subject_id AS "subjectId", p.body FROM audit_payload p
     WHERE p.event_id = (SELECT e.id FROM audit_event e WHERE e.type = $1
       ORDER BY e.xmin::text::bigint DESC LIMIT 1)`,
    [type],
  );
  if (rows.length === 0) {
    throw new Error(`No event ${type}`);
  }
  return rows
    .filter(({ subjectId }) => isAboutNobody(subjectId))
    .map(({ body }) => (new Map(readPayload(body).fields) as Map<string, unknown>).get(field))
    .find((value) => value !== undefined);
}
