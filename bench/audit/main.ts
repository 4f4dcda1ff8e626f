import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runToEnd } from '../../sandbox/processes/children.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { median } from '../load.js';
import { onSandbox, say } from '../sandbox.js';
import { Appends } from './appends.js';
import { writeLargeLog } from './large-log.js';
import { makePlainTables, runPgbench, writeScript } from './plain.js';
import { receiptLatencies } from './receipts.js';

const CLI = new URL('../../src/cli/main.js', import.meta.url);
const CLIENTS = 16;
const EVENTS = 6_000;
/** Until the compiler is done with the code: a broker runs for weeks, and pgbench is compiled. */
const WARM_UP = 20_000;
const ROUNDS = 5;
const RECEIPTS = 100;
const ENTRIES = 1_000_000;

/**
 * `npm run bench:audit`: events a second that the broker's own code commits and the worker places in the log, beside pgbench
 * inserting the same rows into the same tables without a log, in turns; how soon a receipt is there; how long the
 * offline verifier takes for a million entries.
 */
async function measure(sandbox: RunningSandbox): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-audit-'));
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  await admin.connect();
  try {
    const { ratio, ...rates } = await compare(sandbox, admin, folder);
    const latencies = await receiptLatencies(sandbox, RECEIPTS);
    const verifySeconds = await verifyMillion(folder);
    const at = (share: number): number =>
      Math.round(latencies[Math.min(RECEIPTS - 1, Math.floor(RECEIPTS * share))] ?? 0);
    const figures = {
      ...rates,
      receiptMedianMs: at(0.5),
      receiptP99Ms: at(0.99),
      verifyMillionSeconds: verifySeconds,
    };
    say(`\nReceipts: median ${String(at(0.5))} ms, p99 ${String(at(0.99))} ms after the answer`);
    say(`A million entries verified in ${String(verifySeconds)} s`);
    say(JSON.stringify({ bench: 'audit', ratio, figures }));
  } finally {
    await admin.end();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Comparison {
  /** The median of the rounds' ratios: the two of a round share the machine's state. */
  readonly ratio: number;
  readonly appendsPerSecond: number;
  readonly pgbenchPerSecond: number;
  /** What the process that appends needs for one event; its rate depends on who else wants the machine. */
  readonly appendCpuMicros: number;
}

async function compare(
  sandbox: RunningSandbox,
  admin: pg.Client,
  folder: string,
): Promise<Comparison> {
  const appends = await Appends.open(sandbox, CLIENTS);
  const pgbench = { clients: CLIENTS, transactions: EVENTS };
  try {
    await makePlainTables(admin);
    await appends.run(admin, WARM_UP, CLIENTS);
    const script = await writeScript(admin, folder);
    const rounds: { ours: number; plain: number; cpuMicros: number }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = process.cpuUsage();
      const ours = await appends.run(admin, EVENTS, CLIENTS);
      const { user, system } = process.cpuUsage(before);
      const plain = await runPgbench(sandbox.adminDatabaseUrl, script, pgbench);
      rounds.push({ ours, plain, cpuMicros: (user + system) / EVENTS });
      say(`${ours.toFixed(0)} events a second, placed in the log; pgbench ${plain.toFixed(0)}`);
    }
    return {
      ratio: Number(median(rounds.map(({ ours, plain }) => ours / plain)).toFixed(3)),
      appendsPerSecond: Math.round(median(rounds.map(({ ours }) => ours))),
      pgbenchPerSecond: Math.round(median(rounds.map(({ plain }) => plain))),
      appendCpuMicros: Math.round(median(rounds.map(({ cpuMicros }) => cpuMicros))),
    };
  } finally {
    await appends.close();
  }
}

async function verifyMillion(folder: string): Promise<number> {
  const log = join(folder, 'log');
  const vkey = await writeLargeLog(log, ENTRIES);
  const startedAt = performance.now();
  await runToEnd({
    name: 'concordat verify log',
    script: CLI,
    args: ['verify', 'log', log, '--vkey', vkey],
    env: {},
  });
  return Number(((performance.now() - startedAt) / 1000).toFixed(1));
}

await onSandbox(measure);
