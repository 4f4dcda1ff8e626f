import { ConcordatError } from '../../kernel/errors.js';
import { addDays, addMonths } from '../../kernel/london-day.js';
import type { DraftTerms } from '../terms/terms.types.js';

const OVERDUE_DAYS = 30;
const MAX_MONTHS = 12;

/** What is reviewed: the agreement, or the data protection impact assessment in it. */
export const REVIEWED = ['agreement', 'dpia'] as const;
export type Reviewed = (typeof REVIEWED)[number];

/** R3.19: reviews of this day or earlier have been overdue for 30 days by `today`. Both are London days. */
export function lastDayOverdueOn(today: string): string {
  return addDays(today, -OVERDUE_DAYS);
}

/**
 * A version must not come into force with a review that is over: the first named in its terms is to come, and one that it
 * leaves as it was is the last that a completed review set (R3.18).
 * @param base the version that it amends.
 * @throws ConcordatError `agreement_incomplete` (422)
 */
export function requireReviewAhead(
  { reviewOn }: DraftTerms,
  base: { readonly terms: DraftTerms; readonly nextReviewOn: string | null } | undefined,
  today: string,
): void {
  const isKept = base !== undefined && base.terms.reviewOn === reviewOn;
  const next = isKept ? base.nextReviewOn : (reviewOn ?? null);
  if (next !== null && (isKept ? next <= lastDayOverdueOn(today) : next < today)) {
    const fault = { pointer: '/reviewOn', reason: `has passed: the next review is ${next}` };
    throw new ConcordatError('agreement_incomplete', { errors: [fault] });
  }
}

/**
 * R3.18: the next review is at most 12 months on, and while the agreement lasts.
 * @throws ConcordatError `input_invalid` (422)
 */
export function requireNextReview(
  nextReviewOn: string | undefined,
  { today, endsOn }: { readonly today: string; readonly endsOn: string | undefined },
): string {
  const reason = faultOf(nextReviewOn, today, endsOn);
  if (nextReviewOn === undefined || reason !== undefined) {
    const fault = { pointer: '/nextReviewOn', reason: reason ?? 'is required' };
    throw new ConcordatError('input_invalid', { errors: [fault] });
  }
  return nextReviewOn;
}

function faultOf(
  nextReviewOn: string | undefined,
  today: string,
  endsOn: string | undefined,
): string | undefined {
  if (nextReviewOn === undefined) {
    return 'is required to complete a review';
  }
  if (nextReviewOn <= today) {
    return 'must be after today';
  }
  if (nextReviewOn > addMonths(today, MAX_MONTHS)) {
    return 'must be at most 12 months from today';
  }
  return endsOn !== undefined && nextReviewOn > endsOn
    ? 'must not be after the agreement ends'
    : undefined;
}
