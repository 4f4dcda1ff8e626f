import { ConcordatError } from '../kernel/errors.js';
import type { DatasetEntity } from './dataset.entity.js';

/** Whose it is, what it is and about whom: agreements and privacy budgets rest on them. */
const FIXED = ['organisationId', 'kind', 'populationId'] as const;
/** Grants and sealed versions rest on them. */
const FIXED_ONCE_THERE = ['storeId', 'prefix'] as const;

/** @throws ConcordatError `input_invalid` (422) for each member that is not what it was and must be. */
export function checkFixed(
  dataset: DatasetEntity,
  changes: Readonly<Record<string, unknown>>,
): void {
  const fixed = [...FIXED, ...FIXED_ONCE_THERE.filter((name) => dataset[name] !== null)];
  const errors = fixed
    .filter((name) => Object.hasOwn(changes, name) && changes[name] !== dataset[name])
    .map((name) => ({ pointer: `/${name}`, reason: 'does not change' }));
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
