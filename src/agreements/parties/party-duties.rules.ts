import type { Party } from '../agreement.types.js';
import type { FieldError } from '../../kernel/errors.js';
import { hasLeft } from './party-lifecycle.rules.js';

type Duties = Pick<Party, 'signatoryId' | 'dpoId'>;

/**
 * R3.24: who signs for one party holds no duty of another in the same agreement. One data protection officer may serve
 * several.
 * @param base pointer to the party.
 * @param parties those beside it; of who left, nothing counts.
 */
export function findBusy(
  { signatoryId, dpoId }: Duties,
  base: string,
  parties: readonly (Duties & Pick<Party, 'status'>)[],
): readonly FieldError[] {
  const others = parties.filter(({ status }) => !hasLeft(status));
  const signs = others.map((other) => other.signatoryId);
  const reviews = others.map((other) => other.dpoId);
  const faults = [
    ['signatoryId', [...signs, ...reviews].includes(signatoryId)],
    ['dpoId', signs.includes(dpoId)],
  ] as const;
  return faults
    .filter(([, isBusy]) => isBusy)
    .map(([name]) => ({
      pointer: `${base}/${name}`,
      reason: 'holds another duty in this agreement',
    }));
}
