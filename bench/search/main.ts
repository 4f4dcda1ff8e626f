import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { onSandbox, say } from '../sandbox.js';
import { askByHand } from './by-hand.js';
import { makeGround } from './ground.js';
import { questions, type Question } from './questions.js';
import { CITY } from './words.js';

const SEARCHES = 1_000;
const WARM_UP = 100;
const LIMIT_MS = 50;
const agent = new Agent({ keepAlive: true });

interface Times {
  readonly kind: string;
  readonly ours: number;
  readonly theirs: number;
}

/**
 * `npm run bench:search`: a mix of searches among 100,000 datasets, each with ranking, counts and highlights, asked over HTTP of a
 * broker, beside SQL written by hand for the same answer on the same tables. Both must find the same number.
 */
async function measure(sandbox: RunningSandbox): Promise<void> {
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  const clients = [new pg.Client(sandbox.databaseUrl), new pg.Client(sandbox.databaseUrl)] as const;
  for (const client of [admin, ...clients]) {
    await client.connect();
  }
  try {
    await makeGround(admin, sandbox.seeded.agreements[0]?.id ?? '');
    const { rows } = await admin.query<{ word: string }>(`SELECT word FROM word ORDER BY w`);
    const words = rows.map(({ word }) => word);
    const me = await sandbox.callers.researcher.get<{
      readonly memberships: readonly { readonly organisationId: string }[];
    }>('/api/v1/me');
    const organisationIds = me.memberships.map(({ organisationId }) => organisationId);
    const authorization = `Bearer ${await sandbox.issueAccessToken('researcher')}`;
    const times: Times[] = [];
    for (const [at, question] of questions(WARM_UP + SEARCHES, words).entries()) {
      const ours = await timed(() => askBroker(sandbox.publicUrl, question, authorization));
      const theirs = await timed(() => askByHand(clients, question, organisationIds));
      if (ours.total !== theirs.total) {
        throw new Error(
          `${JSON.stringify(question.path)}: ${String(ours.total)} of the broker, ${String(theirs.total)} of SQL`,
        );
      }
      if (at >= WARM_UP) {
        times.push({ kind: question.kind, ours: ours.ms, theirs: theirs.ms });
      }
    }
    report(times);
  } finally {
    for (const client of [admin, ...clients]) {
      await client.end();
    }
  }
}

async function timed(
  work: () => Promise<number>,
): Promise<{ readonly ms: number; readonly total: number }> {
  const startedAt = performance.now();
  const total = await work();
  return { ms: performance.now() - startedAt, total };
}

async function askBroker(
  publicUrl: string,
  { path }: Question,
  authorization: string,
): Promise<number> {
  const asked = { ...path, pageSize: '20', facets: 'true', highlights: 'true' };
  const url = `${publicUrl}/api/v1/datasets?${new URLSearchParams(asked).toString()}`;
  const [response] = (await once(get(url, { agent, headers: { authorization } }), 'response')) as [
    IncomingMessage,
  ];
  const body = (await buffer(response)).toString();
  if (response.statusCode !== 200) {
    throw new Error(`${url}: ${String(response.statusCode)} ${body}`);
  }
  return (JSON.parse(body) as { readonly total: number }).total;
}

function report(times: readonly Times[]): void {
  const both = (some: readonly Times[], share: number) => ({
    ours: quantile(
      some.map(({ ours }) => ours),
      share,
    ),
    theirs: quantile(
      some.map(({ theirs }) => theirs),
      share,
    ),
  });
  const kinds = [...new Set(times.map(({ kind }) => kind))].map((kind) => {
    const some = times.filter((one) => one.kind === kind);
    const [p50, p95] = [both(some, 0.5), both(some, 0.95)];
    say(
      `${kind.padEnd(28)} p50 ${ms(p50.ours)}, p95 ${ms(p95.ours)}   SQL p50 ${ms(p50.theirs)}, p95 ${ms(p95.theirs)}`,
    );
    return {
      kind,
      searches: some.length,
      p50Ms: round(p50.ours),
      p95Ms: round(p95.ours),
      sqlP50Ms: round(p50.theirs),
      sqlP95Ms: round(p95.theirs),
    };
  });
  const [p50, p99] = [both(times, 0.5), both(times, 0.99)];
  const figures = {
    datasets: CITY.datasets,
    searches: times.length,
    p50Ms: round(p50.ours),
    p99Ms: round(p99.ours),
    limitMs: LIMIT_MS,
    sqlP50Ms: round(p50.theirs),
    sqlP99Ms: round(p99.theirs),
    kinds,
  };
  say(
    `\nA search has a p99 of ${ms(p99.ours).trim()} (the limit is ${String(LIMIT_MS)} ms), SQL of ${ms(p99.theirs).trim()}`,
  );
  say(
    JSON.stringify({ bench: 'search', ratio: Number((p99.ours / p99.theirs).toFixed(3)), figures }),
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`.padStart(9);
}

await onSandbox(measure);
