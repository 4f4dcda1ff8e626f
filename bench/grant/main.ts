import { fork, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findFreeFirstPort } from '../../sandbox/ports.js';
import { startSandbox, type RunningSandbox } from '../../sandbox/sandbox.js';
import { readState, removeState } from '../../sandbox/state/state.js';
import { median, post, type Job } from '../load.js';
import type { BareSetup } from './bare-server.js';
import { recordIssue } from './recording.js';
import type { Statement } from '../statements/recorded-statements.js';

const ROUNDS = 6;
const GRANTS_PER_ROUND = 300;
const WARM_UP = 200;
const CONCURRENCY = 16;
const POOL_SIZE = 20;
const RECORDED = 5;
const RATE_PER_MINUTE = 1_000_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * `npm run bench:grant`: grants per second of the broker beside a bare node:http + pg server that sends the same SQL and
 * signs the same token, in one run on one database, in alternating rounds.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-bench-'));
  const sandbox = await startSandbox({
    folder,
    firstPort: await findFreeFirstPort(),
    dataDir: undefined,
    issueRatePerMinute: RATE_PER_MINUTE,
    say: () => undefined,
    onDeath: (message) => {
      throw new Error(message);
    },
  });
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  try {
    await admin.connect();
    await compare(sandbox, admin);
  } finally {
    await admin.end();
    await sandbox.stop();
    const state = await readState(folder);
    if (state) {
      await removeState(folder, state);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(sandbox: RunningSandbox, admin: pg.Client): Promise<void> {
  const needed = RECORDED + 2 * (WARM_UP + ROUNDS * GRANTS_PER_ROUND);
  const requests = await copyRequests(admin, sandbox.seeded.accessRequestId, needed);
  const take = (count: number): readonly string[] => requests.splice(0, count);
  const statements = await recordIssue(sandbox, admin, take(RECORDED));
  say(`One grant takes ${String(statements.length)} statements:`);
  for (const { sql, inTransaction } of statements) {
    say(`  ${inTransaction ? '| ' : ''}${sql.replace(/\s+/g, ' ').slice(0, 96)}`);
  }
  const bare = await startBare(sandbox, statements);
  const broker = new URL('/api/v1/grants', sandbox.publicUrl);
  const token = async (): Promise<string> =>
    `Bearer ${await sandbox.issueAccessToken('researcher')}`;
  const run = async (url: URL, count: number): Promise<number> => {
    const authorization = await token();
    return post(
      url,
      take(count).map((id) => job(id, authorization)),
      CONCURRENCY,
    );
  };
  try {
    await run(broker, WARM_UP);
    await run(bare.url, WARM_UP);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Whoever goes second meets a larger database and a warmer disk: take turns.
      const oursFirst = round % 2 === 0;
      const first = await run(oursFirst ? broker : bare.url, GRANTS_PER_ROUND);
      const second = await run(oursFirst ? bare.url : broker, GRANTS_PER_ROUND);
      ours.push(oursFirst ? first : second);
      theirs.push(oursFirst ? second : first);
      say(
        `round ${String(round + 1)}: ours ${perSecond(ours.at(-1))}, bare ${perSecond(theirs.at(-1))}`,
      );
    }
    await requireGrants(admin, needed);
    report(ours, theirs, statements.length);
  } finally {
    bare.child.kill();
  }
}

function report(ours: readonly number[], theirs: readonly number[], statements: number): void {
  const ratio = median(ours) / median(theirs);
  const figures = {
    oursPerSecond: Math.round(median(ours)),
    barePerSecond: Math.round(median(theirs)),
    rounds: ROUNDS,
    grantsPerRound: GRANTS_PER_ROUND,
    concurrency: CONCURRENCY,
    statements,
  };
  say(
    `\nGrants per second, median of ${String(ROUNDS)} rounds at ${String(CONCURRENCY)} connections:`,
  );
  say(`  Concordat      ${String(figures.oursPerSecond)}`);
  say(`  bare node + pg ${String(figures.barePerSecond)}`);
  say(`  ratio          ${ratio.toFixed(2)} (the aim is 0.5)`);
  say(JSON.stringify({ bench: 'grant', ratio: Number(ratio.toFixed(3)), figures }));
}

function job(accessRequestId: string, authorization: string): Job {
  return {
    body: { accessRequestId },
    headers: { authorization, 'idempotency-key': randomUUID() },
  };
}

/** One person has one live grant per request: as many approved requests as grants, copied from the seed's. */
async function copyRequests(admin: pg.Client, id: string, count: number): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO access_request
     SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'reference', 'REQ-2000-' || 100000 + n))).*
     FROM access_request r, generate_series(1, $2::int) n WHERE r.id = $1 RETURNING id`,
    [id, count],
  );
  await admin.query('ANALYZE');
  return rows.map((row) => row.id);
}

/** Both sides did what they were asked: a server that skipped its work would win. */
async function requireGrants(admin: pg.Client, expected: number): Promise<void> {
  const { rows } = await admin.query<{ grants: number; events: number }>(
    `SELECT count(*)::int AS grants, count(DISTINCT e.id)::int AS events
     FROM grants g JOIN audit_event e ON e.id = g.audit_event_id JOIN decision_record d ON d.audit_event_id = e.id`,
  );
  const { grants = 0, events = 0 } = rows[0] ?? {};
  if (grants !== expected || events !== expected) {
    throw new Error(
      `${String(expected)} grants were asked for; there are ${String(grants)}, with ${String(events)} events`,
    );
  }
}

async function startBare(
  { databaseUrl, publicUrl }: RunningSandbox,
  statements: readonly Statement[],
): Promise<{ readonly child: ChildProcess; readonly url: URL }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const setup: BareSetup = {
    databaseUrl,
    poolSize: POOL_SIZE,
    statements,
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: publicUrl,
  };
  const child = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)));
  child.send(setup);
  const [port] = (await once(child, 'message')) as [number];
  return { child, url: new URL(`http://127.0.0.1:${String(port)}/grants`) };
}

function perSecond(value: number | undefined): string {
  return `${String(Math.round(value ?? 0))}/s`;
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String((error as Error).stack)}\n`);
  process.exit(1);
}
