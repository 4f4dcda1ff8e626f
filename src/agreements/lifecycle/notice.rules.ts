import { addDays, londonDay } from '../../kernel/london-day.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { AgreementVersion } from '../agreement.types.js';

/** How a termination respects the other parties' notice. */
export interface Notice {
  /** The London day on which the other parties were told. */
  readonly noticeGivenOn?: string | undefined;
  /** Without notice; the reason says why. */
  readonly isUrgent: boolean;
}

/**
 * Domain.md section 3, "Version": `noticeDays` passed since notice, or urgent with a reason.
 * @throws ConcordatError `input_invalid` naming the member that does not hold.
 */
export function requireNotice(
  { terms, activatedAt }: AgreementVersion,
  { noticeGivenOn, isUrgent }: Notice,
  now: Date,
): void {
  if (isUrgent) {
    return;
  }
  const fault = faultOf(noticeGivenOn, terms.noticeDays ?? 0, activatedAt, londonDay(now));
  if (fault !== undefined) {
    throw new ConcordatError('input_invalid', {
      errors: [{ pointer: '/noticeGivenOn', reason: fault }],
    });
  }
}

function faultOf(
  givenOn: string | undefined,
  noticeDays: number,
  activatedAt: Date | null,
  today: string,
): string | undefined {
  if (givenOn === undefined) {
    return 'is required unless urgent';
  }
  if (activatedAt !== null && givenOn < londonDay(activatedAt)) {
    return 'is before the agreement came into force';
  }
  const earliest = addDays(givenOn, noticeDays);
  return earliest > today
    ? `the notice of ${String(noticeDays)} days runs until ${earliest}`
    : undefined;
}
