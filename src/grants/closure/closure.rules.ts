import { ConcordatError } from '../../kernel/errors.js';
import { addDays, endOfDay, londonDay } from '../../kernel/london-day.js';

export const CLOSURE_STATUSES = ['due', 'attested', 'verified', 'overdue'] as const;
export type ClosureStatus = (typeof CLOSURE_STATUSES)[number];
export type ClosureMove = 'attest' | 'verify' | 'overdue';

/**
 * domain.md section 3, "Reminders and closure". A late certificate is still one: overdue → attested is what lifts the
 * block of R3.20.
 */
export const CLOSURE_TRANSITIONS: Readonly<
  Record<ClosureMove, { readonly from: readonly ClosureStatus[]; readonly to: ClosureStatus }>
> = {
  attest: { from: ['due', 'overdue'], to: 'attested' },
  verify: { from: ['attested'], to: 'verified' },
  overdue: { from: ['due'], to: 'overdue' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveClosure(from: ClosureStatus, move: ClosureMove): ClosureStatus {
  const transition = CLOSURE_TRANSITIONS[move];
  if (!transition.from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}

/** The end of the last London day on which a certificate is in time. */
export function dueAt(now: Date, disposalDays: number): Date {
  return endOfDay(addDays(londonDay(now), disposalDays));
}

/** What a certificate says of days. @throws ConcordatError `input_invalid` */
export function checkCertificateDays(
  certificate: { readonly disposedOn: string; readonly residualBackupsEndOn?: string },
  today: string,
): void {
  const { disposedOn, residualBackupsEndOn } = certificate;
  const errors = [
    disposedOn > today && {
      pointer: '/certificate/disposedOn',
      reason: 'must not be in the future',
    },
    residualBackupsEndOn !== undefined &&
      residualBackupsEndOn < disposedOn && {
        pointer: '/certificate/residualBackupsEndOn',
        reason: 'must not be before disposedOn',
      },
  ].filter((fault) => fault !== false);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
