/** What an alert is for. */
export const ALERT_RULES = ['bytes', 'reads', 'refusals', 'guessing', 'out_of_hours'] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

export const ALERT_STATUSES = ['open', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Whose doing it was. */
export interface AlertSubject {
  readonly kind: 'person' | 'grant' | 'organisation';
  readonly id: string;
}

/** Something unusual. Of a rule, a subject and a day there is one alert, however often it is found. */
export interface Finding {
  readonly rule: AlertRule;
  readonly subject: AlertSubject;
  /** The London day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Whose officers are told. */
  readonly organisationIds: readonly string[];
  readonly found: number;
  /** What this subject comes to on a day, on the whole; null where there is no such past. */
  readonly usual: number | null;
  /** More than this, or for refusals as many, is a finding. */
  readonly threshold: number;
}

/** What the operator sets. */
export interface AlertLimits {
  readonly bytesFloor: number;
  readonly readsFloor: number;
  readonly refusals: number;
}

export function keyOf({ rule, subject, day }: Pick<Finding, 'rule' | 'subject' | 'day'>): string {
  return `${rule} ${subject.kind} ${subject.id} ${day}`;
}
