import fc from 'fast-check';
import { attachment } from './content-disposition.rules.js';

describe('the name to save an object under', () => {
  it.each([
    ['a/b/report.csv', 'attachment; filename="report.csv"'],
    ['report 2026.csv', 'attachment; filename="report 2026.csv"'],
    ['naïve.csv', `attachment; filename="na_ve.csv"; filename*=UTF-8''na%C3%AFve.csv`],
    ['a"b.csv', `attachment; filename="a_b.csv"; filename*=UTF-8''a%22b.csv`],
    ['50%.csv', `attachment; filename="50_.csv"; filename*=UTF-8''50%25.csv`],
    ["o'(1)*.csv", `attachment; filename="o'(1)*.csv"`],
    ["ö'(1)*.csv", `attachment; filename="_'(1)*.csv"; filename*=UTF-8''%C3%B6%27%281%29%2A.csv`],
    ['invoice\u202efdp.exe', 'attachment; filename="invoice_fdp.exe"'],
  ])('%s → %s', (name, expected) => {
    expect(attachment(name)).toBe(expected);
  });

  it('is one header line of printable ASCII, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(attachment(name)).toMatch(
          /^attachment; filename="[\x20\x21\x23-\x5b\x5d-\x7e]*"(; filename\*=UTF-8''[\w!#$&+.^`|~%-]+)?$/,
        );
      }),
    );
  });
});
