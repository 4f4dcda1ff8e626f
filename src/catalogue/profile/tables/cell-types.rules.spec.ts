import { FIELD_TYPES } from '../profile.types.js';
import { cellType, joinTypes, readDay } from './cell-types.rules.js';

describe('the type of a cell', () => {
  it.each([
    ['0', 'integer'],
    ['-42', 'integer'],
    ['007', 'text'],
    ['+44', 'text'],
    ['1234567890123456789', 'text'],
    ['1.5', 'decimal'],
    ['-0.25e-3', 'decimal'],
    ['1,5', 'text'],
    ['TRUE', 'boolean'],
    ['yes', 'text'],
    ['2026-02-28', 'date'],
    ['2026-02-30', 'text'],
    ['28/02/2026', 'date'],
    ['02/28/2026', 'text'],
    ['2026-02-28T10:00:00Z', 'timestamp'],
    ['2026-02-28 10:00', 'timestamp'],
    ['28/02/2026 10:00:59', 'timestamp'],
    ['2026-02-28T25:00:00Z', 'text'],
    ['2026-02-28 and more', 'text'],
    [`2026-02-28${' '.repeat(100_000)}`, 'text'],
    ['Camden', 'text'],
  ])('%s is %s', (cell, type) => {
    expect(cellType(cell)).toBe(type);
  });

  it('is joined in any order, and only ever widens', () => {
    for (const one of FIELD_TYPES) {
      expect(joinTypes(one, undefined)).toBe(one);
      expect(joinTypes(one, 'text')).toBe('text');
      for (const other of FIELD_TYPES) {
        const joined = joinTypes(one, other);
        expect(joined).toBe(joinTypes(other, one));
        expect(joinTypes(joined, one)).toBe(joined);
      }
    }
    expect(joinTypes('integer', 'decimal')).toBe('decimal');
    expect(joinTypes('date', 'timestamp')).toBe('timestamp');
    expect(joinTypes('integer', 'date')).toBe('text');
  });

  it('knows the instant of a time with a zone only', () => {
    expect(readDay('2026-06-30T23:30:00Z')?.at).toBe(Date.UTC(2026, 5, 30, 23, 30));
    expect(readDay('2026-06-30 23:30:00 +0100')?.at).toBe(Date.UTC(2026, 5, 30, 22, 30));
    expect(readDay('2026-06-30 23:30')?.at).toBeUndefined();
  });
});
