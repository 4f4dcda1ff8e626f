import { londonDay } from '../../kernel/london-day.js';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const londonTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/**
 * `24 November 2026`, as GOV.UK writes days.
 * @param value a day `YYYY-MM-DD`, or an instant, whose London day is taken; absent gives an empty text.
 */
export function formatDay(value: string | Date | null | undefined): string {
  const text = value instanceof Date ? londonDay(value) : value;
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? '') ?? [];
  return year === undefined
    ? ''
    : `${String(Number(day))} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}

/** `24 November 2026 at 12:05 GMT`, London time, in summer BST. @param value an instant or its RFC 3339 text. */
export function formatInstant(value: string | Date | null | undefined): string {
  if (value === null || value === undefined) {
    return '';
  }
  const instant = new Date(value);
  return Number.isNaN(instant.getTime())
    ? ''
    : `${formatDay(instant)} at ${londonTime.format(instant)}`;
}
