import fc from 'fast-check';
import { lengthOf, parseRange } from './byte-range.rules.js';

const SIZE = 100;

describe('one byte range', () => {
  it.each([
    ['no header', undefined, undefined],
    ['another unit', 'lines=0-4', undefined],
    ['no unit', '0-4', undefined],
    ['the start', 'bytes=0-9', { first: 0, last: 9 }],
    ['one byte', 'bytes=99-99', { first: 99, last: 99 }],
    ['to the end', 'bytes=90-', { first: 90, last: 99 }],
    ['past the end', 'bytes=90-5000', { first: 90, last: 99 }],
    ['far past the end', 'bytes=0-9999999999999999999', { first: 0, last: 99 }],
    ['the last bytes', 'bytes=-10', { first: 90, last: 99 }],
    ['more last bytes than there are', 'bytes=-500', { first: 0, last: 99 }],
    ['a unit in capitals', 'BYTES=0-0', { first: 0, last: 0 }],
    ['white space around it', 'bytes= 0-0 ', { first: 0, last: 0 }],
  ])('reads %s', (_, header, expected) => {
    expect(parseRange(header, SIZE)).toEqual(expected);
  });

  it.each([
    ['several ranges', 'bytes=0-1,5-6'],
    ['a start at the end', 'bytes=100-'],
    ['a start past the end', 'bytes=500-600'],
    ['an end before the start', 'bytes=9-0'],
    ['the last zero bytes', 'bytes=-0'],
    ['no numbers', 'bytes=-'],
    ['nothing', 'bytes='],
    ['words', 'bytes=first-last'],
    ['a sign', 'bytes=+1-2'],
    ['too many digits', `bytes=0-${'9'.repeat(30)}`],
  ])('refuses %s', (_, header) => {
    expect(() => parseRange(header, SIZE)).toThrow(
      expect.objectContaining({ code: 'range_not_satisfiable' }) as Error,
    );
  });

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('refuses %s of an empty object', (header) => {
    expect(() => parseRange(header, 0)).toThrow(
      expect.objectContaining({ code: 'range_not_satisfiable' }) as Error,
    );
  });

  it('lies inside the object whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat()), fc.option(fc.nat()), (size, from, to) => {
        const header = `bytes=${from === null ? '' : String(from)}-${to === null ? '' : String(to)}`;
        try {
          const part = parseRange(header, size);
          expect(part?.first).toBeLessThan(size);
          expect(part?.last).toBeLessThan(size);
          expect(lengthOf(size, part)).toBeGreaterThan(0);
          expect(lengthOf(size, part)).toBeLessThanOrEqual(size);
        } catch (error) {
          expect(error).toMatchObject({ code: 'range_not_satisfiable' });
        }
      }),
    );
  });
});
