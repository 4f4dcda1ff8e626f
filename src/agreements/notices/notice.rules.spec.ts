import { takesEffectAt } from './notice.rules.js';

describe('notice takes effect', () => {
  it.each([
    ['after 30 whole days in London', 30, '2026-07-01T12:00:00Z', '2026-07-31T23:00:00.000Z'],
    [
      'after 30 whole days over the end of summer time',
      30,
      '2026-10-10T12:00:00Z',
      '2026-11-10T00:00:00.000Z',
    ],
    [
      'from the day on which it was given in London',
      1,
      '2026-06-30T23:30:00Z',
      '2026-07-02T23:00:00.000Z',
    ],
    ['at once where the terms ask for none', 0, '2026-07-01T12:00:00Z', '2026-07-01T12:00:00.000Z'],
  ])('%s', (_when, noticeDays, now, expected) => {
    expect(takesEffectAt(noticeDays, new Date(now)).toISOString()).toBe(expected);
  });
});
