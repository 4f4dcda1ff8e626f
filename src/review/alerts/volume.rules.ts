import { addDays } from '../../kernel/london-day.js';
import type { AlertLimits, AlertSubject, Finding } from './alert.types.js';

/** Days before the one in question that say what is usual. */
export const PAST_DAYS = 28;
/** So many times what is usual is unusual. */
const FACTOR = 5;

/** What was read under one grant on one London day. */
export interface GrantDay {
  readonly grantId: string;
  readonly personId: string;
  /** Who received it. */
  readonly organisationId: string;
  readonly providerId: string;
  readonly day: string;
  readonly bytes: number;
  /** Deliveries, and times that URLs or credentials were given out. */
  readonly reads: number;
  readonly outOfHours: number;
}

interface Series {
  readonly subject: AlertSubject;
  readonly organisationIds: readonly string[];
  readonly days: readonly GrantDay[];
}

/**
 * What is unusual on a day: each grant against its own past, and each person against theirs under all their grants. A past is the
 * mean of its days with any reading, so that who reads once a month is held against what they read then. A floor keeps small
 * things quiet; who has no past has the floor alone.
 * @param days of each grant and person in question the day itself, and as much as there is of the days before.
 */
export function judgeVolume(
  days: readonly GrantDay[],
  day: string,
  limits: AlertLimits,
): readonly Finding[] {
  return [...ofGrants(days, day), ...ofPeople(days, day)].flatMap((series) => [
    ...judge('bytes', series, day, limits.bytesFloor),
    ...judge('reads', series, day, limits.readsFloor),
  ]);
}

/** Any reading out of hours is told of, under each grant. */
export function judgeHours(days: readonly GrantDay[], day: string): readonly Finding[] {
  return ofGrants(days, day).flatMap(({ days: [today], ...about }) => {
    const found = today?.outOfHours ?? 0;
    return found === 0
      ? []
      : [{ rule: 'out_of_hours', ...about, day, found, usual: null, threshold: 0 } as const];
  });
}

function judge(
  rule: 'bytes' | 'reads',
  { subject, organisationIds, days }: Series,
  day: string,
  floor: number,
): readonly Finding[] {
  const totals = new Map<string, number>();
  for (const one of days) {
    totals.set(one.day, (totals.get(one.day) ?? 0) + one[rule]);
  }
  const first = addDays(day, -PAST_DAYS);
  const past = [...totals].filter(([at]) => at >= first && at < day).map(([, total]) => total);
  const usual = past.length === 0 ? null : Math.round(sum(past) / past.length);
  const threshold = Math.max(floor, FACTOR * (usual ?? 0));
  const found = totals.get(day) ?? 0;
  return found > threshold
    ? [{ rule, subject, day, organisationIds, found, usual, threshold }]
    : [];
}

// The day itself comes first. What was not read on it is not in question.
function ofGrants(days: readonly GrantDay[], day: string): readonly Series[] {
  return [...Map.groupBy(days, ({ grantId }) => grantId)].flatMap(([id, own]) => {
    const today = own.filter((one) => one.day === day);
    const [one] = today;
    return one
      ? [
          {
            subject: { kind: 'grant', id },
            organisationIds: unique([one.organisationId, one.providerId]),
            days: [...today, ...own.filter((other) => other.day !== day)],
          } as const,
        ]
      : [];
  });
}

// Who gave data is not told what somebody reads of others' data.
function ofPeople(days: readonly GrantDay[], day: string): readonly Series[] {
  return [...Map.groupBy(days, ({ personId }) => personId)].flatMap(([id, own]) => {
    const today = own.filter((one) => one.day === day);
    const organisationIds = unique(today.map(({ organisationId }) => organisationId));
    return today.length > 0
      ? [{ subject: { kind: 'person', id }, organisationIds, days: own } as const]
      : [];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}
