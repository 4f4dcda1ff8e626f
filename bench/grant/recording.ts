import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import {
  asTemplate,
  commonStatements,
  LINE_PREFIX,
  parseStatements,
  type Statement,
} from './recorded-statements.js';

const RECORDINGS = 5;
const LOG_TIMEOUT_MS = 5_000;

/** Lets PostgreSQL log what the broker sends while it issues grants. @returns one grant's statements, as a template. */
export async function recordIssue(
  sandbox: RunningSandbox,
  admin: pg.Client,
  accessRequestIds: readonly string[],
): Promise<readonly Statement[]> {
  await configure(admin, { log_statement: 'all', log_line_prefix: LINE_PREFIX });
  const recordings: (readonly Statement[])[] = [];
  let names: Readonly<Record<string, string>> = {};
  for (const accessRequestId of accessRequestIds.slice(0, RECORDINGS)) {
    const from = await sizeOf(sandbox.databaseLog);
    const idempotencyKey = randomUUID();
    const { id: grantId } = await sandbox.callers.researcher.post<{ id: string }>(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': idempotencyKey },
    );
    recordings.push(parseStatements(await readUntilCommit(sandbox.databaseLog, from, grantId)));
    const { rows } = await admin.query<{ eventId: string; decisionId: string }>(
      `SELECT g.audit_event_id AS "eventId", d.id AS "decisionId"
       FROM grants g JOIN decision_record d USING (audit_event_id) WHERE g.id = $1`,
      [grantId],
    );
    names = { accessRequestId, idempotencyKey, grantId, ...rows[0] };
  }
  await configure(admin, { log_statement: 'none' });
  return asTemplate(commonStatements(recordings), names);
}

async function configure(
  admin: pg.Client,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await admin.query(`ALTER SYSTEM SET ${name} = ${admin.escapeLiteral(value)}`);
  }
  await admin.query('SELECT pg_reload_conf()');
  const [name = '', value = ''] = Object.entries(settings)[0] ?? [];
  await waitFor('PostgreSQL to read its settings', LOG_TIMEOUT_MS, async () => {
    const { rows } = await admin.query<{ setting: string }>(
      'SELECT current_setting($1) AS setting',
      [name],
    );
    return rows[0]?.setting === value;
  });
}

// The log is written by another process, a little after the answer.
async function readUntilCommit(path: string, from: number, grantId: string): Promise<string> {
  let text = '';
  let size = -1;
  await waitFor('The log of PostgreSQL', LOG_TIMEOUT_MS, async () => {
    text = await readFrom(path, from);
    const isQuiet = text.length === size;
    size = text.length;
    return isQuiet && text.includes(grantId) && text.includes('COMMIT');
  });
  return text;
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function readFrom(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
