import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { runToEnd } from '../../sandbox/processes/children.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { SANDBOX_PARTS, type RunningSandbox, type SandboxPart } from '../../sandbox/sandbox.js';
import { onSandbox, say } from '../sandbox.js';
import { Clients } from './clients.js';
import { brokenLaws } from './laws.js';
import { Watcher } from './watcher.js';

const CLI = new URL('../../src/cli/main.js', import.meta.url);
const QUIET_MS = 30_000;
const MOST_DELAY_MS = 1_500;

/**
 * `npm run test:faults -- --rounds N --seed S`: while people work, the broker, its worker or PostgreSQL is killed at a random
 * moment, again and again. Afterwards every law of the audit trail holds, or the exit code is 1 (audit-log section 14).
 */
async function prove(sandbox: RunningSandbox): Promise<void> {
  const { rounds, seed } = readOptions();
  const watcher = new Watcher(sandbox.log.url);
  const clients = new Clients(sandbox);
  watcher.start();
  const recoveries: number[] = [];
  const killed: Record<SandboxPart, number> = { broker: 0, worker: 0, database: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    const { part, delayMs } = fate(seed, round);
    clients.start();
    await pause(delayMs);
    const before = clients.acknowledged.issued.size;
    const startedAt = performance.now();
    await sandbox.fell(part);
    await waitFor('Work', QUIET_MS, () =>
      Promise.resolve(clients.acknowledged.issued.size > before),
    ).catch((error: unknown) => {
      throw new Error(`No grant is issued any more: ${String(clients.lastFault)}`, {
        cause: error,
      });
    });
    recoveries.push(performance.now() - startedAt);
    killed[part] += 1;
    await clients.stop();
    const broken = await whenQuiet(sandbox, watcher, (database) =>
      brokenLaws(database, clients.acknowledged, watcher.seen),
    );
    if (broken.length > 0) {
      throw new Error(
        `Round ${String(round)} of seed ${seed}, ${part} killed: ${broken.join('; ')}`,
      );
    }
    const took = String(Math.round(recoveries.at(-1) ?? 0));
    say(`${String(round).padStart(4)}  ${part.padEnd(8)} killed, work again after ${took} ms`);
  }
  await watcher.stop();
  await verifyOutside(sandbox);
  report(clients, watcher, killed, recoveries);
}

/** Which part falls, and when: the same for the same seed. */
function fate(seed: string, round: number): { part: SandboxPart; delayMs: number } {
  const bytes = createHash('sha256')
    .update(`${seed} ${String(round)}`)
    .digest();
  const part = SANDBOX_PARTS[bytes.readUInt32BE(0) % SANDBOX_PARTS.length] ?? 'broker';
  return { part, delayMs: bytes.readUInt32BE(4) % MOST_DELAY_MS };
}

/** Waits until every event is published, and asks. */
async function whenQuiet<T>(
  { adminDatabaseUrl }: RunningSandbox,
  watcher: Watcher,
  ask: (database: pg.Client) => Promise<T>,
): Promise<T> {
  const database = new pg.Client({
    connectionString: adminDatabaseUrl,
  });
  await database.connect();
  try {
    await waitFor('The publication of every event', QUIET_MS, async () => {
      const { rows } = await database.query<{ events: string }>(
        'SELECT count(*) AS events FROM audit_event',
      );
      const { size } = await watcher.look().catch(() => ({ size: -1 }));
      return size === Number(rows[0]?.events);
    });
    return await ask(database);
  } finally {
    await database.end();
  }
}

/** The offline verifier reads the whole log, as anybody can. */
async function verifyOutside({ log }: RunningSandbox): Promise<void> {
  await runToEnd({
    name: 'concordat verify log',
    script: CLI,
    args: ['verify', 'log', log.url, '--vkey', log.vkey],
    env: {},
  });
}

function report(
  { acknowledged }: Clients,
  { seen }: Watcher,
  killed: Readonly<Record<SandboxPart, number>>,
  recoveries: readonly number[],
): void {
  const sorted = [...recoveries].sort((a, b) => a - b);
  const figures = {
    rounds: recoveries.length,
    killed,
    grants: acknowledged.issued.size,
    revocations: acknowledged.revoked.size,
    tokens: acknowledged.tokens.size,
    checkpoints: seen.length,
    events: seen.at(-1)?.size ?? 0,
    recoveryMedianMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    recoveryMostMs: Math.round(sorted.at(-1) ?? 0),
  };
  say('\nNo event lost, doubled or out of the tree; the log verifies from outside.');
  say(JSON.stringify({ test: 'faults', ok: true, figures }));
}

function readOptions(): { readonly rounds: number; readonly seed: string } {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      seed: { type: 'string', default: new Date(performance.timeOrigin).toISOString() },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100_000) {
    throw new Error('--rounds must be a whole number from 1 to 100000');
  }
  return { rounds, seed: values.seed };
}

await onSandbox(prove);
