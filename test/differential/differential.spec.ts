import { randomInt } from 'node:crypto';
import { worldOf } from '../../bench/differential/cases.js';
import { askCedar, callOf, loadTexts } from '../../bench/differential/cedar.js';
import { MEANING, type Meaning, type Truth } from '../../bench/differential/reference.js';
import { run, type Tally } from '../../bench/differential/run.js';

// This engine, a plain evaluator and Cedar on the same random cases (policy section 9). A million: `npm run
// test:differential -- --cases 1000000`.

const CASES = 6_000;
const OFTEN = 2;
/** Another at each run; DIFFERENTIAL_SEED makes one again. */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? randomInt(2 ** 32));

const OPERATORS = [...Object.keys(MEANING.comparisons), ...Object.keys(MEANING.groups)];
const TRUTHS: readonly Truth[] = ['yes', 'no', 'unknown'];
const REASONS = [
  'allowed',
  'no_agreement',
  'condition_failed',
  'denied_by_rule',
  'guardrail',
  'country_unknown',
  'policy_unavailable',
  'engine_error',
];

describe(`this engine, a plain evaluator and Cedar, seed ${String(seed)}`, () => {
  let tally: Tally;

  it(`answer ${String(CASES)} cases alike`, async () => {
    tally = await run({ seed, cases: CASES });
    expect(tally.differences).toEqual([]);
    expect(tally.cases).toBe(CASES);
  }, 180_000);

  it.each(['allow', 'deny'])('%s often', (outcome) => {
    expect(tally.outcomes[outcome]).toBeGreaterThan(CASES / 20);
  });

  it.each(REASONS)('give the reason %s often', (reason) => {
    expect(tally.reasons[reason]).toBeGreaterThan(OFTEN);
  });

  it.each(OPERATORS.flatMap((operator) => TRUTHS.map((truth) => `${operator} ${truth}`)))(
    'find %s often',
    (answer) => {
      expect(tally.truths[answer]).toBeGreaterThan(OFTEN);
    },
  );

  it('make the same cases of the same seed, and others of another', () => {
    expect(worldOf(seed, 3)).toEqual(worldOf(seed, 3));
    expect(worldOf(seed, 3)).not.toEqual(worldOf(seed, 4));
    expect(worldOf(seed, 3)).not.toEqual(worldOf(seed + 1, 3));
  });
});

// A test of the test: each of these is close to right, and is found out.
const { comparisons, groups } = MEANING;
const comparing = (changes: Partial<Meaning['comparisons']>): Meaning => ({
  ...MEANING,
  comparisons: { ...comparisons, ...changes },
});
const grouping = (changes: Partial<Meaning['groups']>): Meaning => ({
  ...MEANING,
  groups: { ...groups, ...changes },
});
const known = (of: readonly Truth[]): readonly Truth[] => of.filter((one) => one !== 'unknown');
const firstOf = (value: unknown): unknown => (value as readonly unknown[])[0];
const lower = (value: unknown): string => String(value).toLowerCase();

const FAULTS: readonly (readonly [string, Meaning])[] = [
  ['eq in any case', comparing({ eq: (actual, value) => lower(actual) === lower(value) })],
  ['ne in any case', comparing({ ne: (actual, value) => lower(actual) !== lower(value) })],
  ['in for the first value only', comparing({ in: (actual, value) => actual === firstOf(value) })],
  ['notIn for the first only', comparing({ notIn: (actual, value) => actual !== firstOf(value) })],
  ['contains in any case', comparing({ contains: (all, one) => lower(all).includes(lower(one)) })],
  ['gte without the bound', comparing({ gte: (actual, value) => actual > value })],
  ['lte without the bound', comparing({ lte: (actual, value) => actual < value })],
  [
    'before with its bound',
    comparing({ before: (...two) => !comparisons.after(...two) || two[0] === two[1] }),
  ],
  [
    'after without its bound',
    comparing({ after: (...two) => comparisons.after(...two) && two[0] !== two[1] }),
  ],
  ['before as text', comparing({ before: (actual, value) => actual < value })],
  [
    'within whatever family',
    comparing({
      within: (actual, value) =>
        comparisons.within(actual, value) || String(value).includes('::/0'),
    }),
  ],
  ['all without the unknown', grouping({ all: (of) => groups.all(known(of)) })],
  ['any without the unknown', grouping({ any: (of) => groups.any(known(of)) })],
  ['not of an unknown is true', grouping({ not: ([of]) => (of === 'yes' ? 'no' : 'yes') })],
  ['what is missing is false', { ...MEANING, missing: () => 'no' }],
  [
    'what is missing is unlike',
    { ...MEANING, missing: ({ op }) => (op === 'ne' ? 'yes' : 'unknown') },
  ],
];

describe('a fault planted in the plain evaluator is found', () => {
  it.each(FAULTS)(
    '%s',
    async (_name, meaning) => {
      const { differences } = await run({ seed, cases: CASES, meaning });
      expect(differences.length).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('an error of Cedar', () => {
  const [question] = worldOf(seed, 0).questions;

  it('in a forbid, which Cedar then skips, is an error here', () => {
    const [permit, forbid] = ['permit', 'forbid'].map(
      (effect) => `${effect}(principal, action, resource)`,
    );
    loadTexts('skipping', {
      allows: `${String(permit)};`,
      denies: `${String(forbid)} when { context.nothing == 1 };`,
    });
    expect(question && (() => askCedar(callOf('skipping', question)))).toThrow('nothing');
  });

  it('in the text of a policy is an error here', () => {
    expect(() => {
      loadTexts('broken', { broken: 'permit(principal' });
    }).toThrow('Cedar');
  });

  it('in a call is an error here', () => {
    expect(question && (() => askCedar(callOf('a set that is not there', question)))).toThrow(
      'Cedar',
    );
  });
});
