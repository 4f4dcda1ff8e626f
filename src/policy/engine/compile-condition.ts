import { createHash } from 'node:crypto';
import { BlockList } from 'node:net';
import { LRUCache } from 'lru-cache';
import { canonicalJson } from '../../kernel/canonical-json.js';
import type { AttributeValue } from '../attributes.js';
import { isLeaf, type Condition, type Leaf } from '../condition.js';
import { parseCidr, plainAddress } from './address.js';
import { partOf, type CasbinRequest } from './request.js';

/** True, false, or unknown: an attribute it asks for is missing (R4.2). */
export type Truth = boolean | undefined;
export type Test = (request: CasbinRequest) => Truth;

/** What a condition comes to, once for all requests. */
export interface Compiled {
  readonly test: Test;
  /** Instants of `request.now` at which its answer may change, in Unix milliseconds, ascending. */
  readonly bounds: readonly number[];
}

const KEPT = 4_096;
const compiled = new LRUCache<string, Compiled>({ max: KEPT });

/** The name of a condition: SHA-256 of its JCS text, hex. */
export function conditionHash(condition: Condition): string {
  return createHash('sha256').update(canonicalJson(condition)).digest('hex');
}

/** The closure and the bounds of a condition; equal conditions share them. */
export function compileOnce(hash: string, condition: Condition): Compiled {
  const known = compiled.get(hash);
  if (known) {
    return known;
  }
  const bounds = [...new Set(boundsOf(condition))].sort((a, b) => a - b);
  const made = Object.freeze({ test: compileCondition(condition), bounds: Object.freeze(bounds) });
  compiled.set(hash, made);
  return made;
}

function boundsOf(condition: Condition): readonly number[] {
  if (isLeaf(condition)) {
    const isBound = condition.path === 'request.now' && typeof condition.value === 'string';
    return isBound ? [Date.parse(condition.value)] : [];
  }
  return condition.op === 'not' ? boundsOf(condition.of) : condition.of.flatMap(boundsOf);
}

/** Compiles a parsed condition to a closure; `all`, `any` and `not` follow Kleene's logic. */
export function compileCondition(condition: Condition): Test {
  if (isLeaf(condition)) {
    const part = partOf(condition.path);
    const test = compileLeaf(condition);
    return (request) => {
      const value = request[part][condition.path];
      return value === undefined ? undefined : test(value);
    };
  }
  if (condition.op === 'not') {
    const test = compileCondition(condition.of);
    return (request) => {
      const truth = test(request);
      return truth === undefined ? undefined : !truth;
    };
  }
  return compileGroup(condition.op === 'any', condition.of.map(compileCondition));
}

// `all` is decided by one false, `any` by one true; an unknown elsewhere leaves the rest open.
function compileGroup(decisive: boolean, tests: readonly Test[]): Test {
  return (request) => {
    let result: Truth = !decisive;
    for (const test of tests) {
      const truth = test(request);
      if (truth === decisive) {
        return decisive;
      }
      if (truth === undefined) {
        result = undefined;
      }
    }
    return result;
  };
}

// Values have the type of their attribute: `freezeAttributes` lets no other in.
function compileLeaf(leaf: Leaf): (value: AttributeValue) => boolean {
  switch (leaf.op) {
    case 'eq':
      return (value) => value === leaf.value;
    case 'ne':
      return (value) => value !== leaf.value;
    case 'in': {
      const listed = new Set<AttributeValue>(leaf.value);
      return (value) => listed.has(value);
    }
    case 'notIn': {
      const listed = new Set<AttributeValue>(leaf.value);
      return (value) => !listed.has(value);
    }
    case 'contains':
      return (value) => (value as readonly string[]).includes(leaf.value);
    case 'gte':
      return (value) => (value as number) >= leaf.value;
    case 'lte':
      return (value) => (value as number) <= leaf.value;
    case 'before': {
      const limit = Date.parse(leaf.value);
      return (value) => Date.parse(value as string) < limit;
    }
    case 'after': {
      const limit = Date.parse(leaf.value);
      return (value) => Date.parse(value as string) >= limit;
    }
    case 'within':
      return compileWithin(leaf.value);
  }
}

function compileWithin(cidrs: readonly string[]): (value: AttributeValue) => boolean {
  // One list per family: a BlockList would match an IPv4 address against ::/0.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of cidrs) {
    const cidr = parseCidr(text);
    if (!cidr) {
      throw new Error('A range that parseCondition refuses');
    }
    lists[cidr.family].addSubnet(cidr.address, cidr.bits, cidr.family);
  }
  return (value) => {
    const { address, family } = plainAddress(value as string);
    return lists[family].check(address, family);
  };
}
