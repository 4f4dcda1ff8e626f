import fc from 'fast-check';
import { anyCondition } from '../../../test/support/policy-arbitraries.js';
import { isConcordatError } from '../../kernel/errors.js';
import { freezeAttributes, type AttributeInput } from '../attributes.js';
import type { Condition } from '../condition.js';
import { evaluateCondition } from '../engine/evaluate-condition.js';
import { findingOf, gained, isShadowedDeny, type RuleSet } from './findings.js';

/** All that `anyCondition` can tell apart, and what nobody knows. */
const DOMAINS: readonly (readonly [string, readonly unknown[]])[] = [
  ['project.status', ['active', 'closed', 'draft', 'elsewhere', undefined]],
  [
    'subject.id',
    [
      '01990000-0000-7000-8000-0000000000e1',
      '01990000-0000-7000-8000-0000000000e2',
      '01990000-0000-7000-8000-0000000000e3',
      undefined,
    ],
  ],
  ['subject.authLevel', [0, 1, 2, 3, 4, undefined]],
  ['project.ethicsApproved', [true, false, undefined]],
  ['subject.trainings', [[], ['one'], ['two'], ['one', 'two'], undefined]],
  [
    'request.until',
    [
      '2026-11-30T00:00:00Z',
      '2026-12-01T00:00:00Z',
      '2027-01-01T00:00:00Z',
      '2027-01-01T00:00:00.001Z',
      undefined,
    ],
  ],
  ['request.ip', ['10.0.0.9', '11.0.0.1', '2001:db8::1', '2001:db9::1', undefined]],
];

/** Only the attributes that some condition asks for: the others change nothing. */
function assignments(conditions: readonly Condition[]): readonly AttributeInput[] {
  const text = JSON.stringify(conditions);
  return DOMAINS.filter(([path]) => text.includes(`"${path}"`)).reduce<readonly AttributeInput[]>(
    (all, [path, values]) =>
      all.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))),
    [{}],
  );
}

function allows({ allow, denies }: RuleSet, values: AttributeInput): boolean {
  const attributes = freezeAttributes(values);
  return (
    allow !== null &&
    evaluateCondition(allow, attributes) === true &&
    denies.every((deny) => evaluateCondition(deny, attributes) === false)
  );
}

const conditionsOf = ({ allow, denies }: RuleSet): readonly Condition[] => [
  ...(allow ? [allow] : []),
  ...denies,
];
const anyRules: fc.Arbitrary<RuleSet> = fc.record({
  allow: anyCondition,
  denies: fc.array(anyCondition, { maxLength: 2 }),
});
const LIMIT = 50;

describe('the analysis says what brute force says', () => {
  it('of a rule that nobody satisfies, and of one that others take away', () => {
    const seen = new Set<string | undefined>();
    fc.assert(
      fc.property(anyRules, (rules) => {
        const all = assignments(conditionsOf(rules));
        fc.pre(all.length <= 20_000);
        const { allow } = rules;
        const isReached = all.some((values) => allows({ allow, denies: [] }, values));
        const isLeft = all.some((values) => allows(rules, values));
        const expected = isReached ? (isLeft ? undefined : 'shadowed') : 'unreachable';
        seen.add(expected);
        expect(findingOf(rules)).toBe(expected);
      }),
      { numRuns: 400, seed: 4 },
    );
    expect(seen).toEqual(new Set(['unreachable', 'shadowed', undefined]));
  });

  it('of a deny rule that takes nothing away', () => {
    fc.assert(
      fc.property(anyCondition, fc.array(anyCondition, { maxLength: 2 }), (deny, others) => {
        const all = assignments([deny, ...others]);
        fc.pre(all.length <= 20_000);
        const fires = (condition: Condition, values: AttributeInput): boolean =>
          evaluateCondition(condition, freezeAttributes(values)) !== false;
        const isNeeded = all.some(
          (values) => fires(deny, values) && others.every((other) => !fires(other, values)),
        );
        expect(isShadowedDeny(deny, others)).toBe(!isNeeded);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('of a difference: there is one exactly when some request flips, and each witness does', () => {
    fc.assert(
      fc.property(anyRules, anyRules, (before, after) => {
        const all = assignments([...conditionsOf(before), ...conditionsOf(after)]);
        fc.pre(all.length <= 20_000);
        const flips = gained(before, after, LIMIT);
        const isFlipped = all.some((values) => allows(after, values) && !allows(before, values));
        expect(flips.length > 0).toBe(isFlipped);
        for (const { witness } of flips) {
          expect([allows(before, witness), allows(after, witness)]).toEqual([false, true]);
        }
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});

describe('a finding', () => {
  const active: Condition = { op: 'eq', path: 'project.status', value: 'active' };
  const level = (op: 'gte' | 'lte', value: number): Condition => ({
    op,
    path: 'subject.authLevel',
    value,
  });

  it.each<[string, RuleSet, string | undefined]>([
    ['nothing allowed', { allow: null, denies: [] }, 'unreachable'],
    [
      'an integer between two neighbours',
      { allow: { op: 'all', of: [level('gte', 3), level('lte', 2)] }, denies: [] },
      'unreachable',
    ],
    [
      'an address of both families',
      {
        allow: {
          op: 'all',
          of: [
            { op: 'within', path: 'request.ip', value: ['0.0.0.0/0'] },
            { op: 'within', path: 'request.ip', value: ['::/0'] },
          ],
        },
        denies: [],
      },
      'unreachable',
    ],
    [
      'ranges that leave one address',
      {
        allow: { op: 'within', path: 'request.ip', value: ['10.0.0.0/31'] },
        denies: [{ op: 'within', path: 'request.ip', value: ['10.0.0.0/32'] }],
      },
      undefined,
    ],
    [
      'ranges that leave none',
      {
        allow: { op: 'within', path: 'request.ip', value: ['10.0.0.0/31'] },
        denies: [
          { op: 'within', path: 'request.ip', value: ['10.0.0.0/32', '::ffff:10.0.0.1/128'] },
        ],
      },
      'shadowed',
    ],
    [
      'a clock that is always known',
      {
        allow: active,
        denies: [
          { op: 'before', path: 'request.now', value: '2026-01-01T00:00:00Z' },
          { op: 'after', path: 'request.now', value: '2026-01-01T00:00:00Z' },
        ],
      },
      'shadowed',
    ],
    ['a deny of what is unknown', { allow: active, denies: [level('lte', 1)] }, undefined],
    [
      'a deny that only the unknown escapes from an allow',
      {
        allow: active,
        denies: [{ op: 'not', of: { op: 'any', of: [level('lte', 1), level('gte', 0)] } }],
      },
      undefined,
    ],
  ])('on %s', (_what, rules, expected) => {
    expect(findingOf(rules)).toBe(expected);
  });

  it('is refused, and soon, when the condition makes too many boxes', () => {
    const pair = (at: number): Condition => ({
      op: 'any',
      of: [
        { op: 'contains', path: 'subject.trainings', value: `a${String(at)}` },
        { op: 'contains', path: 'subject.trainings', value: `b${String(at)}` },
      ],
    });
    const huge: Condition = { op: 'all', of: Array.from({ length: 20 }, (_, at) => pair(at)) };
    let code = '';
    try {
      findingOf({ allow: huge, denies: [] });
    } catch (error) {
      code = isConcordatError(error) ? error.code : 'another';
    }
    expect(code).toBe('condition_unanalysable');
  });
});
