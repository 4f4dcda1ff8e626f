import { freezeAttributes, type Attributes } from '../attributes.js';
import { isLeaf, type Condition } from '../condition.js';
import { evaluateCondition } from './evaluate-condition.js';
import type { CompiledRule } from './snapshot.js';

/** The tree walk's verdict on all candidates: the allow surely holds and every deny surely does not. */
function permits(
  allow: CompiledRule,
  denies: readonly CompiledRule[],
  attributes: Attributes,
): boolean {
  return (
    evaluateCondition(allow.condition, attributes) === true &&
    denies.every(({ condition }) => evaluateCondition(condition, attributes) === false)
  );
}

/**
 * The first later instant at which time alone ends an allow. Between two bounds of `request.now` no answer changes, so it
 * is enough to ask again at each bound.
 */
export function notAfter(
  allow: CompiledRule,
  denies: readonly CompiledRule[],
  attributes: Attributes,
  now: Date,
): Date | null {
  const bounds = [allow, ...denies]
    .flatMap(({ condition }) => boundsOf(condition))
    .filter((bound) => bound > now.getTime())
    .sort((a, b) => a - b);
  const end = bounds.find((bound) => {
    const then = { ...attributes, 'request.now': new Date(bound).toISOString() };
    return !permits(allow, denies, freezeAttributes(then));
  });
  return end === undefined ? null : new Date(end);
}

function boundsOf(condition: Condition): readonly number[] {
  if (isLeaf(condition)) {
    const isBound = condition.path === 'request.now' && typeof condition.value === 'string';
    return isBound ? [Date.parse(condition.value)] : [];
  }
  return condition.op === 'not' ? boundsOf(condition.of) : condition.of.flatMap(boundsOf);
}
