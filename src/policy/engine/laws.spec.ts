import fc from 'fast-check';
import { anyAttributes, anyCondition } from '../../../test/support/policy-arbitraries.js';
import {
  aDeny,
  anAllow,
  ask,
  DATASET_ID,
  NOW,
  READ_KEY,
  rulesOf,
  shippedGuardrails,
  someTerms,
  standing,
} from '../../../test/support/policy-rules.js';
import {
  ATTRIBUTES,
  freezeAttributes,
  type AttributeInput,
  type AttributeName,
} from '../attributes.js';
import { isLeaf, type Condition, type Leaf } from '../condition.js';
import { policiesFolder, readModel } from '../storage/policy-files.js';
import { DataEngine } from './data-engine.js';
import { decide } from './decide.js';
import { evaluateCondition } from './evaluate-condition.js';
import { snapshotOf, type PolicyRule } from './snapshot.js';

const engine = await DataEngine.load(readModel(policiesFolder()));
const shipped = [...rulesOf(someTerms()), ...shippedGuardrails()];
const manyConditions = fc.array(anyCondition, { maxLength: 4 });
const deniesOf = (conditions: readonly Condition[]): PolicyRule[] =>
  conditions.map((condition, at) =>
    aDeny(condition, {
      id: `01990000-0000-7000-8000-0000000002${String(10 + at)}`,
      datasetId: at % 2 === 0 ? DATASET_ID : null,
    }),
  );
const outcome = (
  rules: readonly PolicyRule[],
  values: AttributeInput,
  narrowing?: Condition,
): 'allow' | 'deny' => ask(engine, rules, values, narrowing).outcome;

describe('deny', () => {
  it('beats allow in any order of rules (law 2)', () => {
    fc.assert(
      fc.property(
        anyCondition,
        manyConditions,
        anyAttributes,
        fc.func(fc.nat()),
        (allow, denies, values, keyOf) => {
          const rules = [anAllow(allow), ...deniesOf(denies)];
          const shuffled = rules
            .map((rule, at) => ({ rule, key: keyOf(at) }))
            .sort((one, other) => one.key - other.key)
            .map(({ rule }) => rule);
          expect(outcome(shuffled, values)).toBe(outcome(rules, values));
          const always = aDeny({ op: 'any', of: [allow, { op: 'not', of: allow }] });
          expect(outcome([...shuffled, always], values)).toBe('deny');
          expect(outcome([always, ...shuffled], values)).toBe('deny');
        },
      ),
    );
  });

  it('never grants when added, as a guardrail or for one dataset', () => {
    fc.assert(
      fc.property(
        anyCondition,
        manyConditions,
        anyCondition,
        anyAttributes,
        (allow, denies, more, values) => {
          const [added, ...rest] = deniesOf([more, ...denies]);
          const before = outcome([anAllow(allow), ...rest], values);
          const after = outcome([anAllow(allow), ...rest, added ?? aDeny(more)], values);
          expect([before, after]).not.toEqual(['deny', 'allow']);
        },
      ),
    );
  });

  it('is the answer without an allow, whatever the denies say', () => {
    fc.assert(
      fc.property(manyConditions, anyAttributes, (denies, values) => {
        expect(outcome(deniesOf(denies), values)).toBe('deny');
      }),
    );
  });
});

describe('the owner’s decision', () => {
  it('never grants what the agreement does not', () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, anyAttributes, (allow, narrowing, values) => {
        const before = outcome([anAllow(allow)], values);
        expect([before, outcome([anAllow(allow)], values, narrowing)]).not.toEqual([
          'deny',
          'allow',
        ]);
      }),
    );
  });
});

