import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { findFreeFirstPort } from '../../sandbox/ports.js';
import { startSandbox, type RunningSandbox } from '../../sandbox/sandbox.js';
import { readState, removeState } from '../../sandbox/state/state.js';
import { median } from '../load.js';
import { makeGround, PROJECTS } from './ground.js';
import { copyRows, endPlainly } from './plain.js';
import { issueOne, issueUntil } from './unrelated.js';

const GRANTS = 10_000;
const ROUNDS = 3;
const QUIET_MS = 3_000;
const RATE_PER_MINUTE = 1_000_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * `npm run bench:cascade`: one person suspends an agreement with 10,000 live grants over HTTP, beside plain SQL that
 * writes the same rows without making them: bulk INSERTs of the events and one bulk UPDATE. Grants under another agreement
 * are issued all the while.
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
  const { seeded, databaseUrl } = sandbox;
  const ground = await makeGround(admin, {
    agreementId: seeded.agreements[0]?.id ?? '',
    accessRequestId: seeded.accessRequestId,
    grantId: await issueOne(sandbox),
  });
  const ours: number[] = [];
  const theirs: number[] = [];
  const meanwhile: number[] = [];
  const quiet = await issueUntil(sandbox, admin, () => pause(QUIET_MS));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const suspended = await ground.addAgreement(GRANTS);
    const during = await issueUntil(sandbox, admin, async () => {
      ours.push(await suspend(sandbox, suspended));
    });
    meanwhile.push(...during);
    await requireEnded(admin, suspended);
    const plain = await ground.addAgreement(GRANTS);
    await copyRows(admin, suspended, plain);
    await issueUntil(sandbox, admin, async () => {
      theirs.push(await endPlainly(databaseUrl, plain));
    });
    await requireEnded(admin, plain);
    say(`round ${String(round)}: ours ${ms(ours.at(-1))}, plain SQL ${ms(theirs.at(-1))}`);
  }
  report(ours, theirs, { quiet, meanwhile });
}

/** One call of one person. @returns milliseconds. */
async function suspend({ callers }: RunningSandbox, agreementId: string): Promise<number> {
  const startedAt = performance.now();
  const response = await callers.officer.fetch(`/api/v1/agreements/${agreementId}/suspend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'Benchmark' }),
  });
  if (response.status !== 200) {
    throw new Error(`${String(response.status)} ${await response.text()}`);
  }
  return performance.now() - startedAt;
}

/** Both sides did what they were asked: every grant ended, each with its own event, and what is owed is due. */
async function requireEnded(admin: pg.Client, agreementId: string): Promise<void> {
  const { rows } = await admin.query<{ ended: number; events: number; closures: number }>(
    `SELECT count(*)::int AS ended, count(DISTINCT e.id)::int AS events,
       (SELECT count(*)::int FROM closure WHERE agreement_id = $1) AS closures
     FROM grants g JOIN audit_event e ON e.id = g.audit_event_id AND e.grant_id = g.id AND e.type = 'grant.revoked'
     JOIN audit_payload p ON p.event_id = e.id
     WHERE g.agreement_id = $1 AND g.status = 'revoked' AND g.epoch = 2`,
    [agreementId],
  );
  const { ended = 0, events = 0, closures = 0 } = rows[0] ?? {};
  if (ended !== GRANTS || events !== GRANTS || closures !== PROJECTS) {
    throw new Error(
      `${String(ended)} ended with ${String(events)} events, ${String(closures)} due`,
    );
  }
}

function report(
  ours: readonly number[],
  theirs: readonly number[],
  issues: { readonly quiet: readonly number[]; readonly meanwhile: readonly number[] },
): void {
  const ratio = median(ours) / median(theirs);
  const figures = {
    grants: GRANTS,
    rounds: ROUNDS,
    oursMs: Math.round(median(ours)),
    plainMs: Math.round(median(theirs)),
    unrelatedIssues: issues.meanwhile.length,
    unrelatedP50Ms: Math.round(quantile(issues.meanwhile, 0.5)),
    unrelatedP99Ms: Math.round(quantile(issues.meanwhile, 0.99)),
    quietP99Ms: Math.round(quantile(issues.quiet, 0.99)),
  };
  say(`\nSuspending an agreement with ${String(GRANTS)} live grants, median of ${String(ROUNDS)}:`);
  say(`  Concordat, over HTTP  ${ms(figures.oursMs)}`);
  say(`  plain SQL, same rows  ${ms(figures.plainMs)}`);
  say(`  ratio                 ${ratio.toFixed(2)} (the aim is at most 5)`);
  say(`  unrelated grants issued meanwhile: p99 ${ms(figures.unrelatedP99Ms)}`);
  say(`  without a suspension:              p99 ${ms(figures.quietP99Ms)}`);
  say(JSON.stringify({ bench: 'cascade', ratio: Number(ratio.toFixed(3)), figures }));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function ms(value: number | undefined): string {
  return `${String(Math.round(value ?? 0))} ms`;
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String((error as Error).stack)}\n`);
  process.exit(1);
}
