import {
  ATTRIBUTES,
  type AttributeName,
  type AttributeType,
  type AttributeValue,
} from '../../src/policy/attributes.js';
import { CONDITION_LIMITS, type Comparison, type Condition } from '../../src/policy/condition.js';
import type { Random } from './random.js';

// Small domains, so that rules and requests meet, with the neighbours of every bound among them. One list of ids serves
// agreements, datasets, organisations and people: what is told apart only by its place is told apart.
export const IDS = ['e1', 'e2', 'e3', 'e4'].map(
  (end) => `01990000-0000-7000-8000-0000000000${end}`,
);
export const CODES = ['active', 'Active', 'closed', 'a"b', 'back\\slash', '*'];
/** Codes that a request may carry and no condition may name. */
export const ODD_CODES = ['', 'active ', 'naïve', 'a\u0000b'];
const INTEGERS = [-1, 0, 1, 2, 3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
export const INSTANTS = [
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T23:59:59Z',
  '2026-12-31T23:59:59.999Z',
  '2027-01-01T00:00:00Z',
  '2027-01-01T00:00:00.001Z',
  '2027-01-01T00:00:00.1Z',
  '9999-12-31T23:59:59.99Z',
];
const ADDRESSES = [
  '10.0.0.9',
  '10.255.255.255',
  '11.0.0.0',
  '::ffff:10.0.0.9',
  '::FFFF:a00:9',
  '0:0:0:0:0:ffff:11.0.0.0',
  '::10.0.0.9',
  '64:ff9b::10.0.0.9',
  '::1',
  '2001:db8::',
  '2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001:db9::1',
  'fe80::1%eth0',
];
const RANGES = [
  '0.0.0.0/0',
  '10.0.0.9/8',
  '10.0.0.8/31',
  '11.0.0.0/32',
  '::ffff:10.0.0.0/104',
  '::ffff:0.0.0.0/96',
  '::/0',
  '::/96',
  '::10.0.0.8/127',
  '2001:db8::/32',
  '2001:db8::1/127',
  'fe80::/10',
];

export const VALUES: Readonly<Record<AttributeType, readonly AttributeValue[]>> = {
  code: CODES,
  uuid: IDS,
  integer: INTEGERS,
  boolean: [true, false],
  instant: INSTANTS,
  set: CODES,
  ip: ADDRESSES,
};

export const NAMES = Object.keys(ATTRIBUTES) as AttributeName[];
const TYPES: Readonly<Record<Comparison['op'], readonly AttributeType[]>> = {
  eq: ['code', 'uuid', 'integer', 'boolean'],
  ne: ['code', 'uuid', 'integer', 'boolean'],
  in: ['code', 'uuid', 'integer'],
  notIn: ['code', 'uuid', 'integer'],
  contains: ['set'],
  gte: ['integer'],
  lte: ['integer'],
  before: ['instant'],
  after: ['instant'],
  within: ['ip'],
};
const COMPARISONS = Object.keys(TYPES) as Comparison['op'][];

/** Any condition of the grammar; seldom a large one, never over a limit. */
export function conditionOf(random: Random): Condition {
  const budget = { nodes: random.chance(0.05) ? CONDITION_LIMITS.nodes : 10 };
  return nodeOf(random, 1, budget);
}

function nodeOf(random: Random, depth: number, budget: { nodes: number }): Condition {
  budget.nodes -= 1;
  if (depth === CONDITION_LIMITS.depth || budget.nodes < 2 || random.chance(0.4)) {
    return leafOf(random);
  }
  if (random.chance(0.2)) {
    return { op: 'not', of: nodeOf(random, depth + 1, budget) };
  }
  const op = random.pick(['all', 'any'] as const);
  const of = [nodeOf(random, depth + 1, budget)];
  const length = 1 + random.below(5);
  while (of.length < length && budget.nodes > 0) {
    of.push(nodeOf(random, depth + 1, budget));
  }
  return { op, of };
}

function leafOf(random: Random): Condition {
  const op = random.pick(COMPARISONS);
  const path = random.pick(NAMES.filter((name) => TYPES[op].includes(ATTRIBUTES[name])));
  return { op, path, value: literalOf(random, op, ATTRIBUTES[path]) } as Condition;
}

function literalOf(random: Random, op: Comparison['op'], type: AttributeType): unknown {
  if (op === 'within') {
    return random.some(RANGES, 1, 3);
  }
  return op === 'in' || op === 'notIn'
    ? random.some(VALUES[type], 1, 4)
    : random.pick(VALUES[type]);
}
