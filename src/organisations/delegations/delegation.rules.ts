import type { Role } from '../../identity/roles.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { addDays } from '../../kernel/london-day.js';

/** The duties that a deputy may fill (R3.24). */
export const DELEGABLE_ROLES = [
  'signatory',
  'dpo',
  'data_owner',
] as const satisfies readonly Role[];
export type DelegableRole = (typeof DELEGABLE_ROLES)[number];

const MAX_DAYS = 90;
const MAX_REASON_WORDS = 300;

export interface DelegationTerms {
  readonly startsOn: string;
  readonly endsOn: string;
  readonly reason: string;
}

/**
 * domain.md section 10, Delegation: of today or later, for at most 90 days, with a reason of at most 300 words.
 * @throws ConcordatError `input_invalid` (422)
 */
export function checkDelegation(terms: DelegationTerms, today: string): void {
  const errors = faultsOf(terms, today);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}

function faultsOf({ startsOn, endsOn, reason }: DelegationTerms, today: string): FieldError[] {
  const errors: FieldError[] = [];
  if (startsOn < today) {
    errors.push({ pointer: '/startsOn', reason: 'must not be in the past' });
  }
  if (endsOn < startsOn) {
    errors.push({ pointer: '/endsOn', reason: 'must not be before startsOn' });
  } else if (endsOn >= addDays(startsOn, MAX_DAYS)) {
    errors.push({
      pointer: '/endsOn',
      reason: 'must leave at most 90 days, the first and the last included',
    });
  }
  if (reason.split(/\s+/u).length > MAX_REASON_WORDS) {
    errors.push({ pointer: '/reason', reason: 'must have at most 300 words' });
  }
  return errors;
}
