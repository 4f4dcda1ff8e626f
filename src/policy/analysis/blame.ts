import { isLeaf, type Condition } from '../condition.js';
import { findingOf, type RuleSet } from './findings.js';

/** What alone makes a rule useless: the rule would be worth something without any one of these. */
export interface Blame {
  /** Clauses of the allow rule; the attribute where a comparison names none. */
  readonly clauses: readonly string[];
  /** Which of the deny rules, by their place. */
  readonly denies: readonly number[];
}

/**
 * Of a rule that has a finding, the least that the finding needs: one of perhaps several such sets.
 * @throws ConcordatError `condition_unanalysable` (422)
 */
export function blameOf({ allow, denies }: RuleSet): Blame {
  const parts = allow === null ? [] : partsOf(allow);
  const places = denies.map((_deny, place) => place);
  const isUseless = (some: readonly Condition[], of: readonly number[]): boolean =>
    findingOf({
      allow: { op: 'all', of: some },
      denies: denies.filter((_deny, place) => of.includes(place)),
    }) !== undefined;
  const needed = leastOf(places, (some) => isUseless(parts, some));
  const least = leastOf(parts, (some) => isUseless(some, needed));
  return { clauses: [...new Set(least.flatMap(clausesOf))], denies: needed };
}

function partsOf(condition: Condition): readonly Condition[] {
  return condition.op === 'all' ? condition.of.flatMap(partsOf) : [condition];
}

function leastOf<T>(all: readonly T[], suffices: (some: readonly T[]) => boolean): readonly T[] {
  return all.reduce<readonly T[]>((left, one) => {
    const rest = left.filter((other) => other !== one);
    return suffices(rest) ? rest : left;
  }, all);
}

function clausesOf(condition: Condition): readonly string[] {
  if (isLeaf(condition)) {
    return [condition.clause ?? condition.path];
  }
  return condition.op === 'not' ? clausesOf(condition.of) : condition.of.flatMap(clausesOf);
}
