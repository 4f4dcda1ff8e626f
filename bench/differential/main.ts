import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { run } from './run.js';

const SEEDS = 2 ** 32;
const PROGRESS_MS = 5_000;

/**
 * `npm run test:differential -- --cases 1000000 [--seed n]`: says how far it is, and ends in one JSON line. Exits 1 when
 * two of the three differ, or when a number is none.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string' } },
  });
  const cases = integer('cases', values.cases, Number.MAX_SAFE_INTEGER);
  const seed = values.seed === undefined ? randomInt(SEEDS) : integer('seed', values.seed, SEEDS);
  const startedAt = performance.now();
  let saidAt = startedAt;
  process.stderr.write(`seed ${String(seed)}: ${String(cases)} cases\n`);
  const { differences, ...tally } = await run({
    seed,
    cases,
    onWorld: (done) => {
      if (performance.now() - saidAt > PROGRESS_MS) {
        saidAt = performance.now();
        process.stderr.write(`${String(done)} of ${String(cases)} (seed ${String(seed)})\n`);
      }
    },
  });
  for (const difference of differences) {
    process.stderr.write(`${JSON.stringify(difference, null, 2)}\n`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const { cases: done, ...reached } = tally;
  const result = { test: 'differential', seed, cases: done, differences: differences.length };
  process.stdout.write(`${JSON.stringify({ ...result, seconds, ...reached })}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

function integer(name: string, text: string, limit: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value >= limit) {
    throw new Error(`--${name} must be a whole number below ${String(limit)}`);
  }
  return value;
}

await main();
