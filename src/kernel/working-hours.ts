const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const TEXT = /^(\w{3})-(\w{3}) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const DAY_MINUTES = 1_440;

/** Days of the week and a span of each, in London time. */
export interface WorkingHours {
  /** 0 is Monday. */
  readonly firstDay: number;
  /** Included. */
  readonly lastDay: number;
  /** Of the day. */
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
}

const londonClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** @returns undefined for text that is not like `Mon-Fri 07:00-20:00`, and for a span that ends before it begins. */
export function parseWorkingHours(text: string): WorkingHours | undefined {
  const [, first, last, fromHour, fromMinutes, toHour, toMinutes] = TEXT.exec(text) ?? [];
  const hours = {
    firstDay: DAYS.findIndex((day) => day === first),
    lastDay: DAYS.findIndex((day) => day === last),
    fromMinute: Number(fromHour) * 60 + Number(fromMinutes),
    toMinute: Number(toHour) * 60 + Number(toMinutes),
  };
  const isSo =
    hours.firstDay >= 0 &&
    hours.lastDay >= hours.firstDay &&
    hours.toMinute > hours.fromMinute &&
    hours.toMinute <= DAY_MINUTES;
  return isSo ? hours : undefined;
}

export function isWithin(hours: WorkingHours, at: Date): boolean {
  const parts = Object.fromEntries(
    londonClock.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const day = DAYS.findIndex((name) => name === parts['weekday']);
  const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
  return (
    day >= hours.firstDay &&
    day <= hours.lastDay &&
    minute >= hours.fromMinute &&
    minute < hours.toMinute
  );
}
