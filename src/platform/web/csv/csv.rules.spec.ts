import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine, guardedText, unguardedText, type CsvCell } from './csv.rules.js';

describe('a CSV line (domain.md section 6)', () => {
  it.each<[string, CsvCell, string]>([
    ['plain text', 'Footfall', '"Footfall"'],
    ['nothing', null, '""'],
    ['empty text', '', '""'],
    ['a quote', 'the "open" part', '"the ""open"" part"'],
    ['a comma', 'a,b', '"a,b"'],
    ['a line break inside', 'a\r\nb', '"a\r\nb"'],
    ['an equals sign', '=1+1', '"\'=1+1"'],
    ['a plus', '+44 20', '"\'+44 20"'],
    ['a minus', '-1', '"\'-1"'],
    ['an at sign', '@SUM(A1)', '"\'@SUM(A1)"'],
    ['a tab', '\t=1', '"\'\t=1"'],
    ['a carriage return', '\r=1', '"\'\r=1"'],
    ['a line feed', '\n=1', '"\'\n=1"'],
    ['a full-width equals sign', '＝1', '"\'＝1"'],
    ['a full-width plus', '＋1', '"\'＋1"'],
    ['a full-width minus', '－1', '"\'－1"'],
    ['a full-width at sign', '＠A', '"\'＠A"'],
    ['a formula behind spaces', '   =1', '"\'   =1"'],
    ['a formula behind a no-break space', '\u00A0=1', '"\'\u00A0=1"'],
    ['a formula behind a wide space', '\u3000@A', '"\'\u3000@A"'],
    ['a tab behind a space', ' \tx', '"\' \tx"'],
    ['a quoted formula', '"=1"', '"""=1"""'],
    ['a sign inside', 'a=1', '"a=1"'],
    ['spaces alone', '   ', '"   "'],
    ['a negative number, whose column is typed', -5, '"-5"'],
    ['zero', 0, '"0"'],
  ])('writes %s', (_, cell, expected) => {
    expect(csvLine([cell])).toBe(`${expected}\r\n`);
  });

  it('joins cells with commas and ends with CRLF', () => {
    expect(csvLine(['a', null, 3])).toBe('"a","","3"\r\n');
  });

  it.each([NaN, Infinity, -Infinity])('refuses the number %s', (value) => {
    expect(() => csvLine([value])).toThrow(TypeError);
  });

  it('gives any text back to a reader of RFC 4180, with at most the guard before it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
        const [read] = parse(csvLine(cells), { relaxColumnCount: true });
        expect(
          read?.map((text, at) => (text === `'${cells[at] ?? ''}` ? cells[at] : text)),
        ).toEqual(cells);
      }),
    );
  });

  it.each(['=1+1', ' -1', 'plain', "it's", "'quoted'"])('guards %j, and gives it back', (text) => {
    expect(unguardedText(guardedText(text))).toBe(text);
  });

  it('never lets a cell begin, spaces aside, with what starts a formula', () => {
    const risky = fc.stringMatching(/^[ \u00A0\t]{0,3}[=+@\-\t\r\n＝＋－＠a'].{0,5}$/u);
    fc.assert(
      fc.property(risky, (text) => {
        const [[read = ''] = []] = parse(csvLine([text]));
        expect(read.trimStart()).not.toMatch(/^[=+\-@＝＋－＠]/u);
      }),
    );
  });
});
