import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { policiesFolder, readModel } from '../../src/policy/storage/policy-files.js';
import { compareEngines } from '../../bench/differential/compare.js';
import { referenceAllows } from '../../bench/differential/reference.js';

const SEED = 20_261_124;
const CASES = 20_000;
const OPERATORS = [
  'eq',
  'ne',
  'in',
  'notIn',
  'contains',
  'gte',
  'lte',
  'before',
  'after',
  'within',
  'all',
  'any',
  'not',
];

describe('the engine, a plain evaluator and Cedar', () => {
  let engine: DataEngine;

  beforeAll(async () => {
    engine = await DataEngine.load(readModel(policiesFolder()));
  });

  it(`answer ${String(CASES)} random requests alike, and every branch many times`, () => {
    const { differences, counts } = compareEngines(engine, { seed: SEED, count: CASES });
    expect(differences.slice(0, 3)).toEqual([]);
    for (const name of [
      ...OPERATORS.map((op) => `op ${op}`),
      ...['allowed', 'no_agreement', 'condition_failed', 'denied_by_rule', 'guardrail'].map(
        (reason) => `reason ${reason}`,
      ),
    ]) {
      expect([name, (counts.get(name) ?? 0) >= 200]).toEqual([name, true]);
    }
    expect(counts.get('reason engine_error')).toBeUndefined();
    expect(counts.get('reason policy_unavailable')).toBeUndefined();
  }, 120_000);

  it.each<[string, typeof referenceAllows]>([
    [
      'takes the unknown for no in a deny',
      (rules, narrowing, request) =>
        referenceAllows(
          rules.filter(({ effect }) => effect === 'allow'),
          narrowing,
          request,
        ),
    ],
    [
      'forgets the owner’s decision',
      (rules, _narrowing, request) => referenceAllows(rules, null, request),
    ],
    [
      'takes an instant for over a millisecond late',
      (rules, narrowing, request) =>
        referenceAllows(rules, narrowing, {
          ...request,
          'request.now': '2026-11-24T12:00:00.001Z',
        }),
    ],
  ])('are told apart when one %s', (_what, faulty) => {
    const { differences } = compareEngines(engine, { seed: SEED, count: 2_000 }, faulty);
    expect(differences.length).toBeGreaterThan(0);
  });
});
