import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.js';
import { isConcordatError } from './errors.js';
import { isUuid, uuidV7Factory } from './ids.js';
import { addDays, addMonths, endOfDay, isDay, londonDay, startOfDay } from './london-day.js';
import { issuePageToken, readPageToken } from './page-token.js';

const key = Buffer.alloc(32, 7);
const now = new Date('2026-11-24T12:00:00Z');

describe('a London day', () => {
  it.each([
    ['2026-07-01T22:59:59Z', '2026-07-01'],
    ['2026-07-01T23:00:00Z', '2026-07-02'],
    ['2026-12-01T23:30:00Z', '2026-12-01'],
  ])('%s falls on %s', (instant, day) => {
    expect(londonDay(new Date(instant))).toBe(day);
  });

  it.each([
    ['2026-07-01', '2026-06-30T23:00:00.000Z'],
    ['2026-12-01', '2026-12-01T00:00:00.000Z'],
    ['2026-03-29', '2026-03-29T00:00:00.000Z'],
    ['2026-03-30', '2026-03-29T23:00:00.000Z'],
    ['2026-10-25', '2026-10-24T23:00:00.000Z'],
    ['2026-10-26', '2026-10-26T00:00:00.000Z'],
  ])('%s starts at %s', (day, instant) => {
    expect(startOfDay(day).toISOString()).toBe(instant);
  });

  it('ends where the next one starts', () => {
    expect(endOfDay('2026-10-25')).toEqual(startOfDay('2026-10-26'));
  });

  it.each(['2026-02-29', '2026-13-01', '26-01-01', '2026-01-01T00:00:00Z', '', '0000-01-01'])(
    '%p is no day',
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );

  it('adds days and months without losing the end of a month', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-12-15', 12)).toBe('2027-12-15');
  });
});

describe('canonical JSON', () => {
  it('is the example of RFC 8785 section 3.2.2', () => {
    const value = {
      // eslint-disable-next-line no-loss-of-precision -- the literal of the RFC
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
      }),
    );
  });

  it('keeps the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses what has no canonical form', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalJson('\ud800')).toThrow(TypeError);
  });
});

describe('an id', () => {
  it('is a UUIDv7 of its time', () => {
    const id = uuidV7Factory({ now: () => now }).next();
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime());
  });
});

describe('a page token', () => {
  const position = { scope: { query: 'a', caller: 'p' }, after: ['x', 1] };
  const refused = (token: string, scope: Json, at: Date): boolean => {
    try {
      readPageToken(key, token, scope, at);
      return false;
    } catch (error) {
      return isConcordatError(error, 'page_token_invalid');
    }
  };

  it('continues its own query', () => {
    const token = issuePageToken(key, position, now);
    expect(readPageToken(key, token, position.scope, now)).toEqual(['x', 1]);
  });

  it('continues after the longest name of an object, every byte of it escaped', () => {
    const after = '"'.repeat(1_024);
    const token = issuePageToken(key, { ...position, after }, now);
    expect(readPageToken(key, token, position.scope, now)).toBe(after);
  });

  it('is refused for another query, another key, or after an hour', () => {
    const token = issuePageToken(key, position, now);
    expect(refused(token, { query: 'b', caller: 'p' }, now)).toBe(true);
    expect(refused(token, position.scope, new Date(now.getTime() + 3_600_001))).toBe(true);
    const foreign = issuePageToken(Buffer.alloc(32, 8), position, now);
    expect(refused(foreign, position.scope, now)).toBe(true);
  });

  it('is refused after any change of a character', () => {
    const token = issuePageToken(key, position, now);
    fc.assert(
      fc.property(fc.nat(token.length - 2), (at) => {
        const other = token[at] === 'A' ? 'B' : 'A';
        return refused(token.slice(0, at) + other + token.slice(at + 1), position.scope, now);
      }),
    );
  });
});