describe('an attribute', () => {
  it('never grants by its absence, whether or not a rule says not (R4.2)', () => {
    fc.assert(
      fc.property(anyCondition, manyConditions, anyAttributes, (allow, denies, values) => {
        const rules = [anAllow(allow), ...deniesOf(denies)];
        const before = outcome(rules, values);
        for (const name of Object.keys(values)) {
          const after = outcome(rules, { ...values, [name]: undefined });
          expect([name, before, after]).not.toEqual([name, 'deny', 'allow']);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.keys(standing) as AttributeName[])(
    '%s missing denies what was allowed',
    (name) => {
      expect(outcome(shipped, {})).toBe('allow');
      expect(outcome(shipped, { [name]: null })).toBe('deny');
      expect(outcome(shipped, { [name]: undefined })).toBe('deny');
    },
  );

  it('allows nothing when every one is missing', () => {
    fc.assert(
      fc.property(anyCondition, manyConditions, (allow, denies) => {
        const rules = [anAllow(allow), ...deniesOf(denies)];
        const nothing = Object.fromEntries(Object.keys(standing).map((name) => [name, undefined]));
        expect(outcome(rules, nothing)).toBe('deny');
      }),
    );
  });

  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const names = Object.keys(ATTRIBUTES).filter((name) => name !== 'request.now') as AttributeName[];
  const fits = (name: AttributeName, value: unknown): boolean => {
    try {
      freezeAttributes({ [name]: value });
      return true;
    } catch {
      return false;
    }
  };

  it('of another type never fails open, and is never read at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), anything, anyCondition, (name, value, deny) => {
        fc.pre(value !== null && value !== undefined && !fits(name, value));
        const decision = ask(engine, [...shipped, aDeny(deny)], {
          [name]: value,
        });
        expect(decision).toMatchObject({ outcome: 'deny', reason: 'policy_unavailable' });
      }),
      { numRuns: 1_000 },
    );
  });

  // Each is close to a value that is allowed: a looser comparison would let one of them through.
  it.each<[AttributeName, unknown]>([
    ['subject.authLevel', '2'],
    ['subject.authLevel', [2]],
    ['subject.authLevel', 2n],
    ['subject.authLevel', Infinity],
    ['subject.authLevel', NaN],
    ['subject.authLevel', true],
    ['subject.authLevel', Object(2)],
    ['subject.authLevel', { valueOf: () => 3 }],
    ['subject.accreditations', 'dea_full'],
    ['subject.accreditations', ['dea_full', null]],
    ['subject.accreditations', ['dea_full', ['x']]],
    ['subject.accreditations', ['dea_full', undefined, 'x']],
    ['subject.accreditations', new Set(['dea_full'])],
    ['subject.accreditations', { length: 1, 0: 'dea_full' }],
    ['subject.organisationId', [standing['subject.organisationId']]],
    ['project.status', ['active']],
    ['project.status', Object('active')],
    ['request.delivery', { toString: () => 'stream' }],
    ['dataset.id', '*'],
    ['dataset.id', ''],
    ['request.ip', '10.0.0.9/8'],
    ['request.until', 'tomorrow'],
    ['request.until', NOW],
  ])('%s = %p is refused', (name, value) => {
    const decision = ask(engine, shipped, { [name]: value });
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'policy_unavailable' });
  });

  it('with a hole among its values is refused: a hole is a value nobody checked', () => {
    const holed = ['dea_full', 'x', 'y'];
    Reflect.deleteProperty(holed, 1);
    expect(() => freezeAttributes({ 'subject.accreditations': holed })).toThrow(TypeError);
    expect(ask(engine, shipped, { 'subject.accreditations': holed })).toMatchObject({
      outcome: 'deny',
      reason: 'policy_unavailable',
    });
  });

  it('that throws when read denies, and so does a clock that is none', () => {
    const thrower = {
      get 'subject.authLevel'(): number {
        throw new Error('Planted');
      },
    };
    const snapshot = snapshotOf(7, shipped, NOW.getTime());
    const question = { key: READ_KEY, attributes: standing, decisionId: 'd', now: NOW };
    for (const faulty of [
      { ...question, attributes: thrower },
      { ...question, now: new Date(NaN) },
      {
        ...question,
        attributes: JSON.parse('{"__proto__":{"subject.authLevel":3}}') as AttributeInput,
      },
    ]) {
      expect(decide(engine, snapshot, faulty)).toMatchObject({
        outcome: 'deny',
        reason: 'policy_unavailable',
      });
    }
  });
});

describe('a refusal', () => {
  it('names each attribute at fault, with a clause or a guardrail', () => {
    fc.assert(
      fc.property(anyAttributes, (values) => {
        const { outcome: answer, failed, explanation } = ask(engine, shipped, values);
        expect(failed.length > 0).toBe(answer === 'deny');
        for (const { path, clause, guardrail } of failed) {
          expect([path, clause ?? guardrail]).toEqual([path, expect.any(String)]);
          expect(explanation).toContain(path);
        }
      }),
    );
  });
});

describe('two other ways to the same answer', () => {
  it('Casbin and the tree walk agree on every case', () => {
    fc.assert(
      fc.property(anyCondition, manyConditions, anyAttributes, (allow, denies, values) => {
        const { reason } = ask(engine, [anAllow(allow), ...deniesOf(denies)], values);
        expect(['engine_error', 'policy_unavailable']).not.toContain(reason);
      }),
      { numRuns: 1_000 },
    );
  });

  it('the two-valued reading of surely true and surely false allows the same (policy section 9)', () => {
    fc.assert(
      fc.property(anyCondition, manyConditions, anyAttributes, (allow, denies, values) => {
        const isPermitted =
          surely(true, allow, values) && denies.every((deny) => surely(false, deny, values));
        const rules = [anAllow(allow), ...deniesOf(denies)];
        // The standing attributes of a request stand where nothing else is given.
        const own = Object.fromEntries(Object.keys(standing).map((name) => [name, undefined]));
        const needed = {
          'subject.organisationId': standing['subject.organisationId'],
          'dataset.id': DATASET_ID,
        };
        const decided = outcome(rules, { ...own, ...needed, ...values });
        expect(decided).toBe(isPermitted ? 'allow' : 'deny');
      }),
      { numRuns: 1_000 },
    );
  });

  it('a condition with double negation is the same condition', () => {
    fc.assert(
      fc.property(anyCondition, anyAttributes, (condition, values) => {
        const twice: Condition = { op: 'not', of: { op: 'not', of: condition } };
        const attributes = freezeAttributes(values);
        expect(evaluateCondition(twice, attributes)).toBe(evaluateCondition(condition, attributes));
      }),
    );
  });
});

