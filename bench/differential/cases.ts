import type { AttributeInput, AttributeName } from '../../src/policy/attributes.js';
import type { Condition, Leaf } from '../../src/policy/condition.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';
import { aDeny, anAllow, DATASET_ID, RECIPIENT_ID } from './rules.js';
import type { Seeded } from './seeded.js';

/** Some rules, what narrows them, and who asks. */
export interface Case {
  readonly rules: readonly PolicyRule[];
  readonly narrowing: Condition | null;
  readonly requests: readonly AttributeInput[];
}

const OTHER_ORGANISATION = '01990000-0000-7000-8000-0000000000f9';
// Small domains, so that conditions and requests meet often; every type, and each boundary with its neighbours.
const CODES = ['active', 'closed', 'draft'];
const IDS = ['01990000-0000-7000-8000-0000000000e1', '01990000-0000-7000-8000-0000000000e2'];
const TRAININGS = ['one', 'two', 'three'];
const INSTANTS = [
  '2026-11-24T11:59:59.999Z',
  '2026-11-24T12:00:00Z',
  '2026-11-24T12:00:00.001Z',
  '2027-01-01T00:00:00Z',
];
const ADDRESSES = [
  '9.255.255.255',
  '10.0.0.0',
  '10.255.255.255',
  '11.0.0.0',
  '::ffff:10.0.0.9',
  '2001:db8::1',
  '2001:db9::1',
  '::1',
];
const RANGES = [
  '10.0.0.0/8',
  '10.0.0.0/32',
  '0.0.0.0/0',
  '::ffff:10.0.0.0/104',
  '2001:db8::/32',
  '::/0',
];

const LEAVES: readonly ((random: Seeded) => Leaf)[] = [
  (random) => equality(random, 'project.status', CODES),
  (random) => equality(random, 'subject.id', IDS),
  (random) => equality(random, 'subject.authLevel', [1, 2, 3]),
  (random) => ({
    op: random.one(['eq', 'ne'] as const),
    path: 'project.ethicsApproved',
    value: random.chance(2),
  }),
  (random) => ({
    op: random.one(['gte', 'lte'] as const),
    path: 'subject.authLevel',
    value: random.below(5),
  }),
  (random) => ({ op: 'contains', path: 'subject.trainings', value: random.one(TRAININGS) }),
  (random) => ({
    op: random.one(['before', 'after'] as const),
    path: random.one(['request.until', 'request.now'] as const),
    value: random.one(INSTANTS),
  }),
  (random) => ({ op: 'within', path: 'request.ip', value: random.some(RANGES) }),
];

function equality(random: Seeded, path: AttributeName, values: readonly (string | number)[]): Leaf {
  return random.chance(2)
    ? { op: random.one(['eq', 'ne'] as const), path, value: random.one(values) }
    : { op: random.one(['in', 'notIn'] as const), path, value: random.some(values) };
}

function condition(random: Seeded, depth: number): Condition {
  const kind = depth === 0 ? 0 : random.below(6);
  if (kind === 3) {
    return { op: 'not', of: condition(random, depth - 1) };
  }
  if (kind > 3) {
    const of = Array.from({ length: 1 + random.below(3) }, () => condition(random, depth - 1));
    return { op: kind === 4 ? 'all' : 'any', of };
  }
  return random.one(LEAVES)(random);
}

function request(random: Seeded): AttributeInput {
  const known = <T>(value: T): T | undefined => (random.chance(5) ? undefined : value);
  return {
    'subject.organisationId': known(random.chance(6) ? OTHER_ORGANISATION : RECIPIENT_ID),
    'dataset.id': DATASET_ID,
    'project.status': known(random.one(CODES)),
    'subject.id': known(random.one(IDS)),
    'subject.authLevel': known(random.below(5)),
    'project.ethicsApproved': known(random.chance(2)),
    'subject.trainings': known(TRAININGS.filter(() => random.chance(2))),
    'request.until': known(random.one(INSTANTS)),
    'request.ip': known(random.one(ADDRESSES)),
  };
}

/** @param requests how many ask under the same rules. */
export function randomCase(random: Seeded, requests: number): Case {
  const denies = Array.from({ length: random.below(4) }, (_, at) =>
    aDeny(condition(random, 3), at, random.chance(2) ? DATASET_ID : null),
  );
  const allow = random.chance(20) ? [] : [anAllow(condition(random, 4))];
  return {
    rules: [...allow, ...denies],
    narrowing: random.chance(3) ? condition(random, 2) : null,
    requests: Array.from({ length: requests }, () => request(random)),
  };
}
