import { isBelow, isPositive } from './decimal.js';
import type { Check } from './release-check.js';
import type { AggregateTerms, Budget } from './release.types.js';

/** privacy.md section 5: free queries are safe with these only. */
const CELLKEY_PRESETS: readonly string[] = ['ons_srs', 'uk_llc', 'acro', 'sdclog'];
const DEFAULT_PRESET = 'acro';
/** privacy.md V7.4, where the terms name none. */
const DEFAULT_EPSILON = '2';
const DEFAULT_EPSILON_PER_QUERY = '0.5';

/** Each protection has members of its own, and none of another's (privacy.md sections 5 to 7). */
export function protectionChecks(aggregate: AggregateTerms): readonly Check[] {
  const { protection, preset, tables, budget } = aggregate;
  const isDp = protection === 'dp';
  return [
    [
      (tables !== undefined) === (protection === 'round5'),
      '/tables',
      protection === 'round5'
        ? 'is required: round5 gives tables that are listed in full'
        : 'belongs to protection round5',
    ],
    [isDp || budget === undefined, '/budget', 'belongs to protection dp'],
    // V5.4: suppression that depends on the data would break the guarantee.
    [!isDp || preset === undefined, '/preset', 'does not go with protection dp'],
    [
      protection !== 'cellkey' || CELLKEY_PRESETS.includes(preset ?? DEFAULT_PRESET),
      '/preset',
      `cellkey takes ${CELLKEY_PRESETS.join(', ')}`,
    ],
    ...(isDp ? differentialChecks(aggregate) : []),
  ];
}

/** privacy.md V6.4: what is missing fails at lock, so that nothing is ever released without noise. */
function differentialChecks({
  dimensions,
  measures,
  maxGroupsPerUnit,
  maxRowsPerUnitGroup,
  budget,
}: AggregateTerms): readonly Check[] {
  const hasPrivateKeys = dimensions.some(({ keys }) => keys === 'private');
  return [
    [maxGroupsPerUnit !== undefined, '/maxGroupsPerUnit', 'is required with protection dp'],
    [maxRowsPerUnitGroup !== undefined, '/maxRowsPerUnitGroup', 'is required with protection dp'],
    ...measures.map(({ column, low }, at): Check => [
      column === undefined || low !== undefined,
      `/measures/${String(at)}/low`,
      'bounds are required with protection dp',
    ]),
    ...(budget
      ? budgetChecks(budget, hasPrivateKeys)
      : [[false, '/budget', 'is required with protection dp'] satisfies Check]),
  ];
}

function budgetChecks(budget: Budget, hasPrivateKeys: boolean): readonly Check[] {
  if (budget.accountant === 'zcdp') {
    return [
      ...spendingChecks('rho', budget.rho, 'maxRhoPerQuery', budget.maxRhoPerQuery),
      [!hasPrivateKeys, '/budget/accountant', 'zcdp takes public keys only'],
    ];
  }
  const { epsilon = DEFAULT_EPSILON, maxEpsilonPerQuery = DEFAULT_EPSILON_PER_QUERY } = budget;
  return [
    ...spendingChecks('epsilon', epsilon, 'maxEpsilonPerQuery', maxEpsilonPerQuery),
    [
      !hasPrivateKeys || isPositive(budget.delta ?? '0'),
      '/budget/delta',
      'must be above zero: private keys spend of it',
    ],
  ];
}

function spendingChecks(
  name: string,
  total: string,
  perQueryName: string,
  perQuery: string,
): readonly Check[] {
  return [
    [isPositive(total), `/budget/${name}`, 'must be above zero'],
    [isPositive(perQuery), `/budget/${perQueryName}`, 'must be above zero'],
    [!isBelow(total, perQuery), `/budget/${perQueryName}`, `must not be above ${name}`],
  ];
}
