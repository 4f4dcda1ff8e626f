import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { AttributeValue, Attributes } from './attributes.js';
import { isLeaf, type Condition, type Leaf } from './condition.js';

/** True, false, or unknown: an attribute it asks for is missing (R4.2). */
export type Truth = boolean | undefined;
export type Test = (attributes: Attributes) => Truth;

/** The name of a condition: SHA-256 of its JCS text, hex. */
export function conditionHash(condition: Condition): string {
  return createHash('sha256').update(canonicalJson(condition)).digest('hex');
}

/** Compiles a parsed condition to a closure; `all`, `any` and `not` follow Kleene's logic. */
export function compileCondition(condition: Condition): Test {
  if (isLeaf(condition)) {
    const test = compileLeaf(condition);
    return (attributes) => {
      const value = attributes[condition.path];
      return value === undefined ? undefined : test(value);
    };
  }
  if (condition.op === 'not') {
    const test = compileCondition(condition.of);
    return (attributes) => negate(test(attributes));
  }
  const tests = condition.of.map(compileCondition);
  // `all` is decided by one false, `any` by one true; an unknown elsewhere leaves the rest open.
  const decisive = condition.op === 'any';
  return (attributes) => {
    let result: Truth = !decisive;
    for (const test of tests) {
      const truth = test(attributes);
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

function negate(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

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
      return (value) => Array.isArray(value) && value.includes(leaf.value);
    case 'gte':
      return (value) => typeof value === 'number' && value >= leaf.value;
    case 'lte':
      return (value) => typeof value === 'number' && value <= leaf.value;
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
  const ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (value) => {
    const address = ipaddr.process(value as string);
    return ranges.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
  };
}

/** A leaf that kept an allow from holding, or made a deny hold. */
export interface FailedLeaf {
  readonly path: string;
  readonly op: string;
  readonly expected: AttributeValue | readonly (string | number)[];
  readonly actual: AttributeValue | null;
  readonly clause: string | null;
}

/**
 * The leaves to blame when `condition` should have been `wanted` and was not: the tree walk of the explanation.
 * Under `any` every child had to fail; under `all` each that failed alone suffices.
 */
export function blame(condition: Condition, attributes: Attributes, wanted: boolean): readonly FailedLeaf[] {
  if (compileCondition(condition)(attributes) === wanted) {
    return [];
  }
  if (isLeaf(condition)) {
    return [
      {
        path: condition.path,
        op: wanted ? condition.op : `not ${condition.op}`,
        expected: condition.value,
        actual: attributes[condition.path] ?? null,
        clause: condition.clause ?? null,
      },
    ];
  }
  if (condition.op === 'not') {
    return blame(condition.of, attributes, !wanted);
  }
  return condition.of.flatMap((child) => blame(child, attributes, wanted));
}
