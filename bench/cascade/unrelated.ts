import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { RunningSandbox } from '../../sandbox/sandbox.js';

const CONCURRENCY = 4;
const REQUESTS = 3_000;

/** One grant of the seeded request. @returns its id. */
export async function issueOne({ callers, seeded }: RunningSandbox): Promise<string> {
  const { accessRequestId } = seeded;
  const key = { 'idempotency-key': randomUUID() };
  const grant = await callers.researcher.post<{ id: string }>(
    '/api/v1/grants',
    { accessRequestId },
    key,
  );
  return grant.id;
}

/**
 * Issues grants under the seeded agreement over HTTP, so many at a time, until the work is done.
 * @returns how many milliseconds each took. @throws Error when one is refused.
 */
export async function issueUntil(
  sandbox: RunningSandbox,
  admin: pg.Client,
  work: () => Promise<void>,
): Promise<readonly number[]> {
  const authorization = `Bearer ${await sandbox.issueAccessToken('researcher')}`;
  const queue = (await copyRequests(admin, sandbox.seeded.accessRequestId)).values();
  const took: number[] = [];
  let isDone = false;
  const issuers = Array.from({ length: CONCURRENCY }, async () => {
    for (const accessRequestId of queue) {
      if (isDone) {
        return;
      }
      const headers = { authorization, 'idempotency-key': randomUUID() };
      const startedAt = performance.now();
      await sandbox.callers.researcher.post('/api/v1/grants', { accessRequestId }, headers);
      took.push(performance.now() - startedAt);
    }
  });
  try {
    await work();
  } finally {
    isDone = true;
    await Promise.allSettled(issuers);
  }
  await Promise.all(issuers);
  return took;
}

async function copyRequests(admin: pg.Client, id: string): Promise<readonly string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO access_request
     SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'reference',
       'REQ-2000-' || (SELECT count(*) FROM access_request) + 100000 + n))).*
     FROM access_request r, generate_series(1, $2::int) n WHERE r.id = $1 RETURNING id`,
    [id, REQUESTS],
  );
  return rows.map((row) => row.id);
}
