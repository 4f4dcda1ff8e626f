import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { DatabaseLog } from '../statements/database-log.js';
import { asTemplate, commonStatements, type Statement } from '../statements/recorded-statements.js';

const RECORDINGS = 5;

/** Records what the broker sends while it issues grants. @returns one grant's statements, as a template. */
export async function recordIssue(
  { callers, databaseLog }: RunningSandbox,
  admin: pg.Client,
  accessRequestIds: readonly string[],
): Promise<readonly Statement[]> {
  const log = new DatabaseLog(databaseLog, admin);
  await log.on();
  const recordings: (readonly Statement[])[] = [];
  let names: Readonly<Record<string, string>> = {};
  for (const accessRequestId of accessRequestIds.slice(0, RECORDINGS)) {
    const idempotencyKey = randomUUID();
    const { statements, result } = await log.record(
      () =>
        callers.researcher.post<{ id: string }>(
          '/api/v1/grants',
          { accessRequestId },
          { 'idempotency-key': idempotencyKey },
        ),
      (text, { id }) => text.includes(id) && text.includes('COMMIT'),
    );
    recordings.push(statements);
    const { rows } = await admin.query<{ eventId: string; decisionId: string }>(
      `SELECT g.audit_event_id AS "eventId", d.id AS "decisionId"
       FROM grants g JOIN decision_record d USING (audit_event_id) WHERE g.id = $1`,
      [result.id],
    );
    names = { accessRequestId, idempotencyKey, grantId: result.id, ...rows[0] };
  }
  await log.off();
  return asTemplate(commonStatements(recordings), names);
}
