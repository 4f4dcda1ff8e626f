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
const ROUNDS = 4;
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
    const { ours, plain } = await compare(sandbox, admin, folder);
    const latencies = await receiptLatencies(sandbox, RECEIPTS);
    const verifySeconds = await verifyMillion(folder);
    const at = (share: number): number =>
      Math.round(latencies[Math.min(RECEIPTS - 1, Math.floor(RECEIPTS * share))] ?? 0);
    const ratio = Number((ours / plain).toFixed(3));
    const figures = {
      appendsPerSecond: Math.round(ours),
      pgbenchPerSecond: Math.round(plain),
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

async function compare(
  sandbox: RunningSandbox,
  admin: pg.Client,
  folder: string,
): Promise<{ readonly ours: number; readonly plain: number }> {
  const appends = await Appends.open(sandbox, CLIENTS);
  try {
    await makePlainTables(admin);
    await appends.run(admin, EVENTS / 4, CLIENTS);
    const script = await writeScript(admin, folder);
    const ours: number[] = [];
    const plain: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      ours.push(await appends.run(admin, EVENTS, CLIENTS));
      plain.push(
        await runPgbench(sandbox.adminDatabaseUrl, script, {
          clients: CLIENTS,
          transactions: EVENTS,
        }),
      );
      const [one, other] = [ours.at(-1) ?? 0, plain.at(-1) ?? 0].map((rate) => rate.toFixed(0));
      say(`${String(one)} events a second, placed in the log; pgbench ${String(other)}`);
    }
    return { ours: median(ours), plain: median(plain) };
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
