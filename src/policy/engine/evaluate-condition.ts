import type { Attributes, AttributeValue } from '../attributes.js';
import { isLeaf, type Condition, type Leaf } from '../condition.js';
import type { FailedLeaf } from '../decision.js';
import { parseCidr, plainAddress } from './address.js';
import type { Truth } from './compile-condition.js';

/**
 * Walks the tree anew at each call: slower than the closures and written apart from them, because its answer is the
 * check on theirs (policy section 4, step 3).
 */
export function evaluateCondition(condition: Condition, attributes: Attributes): Truth {
  if (isLeaf(condition)) {
    const actual = attributes[condition.path];
    return actual === undefined ? undefined : holds(condition, actual);
  }
  if (condition.op === 'not') {
    return TRUTHS[2 - rank(evaluateCondition(condition.of, attributes))];
  }
  // Kleene: the least of `all`, the greatest of `any`, with unknown between false and true.
  const ranks = condition.of.map((child) => rank(evaluateCondition(child, attributes)));
  return TRUTHS[condition.op === 'all' ? Math.min(...ranks) : Math.max(...ranks)];
}

const TRUTHS: readonly Truth[] = [false, undefined, true];
const rank = (truth: Truth): number => TRUTHS.indexOf(truth);

function holds(leaf: Leaf, actual: AttributeValue): boolean {
  switch (leaf.op) {
    case 'eq':
      return leafValues(leaf.value).includes(actual);
    case 'ne':
      return !leafValues(leaf.value).includes(actual);
    case 'in':
      return leaf.value.some((listed) => listed === actual);
    case 'notIn':
      return leaf.value.every((listed) => listed !== actual);
    case 'contains':
      return Array.isArray(actual) && actual.some((member) => member === leaf.value);
    case 'gte':
      return !(Number(actual) < leaf.value);
    case 'lte':
      return !(Number(actual) > leaf.value);
    case 'before':
      return new Date(String(actual)).getTime() < new Date(leaf.value).getTime();
    case 'after':
      return !(new Date(String(actual)).getTime() < new Date(leaf.value).getTime());
    case 'within':
      return leaf.value.some((cidr) => contains(cidr, String(actual)));
  }
}

const leafValues = (value: AttributeValue): readonly AttributeValue[] => [value];

function contains(text: string, actual: string): boolean {
  const cidr = parseCidr(text);
  const { parsed, family } = plainAddress(actual);
  return cidr?.family === family && parsed.match(plainAddress(cidr.address).parsed, cidr.bits);
}

/**
 * The leaves to blame when `condition` should have been `wanted` and was not. Under `any` every child had to fail;
 * under `all` each that failed alone suffices.
 */
export function blame(
  condition: Condition,
  attributes: Attributes,
  wanted: boolean,
): readonly FailedLeaf[] {
  if (evaluateCondition(condition, attributes) === wanted) {
    return [];
  }
  if (isLeaf(condition)) {
    const { path, op, value: expected, clause = null } = condition;
    return [{ path, op, wanted, expected, actual: attributes[path] ?? null, clause }];
  }
  if (condition.op === 'not') {
    return blame(condition.of, attributes, !wanted);
  }
  return condition.of.flatMap((child) => blame(child, attributes, wanted));
}
