import { COMING_DATES } from '../../../reminders/dates/coming-dates.js';
import type { ExpiryPosition, ExpiryRow } from './expiries.repository.js';

/** What comes up, who is to see to it, and whether it is late. People by pseudonym (R5.7). */
export type ExpiryView = Omit<ExpiryRow, 'subjectId'> & {
  /** A lapse is over on the next day; a review stays to be done. */
  readonly kind: 'lapse' | 'review';
  readonly subject: { readonly type: string; readonly id: string };
  readonly isLate: boolean;
};

const DATES = new Map(COMING_DATES.map(({ cause, ...more }) => [cause, more]));

export function toExpiryView({ subjectId, ...row }: ExpiryRow): ExpiryView {
  const { kind = 'lapse', subjectType = row.cause } = DATES.get(row.cause) ?? {};
  return { ...row, kind, subject: { type: subjectType, id: subjectId }, isLate: row.daysLeft < 0 };
}

export function positionOf({ dueOn, cause, subjectId }: ExpiryRow): ExpiryPosition {
  return { dueOn, cause, subjectId };
}