describe('a replayed decision', () => {
  it('is the one that was made, bit for bit, whatever it was', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        anyCondition,
        manyConditions,
        fc.option(anyCondition, { nil: null }),
        anyAttributes,
        fc.boolean(),
        (allow, denies, narrowing, values, isRecipient) => {
          const rules = [anAllow(allow), ...deniesOf(denies)];
          const other = isRecipient ? {} : { 'subject.organisationId': DATASET_ID };
          const made = ask(engine, rules, { ...values, ...other }, narrowing);
          seen.add(made.reason);
          // What the record keeps, as it comes back from the database.
          const kept = JSON.parse(JSON.stringify({ ...made, rules })) as typeof made & {
            readonly rules: readonly PolicyRule[];
          };
          const again = decide(engine, snapshotOf(made.policyVersion, kept.rules, NOW.getTime()), {
            key: kept.key,
            attributes: JSON.parse(made.attributesText) as AttributeInput,
            narrowing: kept.narrowing,
            decisionId: kept.decisionId,
            now: made.decidedAt,
            salt: made.attributesSalt,
          });
          expect(again).toEqual(made);
        },
      ),
      { numRuns: 500 },
    );
    expect(seen).toEqual(
      new Set(['allowed', 'condition_failed', 'denied_by_rule', 'guardrail', 'no_agreement']),
    );
  });

  it('is another one when a single attribute was changed afterwards', () => {
    const made = ask(engine, shipped);
    const attributes = {
      ...(JSON.parse(made.attributesText) as AttributeInput),
      'project.status': 'closed',
    };
    const { key, decisionId, decidedAt: now, attributesSalt: salt } = made;
    const question = { key, attributes, decisionId, now, salt };
    const again = decide(engine, snapshotOf(7, shipped, NOW.getTime()), question);
    expect(again.attributesHash).not.toEqual(made.attributesHash);
    expect([made.outcome, again.outcome]).toEqual(['allow', 'deny']);
  });

  it('keeps attributes and nothing else in the text that is encrypted', () => {
    fc.assert(
      fc.property(anyCondition, anyAttributes, (allow, values) => {
        const { attributesText } = ask(engine, [anAllow(allow)], values);
        const names = Object.keys(JSON.parse(attributesText) as object);
        expect(names.filter((name) => !Object.hasOwn(ATTRIBUTES, name))).toEqual([]);
      }),
    );
    const odd = { ...standing, note: 'x' } as unknown as AttributeInput;
    const question = { key: READ_KEY, attributes: odd, decisionId: 'd', now: NOW };
    expect(decide(engine, snapshotOf(7, shipped, NOW.getTime()), question).attributesText).toBe(
      '{}',
    );
  });
});

/** T (`wanted`) and F of policy section 9: `surely(true, c)` and `surely(false, c)`; both fail when it is unknown. */
function surely(wanted: boolean, condition: Condition, values: AttributeInput): boolean {
  if (isLeaf(condition)) {
    const value = values[condition.path];
    return value !== undefined && value !== null && compare(condition, value) === wanted;
  }
  if (condition.op === 'not') {
    return surely(!wanted, condition.of, values);
  }
  const each = condition.of.map((child) => surely(wanted, child, values));
  return (condition.op === 'all') === wanted ? each.every(Boolean) : each.some(Boolean);
}

function compare({ op, value }: Leaf, actual: unknown): boolean {
  const list = value as readonly unknown[];
  const instants = [actual, value].map((text) => Date.parse(String(text))) as [number, number];
  switch (op) {
    case 'eq':
      return actual === value;
    case 'ne':
      return actual !== value;
    case 'in':
      return list.includes(actual);
    case 'notIn':
      return !list.includes(actual);
    case 'contains':
      return (actual as readonly unknown[]).includes(value);
    case 'gte':
      return Number(actual) >= value;
    case 'lte':
      return Number(actual) <= value;
    case 'before':
      return instants[0] < instants[1];
    case 'after':
      return instants[0] >= instants[1];
    case 'within':
      return list.some((range) => IN_RANGE[String(range)]?.includes(String(actual)));
  }
}

// The addresses of the arbitraries that lie in each of their ranges, by hand.
const TEN = ['10.0.0.9', '::ffff:10.0.0.9'];
const IN_RANGE: Readonly<Record<string, readonly string[]>> = {
  '10.0.0.0/8': TEN,
  '::ffff:10.0.0.0/104': TEN,
  '0.0.0.0/0': [...TEN, '11.0.0.1'],
  '2001:db8::/32': ['2001:db8::1'],
  '::/0': ['2001:db8::1', '2001:db9::1'],
};
