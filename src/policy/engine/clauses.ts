import type { Attributes } from '../attributes.js';
import { isLeaf, type Condition } from '../condition.js';
import type { FailedLeaf } from '../decision.js';
import { evaluateCondition } from './evaluate-condition.js';

/** A comparison of a rule, and whether it is as the rule wants it; null: something it asks for is not known. */
export interface JudgedLeaf extends FailedLeaf {
  readonly isMet: boolean | null;
}

/** Every comparison of a condition that should be `wanted`: what is met and what is not. */
export function leavesOf(
  condition: Condition,
  attributes: Attributes,
  wanted: boolean,
): readonly JudgedLeaf[] {
  if (isLeaf(condition)) {
    const { path, op, value: expected, clause = null } = condition;
    const truth = evaluateCondition(condition, attributes);
    const actual = attributes[path] ?? null;
    const isMet = truth === undefined ? null : truth === wanted;
    return [{ path, op, wanted, expected, actual, clause, isMet }];
  }
  return condition.op === 'not'
    ? leavesOf(condition.of, attributes, !wanted)
    : condition.of.flatMap((child) => leavesOf(child, attributes, wanted));
}
