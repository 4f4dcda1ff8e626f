import type { AttributeInput } from '../attributes.js';
import type { Condition } from '../condition.js';
import { universeOf, type Universe } from './atoms.js';
import { intersect, regionOf, union, witnessOf, type Region } from './boxes.js';
import { describe, type Constraint } from './constraints.js';

/** An allow rule with everything that can deny it. */
export interface RuleSet {
  /** Null: nothing is allowed. */
  readonly allow: Condition | null;
  readonly denies: readonly Condition[];
}

export type AllowFinding = 'unreachable' | 'shadowed';

/**
 * `unreachable`: no request satisfies the rule. `shadowed`: each one that does is denied by another rule.
 * @throws ConcordatError `condition_unanalysable` (422)
 */
export function findingOf({ allow, denies }: RuleSet): AllowFinding | undefined {
  if (allow === null) {
    return 'unreachable';
  }
  const universe = universeOf([allow, ...denies]);
  const region = regionOf(universe, allow, 'true');
  if (region.length === 0) {
    return 'unreachable';
  }
  return withoutDenied(universe, region, denies).length === 0 ? 'shadowed' : undefined;
}

/**
 * True for a deny rule that takes nothing away: wherever it fires, another one does.
 * @throws ConcordatError `condition_unanalysable` (422)
 */
export function isShadowedDeny(deny: Condition, others: readonly Condition[]): boolean {
  const universe = universeOf([deny, ...others]);
  return withoutDenied(universe, regionOf(universe, deny, 'notFalse'), others).length === 0;
}

/** A region in which the answer changes, and one concrete request of it. */
export interface Flip {
  readonly region: readonly Constraint[];
  readonly witness: AttributeInput;
}

/**
 * Where `after` allows and `before` does not; with the two exchanged, what is lost. At most one flip for each box, and no
 * more than `limit`.
 * @throws ConcordatError `condition_unanalysable` (422)
 */
export function gained(before: RuleSet, after: RuleSet, limit: number): readonly Flip[] {
  const conditions = [before, after].flatMap(({ allow, denies }) => [
    ...(allow ? [allow] : []),
    ...denies,
  ]);
  const universe = universeOf(conditions);
  const allowed = allowedRegion(universe, after);
  const refused =
    before.allow === null
      ? [allowed]
      : [
          intersect(allowed, regionOf(universe, before.allow, 'notTrue')),
          ...before.denies.map((deny) => intersect(allowed, regionOf(universe, deny, 'notFalse'))),
        ];
  return union(refused)
    .slice(0, limit)
    .map((box) => ({ region: describe(universe, box), witness: witnessOf(universe, box) }));
}

function allowedRegion(universe: Universe, { allow, denies }: RuleSet): Region {
  return allow === null ? [] : withoutDenied(universe, regionOf(universe, allow, 'true'), denies);
}

// What no rule denies: each of them is surely false there (policy section 3).
function withoutDenied(universe: Universe, region: Region, denies: readonly Condition[]): Region {
  return denies.reduce(
    (left, deny) => (left.length === 0 ? left : intersect(left, regionOf(universe, deny, 'false'))),
    region,
  );
}
