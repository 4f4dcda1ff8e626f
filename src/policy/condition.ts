import type { AttributeName } from './attributes.js';

export type Comparison =
  | { readonly op: 'eq' | 'ne'; readonly value: string | number | boolean }
  | { readonly op: 'in' | 'notIn'; readonly value: readonly (string | number)[] }
  | { readonly op: 'contains'; readonly value: string }
  | { readonly op: 'gte' | 'lte'; readonly value: number }
  | { readonly op: 'before' | 'after'; readonly value: string }
  | { readonly op: 'within'; readonly value: readonly string[] };

/** One comparison of one attribute with a literal; `clause` points into the agreement, for explanations only. */
export type Leaf = Comparison & { readonly path: AttributeName; readonly clause?: string };

/** A typed condition: never text to evaluate (policy section 3). */
export type Condition =
  | Leaf
  | { readonly op: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition };

export const CONDITION_LIMITS = {
  depth: 6,
  nodes: 64,
  children: 32,
  listLength: 256,
  cidrs: 32,
  stringLength: 256,
  bytes: 8192,
} as const;

export function isLeaf(condition: Condition): condition is Leaf {
  return condition.op !== 'all' && condition.op !== 'any' && condition.op !== 'not';
}
