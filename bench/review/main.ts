import pg from 'pg';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { median } from '../load.js';
import { onSandbox, say } from '../sandbox.js';
import { askAll, type Measured } from './ask.js';
import { QUESTIONS } from './questions.js';
import { makeGround, officersOf } from './stage.js';
import { EVENTS } from './trail.js';

const TIMES = 40;
const LIMIT_MS = 1_000;

/**
 * `npm run bench:review`: every report of domain.md section 5 on a million events, asked over HTTP of a broker, beside SQL
 * written by hand for the same answer on the same database. The operator's officer and a party's ask in turns.
 */
async function measure(sandbox: RunningSandbox): Promise<void> {
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  const client = new pg.Client(sandbox.databaseUrl);
  await admin.connect();
  await client.connect();
  try {
    const startedAt = performance.now();
    await makeGround(sandbox, admin);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${String(EVENTS)} events were made in ${String(seconds)} s`);
    const officers = await officersOf(sandbox, admin);
    const measured: Measured[] = [];
    for (const question of QUESTIONS) {
      const asking = { url: sandbox.publicUrl, client, times: TIMES };
      const one = await askAll(question, officers, asking);
      say(lineOf(one));
      measured.push(one);
    }
    report(measured);
  } finally {
    await admin.end();
    await client.end();
  }
}

function report(measured: readonly Measured[]): void {
  const withPeer = measured.filter(({ theirs }) => theirs.length > 0);
  const ratios = withPeer.map(({ ours, theirs }) => quantile(ours, 0.95) / quantile(theirs, 0.95));
  const ratio = median(ratios);
  const worst = Math.max(...measured.map(({ ours }) => quantile(ours, 0.95)));
  const reports = measured.map(({ name, ours, theirs }) => ({
    name,
    p50Ms: round(quantile(ours, 0.5)),
    p95Ms: round(quantile(ours, 0.95)),
    ...(theirs.length > 0 && {
      sqlP50Ms: round(quantile(theirs, 0.5)),
      sqlP95Ms: round(quantile(theirs, 0.95)),
    }),
  }));
  const figures = {
    events: EVENTS,
    times: TIMES,
    worstP95Ms: round(worst),
    worstRatio: Number(Math.max(...ratios).toFixed(2)),
    reports,
  };
  say(`\nThe slowest report has a p95 of ${ms(worst)} (the limit is ${ms(LIMIT_MS)})`);
  say(`Ours over SQL at p95, median of the reports: ${ratio.toFixed(2)}`);
  say(JSON.stringify({ bench: 'review', ratio: Number(ratio.toFixed(3)), figures }));
}

function lineOf({ name, ours, theirs }: Measured): string {
  const of = (times: readonly number[]): string =>
    `p50 ${ms(quantile(times, 0.5)).padStart(8)}, p95 ${ms(quantile(times, 0.95)).padStart(8)}`;
  const sql = theirs.length > 0 ? `   SQL ${of(theirs)}` : '';
  return `${name.padEnd(34)} ${of(ours)}${sql}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

await onSandbox(measure);
