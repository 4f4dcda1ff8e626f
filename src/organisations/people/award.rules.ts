import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { addMonths } from '../../kernel/london-day.js';
import { findTerm, isUsableOn, type Vocabulary } from '../../kernel/vocabulary.js';

export type AccreditationState = 'recorded' | 'verified' | 'withdrawn' | 'lapsed';
export type AccreditationMove = 'verify' | 'withdraw';

/** Supervised by somebody with the full one in the same organisation (domain.md, vocabulary `accreditation`). */
export const SUPERVISED = 'dea_provisional';
export const SUPERVISING = 'dea_full';

/** What an award lasts when its vocabulary does not say. */
const USUAL_YEARS = 3;

const TRANSITIONS: Readonly<
  Record<
    AccreditationMove,
    { readonly from: readonly AccreditationState[]; readonly to: AccreditationState }
  >
> = {
  verify: { from: ['recorded'], to: 'verified' },
  withdraw: { from: ['recorded', 'verified'], to: 'withdrawn' },
};

/** An accreditation lapses by its date alone: no job has to say so (R3.25). */
export function stateOn(
  { state, expiresOn }: { readonly state: AccreditationState; readonly expiresOn: string },
  today: string,
): AccreditationState {
  return state !== 'withdrawn' && expiresOn < today ? 'lapsed' : state;
}

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveAccreditation(
  from: AccreditationState,
  move: AccreditationMove,
): AccreditationState {
  if (!TRANSITIONS[move].from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return TRANSITIONS[move].to;
}

export interface Award {
  readonly code: string;
  readonly awardedOn: string;
  readonly expiresOn: string;
}

/** The last day of an award of which only the first is told. */
export function usualExpiry(vocabulary: Vocabulary, code: string, awardedOn: string): string {
  return addMonths(awardedOn, 12 * yearsOf(vocabulary, code));
}

/**
 * An award counts from the moment it is recorded, so it was made by today, and for as long as its vocabulary lets it.
 * @param codeField the field that holds the code.
 * @throws ConcordatError `input_invalid` (422)
 */
export function checkAward(
  vocabulary: Vocabulary,
  award: Award,
  today: string,
  codeField: string,
): void {
  const errors = awardFaults(vocabulary, award, today, codeField);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}

function awardFaults(
  vocabulary: Vocabulary,
  { code, awardedOn, expiresOn }: Award,
  today: string,
  codeField: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!isUsableOn(vocabulary, code, today)) {
    const reason = `is no ${vocabulary.vocabulary} that may be used today`;
    errors.push({ pointer: `/${codeField}`, reason });
  }
  if (awardedOn > today) {
    errors.push({ pointer: '/awardedOn', reason: 'must not be in the future' });
  }
  if (expiresOn <= awardedOn) {
    errors.push({ pointer: '/expiresOn', reason: 'must be after awardedOn' });
  } else if (expiresOn > usualExpiry(vocabulary, code, awardedOn)) {
    const years = String(yearsOf(vocabulary, code));
    errors.push({
      pointer: '/expiresOn',
      reason: `must be at most ${years} years after awardedOn`,
    });
  }
  return errors;
}

/** @throws ConcordatError `input_invalid` (422) when a supervisor is missing, not asked for, or the person themselves. */
export function checkSupervision(
  scheme: string,
  personId: string,
  supervisorId: string | undefined,
): void {
  const reason = supervisionFault(scheme, personId, supervisorId);
  if (reason !== undefined) {
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/supervisorId', reason }] });
  }
}

function supervisionFault(
  scheme: string,
  personId: string,
  supervisorId: string | undefined,
): string | undefined {
  if ((scheme === SUPERVISED) !== (supervisorId !== undefined)) {
    return scheme === SUPERVISED ? `is required with ${scheme}` : `is not asked for with ${scheme}`;
  }
  return supervisorId === personId ? 'must be somebody else' : undefined;
}

function yearsOf(vocabulary: Vocabulary, code: string): number {
  return findTerm(vocabulary, code)?.years ?? USUAL_YEARS;
}
