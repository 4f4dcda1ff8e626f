import { isWithin, parseWorkingHours, type WorkingHours } from './working-hours.js';

const OFFICE: WorkingHours = { firstDay: 0, lastDay: 4, fromMinute: 420, toMinute: 1200 };

describe('working hours', () => {
  it.each<[string, WorkingHours | undefined]>([
    ['Mon-Fri 07:00-20:00', OFFICE],
    ['Mon-Sun 00:00-24:00', { firstDay: 0, lastDay: 6, fromMinute: 0, toMinute: 1440 }],
    ['Wed-Wed 09:30-09:31', { firstDay: 2, lastDay: 2, fromMinute: 570, toMinute: 571 }],
    ['', undefined],
    ['Mon-Fri', undefined],
    ['Mon-Fri 7:00-20:00', undefined],
    ['Mon-Fri 07:00-24:01', undefined],
    ['Mon-Fri 07:00-25:00', undefined],
    ['Mon-Fri 20:00-07:00', undefined],
    ['Mon-Fri 07:00-07:00', undefined],
    ['Fri-Mon 07:00-20:00', undefined],
    ['Lun-Ven 07:00-20:00', undefined],
    [' Mon-Fri 07:00-20:00', undefined],
  ])('%j is read as %j', (text, hours) => {
    expect(parseWorkingHours(text)).toEqual(hours);
  });

  it.each([
    ['the first minute', '2026-01-05T07:00:00Z', true],
    ['the second before', '2026-01-05T06:59:59Z', false],
    ['the last second', '2026-01-09T19:59:59Z', true],
    ['the end', '2026-01-09T20:00:00Z', false],
    ['a Saturday', '2026-01-10T12:00:00Z', false],
    ['a Sunday', '2026-01-11T12:00:00Z', false],
    ['the first minute of a summer’s day', '2026-07-06T06:00:00Z', true],
    ['the last second of a summer’s day', '2026-07-06T18:59:59Z', true],
    ['the end of a summer’s day', '2026-07-06T19:00:00Z', false],
    ['a Monday in London, and no longer in UTC’s Sunday', '2026-07-05T23:30:00Z', false],
    ['midnight', '2026-01-06T00:00:00Z', false],
  ])('%s of London is within: %s → %s', (_, at, isSo) => {
    expect(isWithin(OFFICE, new Date(at))).toBe(isSo);
  });
});
