import ipaddr from 'ipaddr.js';
import { ATTRIBUTES, type AttributeName, type AttributeValue } from '../attributes.js';
import { isLeaf, type Condition, type Leaf } from '../condition.js';
import { parseCidr, type Cidr } from '../engine/address.js';

/** A value that stands for all that the conditions do not tell from it; undefined: nothing is known. */
export type Atom = AttributeValue | undefined;

/** Codes and ids that no condition names. */
const OTHER_CODE = 'other';
const OTHER_ID = '00000000-0000-4000-8000-000000000000';

/** All that some conditions can tell apart: for each attribute its atoms, for a set the codes they ask for. */
export interface Universe {
  readonly atoms: ReadonlyMap<AttributeName, readonly Atom[]>;
  readonly codes: ReadonlyMap<AttributeName, ReadonlySet<string>>;
}

/** @param conditions everything that is to be compared. */
export function universeOf(conditions: readonly Condition[]): Universe {
  const leaves = conditions.flatMap(leavesOf);
  const atoms = new Map<AttributeName, readonly Atom[]>();
  const codes = new Map<AttributeName, ReadonlySet<string>>();
  for (const path of new Set(leaves.map((leaf) => leaf.path))) {
    const own = leaves.filter((leaf) => leaf.path === path);
    if (ATTRIBUTES[path] === 'set') {
      codes.set(path, new Set(own.map(({ value }) => String(value))));
    } else {
      // The clock is always known (policy section 4).
      const absent = path === 'request.now' ? [] : [undefined];
      atoms.set(path, [...distinct(own.flatMap(pointsOf), path), ...absent]);
    }
  }
  return { atoms, codes };
}

function leavesOf(condition: Condition): readonly Leaf[] {
  if (isLeaf(condition)) {
    return [condition];
  }
  return condition.op === 'not' ? leavesOf(condition.of) : condition.of.flatMap(leavesOf);
}

// Every value on which the answer of a comparison can change, and one on each side of it.
function pointsOf(leaf: Leaf): readonly AttributeValue[] {
  switch (leaf.op) {
    case 'eq':
    case 'ne':
      return around(leaf.value);
    case 'in':
    case 'notIn':
      return leaf.value.flatMap(around);
    case 'gte':
    case 'lte':
      return around(leaf.value);
    case 'before':
    case 'after':
      return [-1, 0].map((offset) => new Date(Date.parse(leaf.value) + offset).toISOString());
    case 'within':
      return leaf.value.flatMap((text) => edgesOf(text));
    case 'contains':
      return [];
  }
}

function around(value: string | number | boolean): readonly AttributeValue[] {
  if (typeof value === 'boolean') {
    return [true, false];
  }
  return typeof value === 'number'
    ? [value - 1, value, value + 1].filter((near) => Number.isSafeInteger(near))
    : [value];
}

function distinct(
  points: readonly AttributeValue[],
  path: AttributeName,
): readonly AttributeValue[] {
  const type = ATTRIBUTES[path];
  if (type === 'code') {
    return [...new Set([...points, unlike(points)])];
  }
  if (type === 'uuid') {
    return [...new Set([...points, OTHER_ID])];
  }
  return [...new Set(type === 'ip' ? [...points, '0.0.0.0', '::'] : points)];
}

// Longer than each of them, so none of them.
function unlike(points: readonly AttributeValue[]): string {
  const longest = Math.max(0, ...points.map((point) => String(point).length));
  return OTHER_CODE.padEnd(longest + 1, '-');
}

/** The first and last address of a range, and their neighbours outside it. */
function edgesOf(text: string): readonly string[] {
  const cidr = parseCidr(text);
  if (!cidr) {
    throw new Error('A range that parseCondition refuses');
  }
  const bytes = ipaddr.parse(cidr.address).toByteArray();
  const size = BigInt(bytes.length * 8);
  const host = (1n << (size - BigInt(cidr.bits))) - 1n;
  const first = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) & ~host;
  const last = first | host;
  return [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << size)
    .map((value) => addressOf(value, cidr.family));
}

function addressOf(value: bigint, family: Cidr['family']): string {
  const length = family === 'ipv4' ? 4 : 16;
  const bytes = Array.from({ length }, (_, at) =>
    Number((value >> BigInt(8 * (length - 1 - at))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
