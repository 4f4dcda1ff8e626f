import fc from 'fast-check';
import type { AttributeInput } from '../../src/policy/attributes.js';
import type { Condition } from '../../src/policy/condition.js';

// Small domains, so that conditions and attributes meet often; one attribute of each type.
const STATUSES = ['active', 'closed', 'draft'];
const IDS = ['01990000-0000-7000-8000-0000000000e1', '01990000-0000-7000-8000-0000000000e2'];
const TRAININGS = ['one', 'two'];
const INSTANTS = ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00.001Z'];
const ADDRESSES = ['10.0.0.9', '::ffff:10.0.0.9', '11.0.0.1', '2001:db8::1', '2001:db9::1'];
const RANGES = ['10.0.0.0/8', '0.0.0.0/0', '::ffff:10.0.0.0/104', '2001:db8::/32', '::/0'];

const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.subarray([...values], { minLength: 1 });
const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

function leavesOf(
  path: 'project.status' | 'subject.id' | 'subject.authLevel',
  values: readonly (string | number)[],
): fc.Arbitrary<Condition> {
  return fc.oneof(
    fc.record({ op: one(['eq', 'ne'] as const), path: fc.constant(path), value: one(values) }),
    fc.record({ op: one(['in', 'notIn'] as const), path: fc.constant(path), value: some(values) }),
  );
}

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  leavesOf('project.status', STATUSES),
  leavesOf('subject.id', IDS),
  leavesOf('subject.authLevel', [1, 2, 3]),
  fc.record({
    op: one(['gte', 'lte'] as const),
    path: fc.constant('subject.authLevel' as const),
    value: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    op: one(['eq', 'ne'] as const),
    path: fc.constant('project.ethicsApproved' as const),
    value: fc.boolean(),
  }),
  fc.record({
    op: fc.constant('contains' as const),
    path: fc.constant('subject.trainings' as const),
    value: one(TRAININGS),
  }),
  fc.record({
    op: one(['before', 'after'] as const),
    path: fc.constant('request.until' as const),
    value: one(INSTANTS),
  }),
  fc.record({
    op: fc.constant('within' as const),
    path: fc.constant('request.ip' as const),
    value: some(RANGES),
  }),
);

/** Any condition of the grammar: every operator, over an attribute of each type, under `all`, `any` and `not`. */
export const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      op: fc.constantFrom<'all' | 'any'>('all', 'any'),
      of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('node') }),
  ),
})).node;

const known = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 4 });

/** What may be known of a request, or not, of all that `anyCondition` asks for. */
export const anyAttributes: fc.Arbitrary<AttributeInput> = fc.record({
  'project.status': known(one(STATUSES)),
  'subject.id': known(one(IDS)),
  'subject.authLevel': known(fc.integer({ min: 1, max: 3 })),
  'project.ethicsApproved': known(fc.boolean()),
  'subject.trainings': known(fc.subarray(TRAININGS)),
  'request.until': known(one(INSTANTS)),
  'request.ip': known(one(ADDRESSES)),
});
