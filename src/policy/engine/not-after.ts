import { freezeAttributes, type Attributes } from '../attributes.js';
import { evaluateCondition } from './evaluate-condition.js';
import type { CompiledRule } from './snapshot.js';

/**
 * The first later instant at which time alone ends an allow. Between two bounds of `request.now` no answer of a rule
 * changes, so it is enough to ask each rule again at its own bounds.
 * @param rules all candidates of a request that is allowed now: the allow surely holds and every deny surely does not.
 */
export function notAfter(
  rules: readonly CompiledRule[],
  attributes: Attributes,
  now: Date,
): Date | null {
  const end = rules
    .flatMap((rule) => rule.bounds.map((bound) => ({ rule, bound })))
    .filter(({ bound }) => bound > now.getTime())
    .sort((a, b) => a.bound - b.bound)
    .find(({ rule, bound }) => {
      const then = { ...attributes, 'request.now': new Date(bound).toISOString() };
      const answer = evaluateCondition(rule.condition, freezeAttributes(then));
      return answer !== (rule.effect === 'allow');
    });
  return end === undefined ? null : new Date(end.bound);
}
