import { formatDay, formatInstant } from './date-filters.js';

describe('dates of a page, as GOV.UK writes them', () => {
  it.each([
    ['2026-11-24', '24 November 2026'],
    ['2026-01-05', '5 January 2026'],
    [new Date('2026-07-01T23:30:00Z'), '2 July 2026'],
    [null, ''],
    ['soon', ''],
  ])('the day %s is %s', (day, text) => {
    expect(formatDay(day)).toBe(text);
  });

  it.each([
    ['2026-11-24T12:05:00Z', '24 November 2026 at 12:05 GMT'],
    ['2026-07-01T12:05:00Z', '1 July 2026 at 13:05 BST'],
    // The hour that comes twice tells itself apart.
    ['2026-10-25T00:30:00Z', '25 October 2026 at 01:30 BST'],
    ['2026-10-25T01:30:00Z', '25 October 2026 at 01:30 GMT'],
    [undefined, ''],
    ['soon', ''],
  ])('the instant %s is %s, with its zone', (instant, text) => {
    expect(formatInstant(instant)).toBe(text);
  });
});
