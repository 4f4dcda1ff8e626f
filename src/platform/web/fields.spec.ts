import { validateSync } from 'class-validator';
import { IsDay, IsInstant } from './fields.js';

class Fields {
  @IsDay()
  day: unknown;

  @IsInstant()
  instant: unknown;
}

/** The fields that are refused. */
const refused = (day: unknown, instant: unknown): readonly string[] =>
  validateSync(Object.assign(new Fields(), { day, instant })).map(({ property }) => property);

describe('days and instants of a body', () => {
  it.each([['2026-11-25'], ['2028-02-29'], ['9998-12-31']])('takes the day %s', (day) => {
    expect(refused(day, '2026-11-25T12:00:00Z')).toEqual([]);
  });

  it.each([
    ['2026-02-29'],
    ['0000-01-01'],
    ['9999-12-31'],
    ['2026-W48'],
    ['20261125'],
    ['2026-11-25T00:00:00Z'],
    [20261125],
    [undefined],
  ])('refuses the day %s', (day) => {
    expect(refused(day, '2026-11-25T12:00:00Z')).toEqual(['day']);
  });

  it.each([['2026-11-25T12:00:00Z'], ['2026-11-25T12:00:00.123Z'], ['2026-11-25T12:00:00+01:00']])(
    'takes the instant %s',
    (instant) => {
      expect(refused('2026-11-25', instant)).toEqual([]);
    },
  );

  it.each([
    ['2026-W50-3T12:00:00Z'],
    ['2027-012T12:00:00.000Z'],
    ['2027-01-01T12:00:00,5Z'],
    ['2027-02-30T12:00:00Z'],
    ['2027-01-01T24:00:00Z'],
    ['2027-01-01T12:00:00'],
    ['2027-01-01'],
    [1795444800],
  ])('refuses the instant %s', (instant) => {
    expect(refused('2026-11-25', instant)).toEqual(['instant']);
  });
});
