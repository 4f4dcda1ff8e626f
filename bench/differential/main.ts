import { parseArgs } from 'node:util';
import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { policiesFolder, readModel } from '../../src/policy/storage/policy-files.js';
import { compareEngines } from './compare.js';

const EVERY = 50_000;

/** `npm run test:differential -- --cases 1000000 --seed 1`: the same comparison as in the tests, for as long as one likes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [count, seed] = [Number(values.cases), Number(values.seed)];
  if (!Number.isSafeInteger(count) || count < 10 || !Number.isSafeInteger(seed)) {
    throw new Error('--cases and --seed are whole numbers, at least ten cases');
  }
  const engine = await DataEngine.load(readModel(policiesFolder()));
  const { differences, counts } = compareEngines(engine, { seed, count }, undefined, (done) => {
    if (done % EVERY === 0) {
      process.stderr.write(`${String(done)} of ${String(count)}\n`);
    }
  });
  for (const difference of differences.slice(0, 10)) {
    process.stdout.write(`${JSON.stringify(difference)}\n`);
  }
  const result = {
    cases: count,
    seed,
    differences: differences.length,
    counts: Object.fromEntries(counts),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

await main();
