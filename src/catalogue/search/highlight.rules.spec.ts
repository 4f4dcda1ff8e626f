import { MARKS, readMarks } from './highlight.rules.js';

const mark = (text: string): string => `${MARKS.start}${text}${MARKS.stop}`;

describe('a marked text', () => {
  it.each([
    ['plain', [{ text: 'plain', isMatch: false }]],
    ['', []],
    [
      `${mark('a')} b ${mark('<c>')}`,
      [
        { text: 'a', isMatch: true },
        { text: ' b ', isMatch: false },
        { text: '<c>', isMatch: true },
      ],
    ],
    [`${MARKS.start}never ended`, [{ text: `${MARKS.start}never ended`, isMatch: false }]],
  ])('%j is taken apart', (text, pieces) => {
    expect(readMarks(text)).toEqual(pieces);
  });
});
