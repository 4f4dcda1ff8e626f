const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const HOUR_MS = 3_600_000;

const londonParts = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The Europe/London calendar day of an instant, as `YYYY-MM-DD`. */
export function londonDay(instant: Date): string {
  const parts = Object.fromEntries(
    londonParts.formatToParts(instant).map(({ type, value }) => [type, value]),
  );
  return `${parts['year'] ?? ''}-${parts['month'] ?? ''}-${parts['day'] ?? ''}`;
}

/** True for a day that exists, as `YYYY-MM-DD`, in the years 1900 to 9998. */
export function isDay(value: string): boolean {
  const match = DAY.exec(value);
  if (!match) {
    return false;
  }
  const at = new Date(`${value}T00:00:00Z`);
  const year = Number(match[1]);
  return (
    !Number.isNaN(at.getTime()) &&
    at.toISOString().startsWith(value) &&
    year >= 1900 &&
    year <= 9998
  );
}

/** The instant a London day begins. London is UTC or UTC+1, so the start is midnight UTC or an hour before. */
export function startOfDay(day: string): Date {
  const midnightUtc = new Date(`${day}T00:00:00Z`);
  const hourBefore = new Date(midnightUtc.getTime() - HOUR_MS);
  return londonDay(hourBefore) === day ? hourBefore : midnightUtc;
}

/** The instant an inclusive end date ends: the start of the next London day (domain.md, preamble). */
export function endOfDay(day: string): Date {
  return startOfDay(addDays(day, 1));
}

export function addDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The same day of a later month; the last day of that month when it is shorter. */
export function addMonths(day: string, months: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  const wanted = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(wanted, last));
  return at.toISOString().slice(0, 10);
}
