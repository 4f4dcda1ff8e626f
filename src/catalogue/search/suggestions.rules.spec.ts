import { corrected, spelledWords, unfinished } from './suggestions.rules.js';

describe('suggestions', () => {
  it.each([
    ['hosuing strats', ['hosuing', 'strats']],
    ['-hosuing str* starts', ['starts']],
    ['"hosuing strats"', []],
    ['a an the', ['the']],
    [`'; DROP`, ['DROP']],
    ['one two three four five six seven', ['one', 'two', 'three', 'four', 'five', 'six']],
  ])('correct the words of %j that stand as they are', (text, words) => {
    expect(spelledWords(text)).toEqual(words);
  });

  it('correct all words first, then one by one', () => {
    const near = new Map([
      ['hosuing', ['housing', 'hosing']],
      ['strats', ['starts']],
      ['xyz', []],
    ]);
    expect(corrected('hosuing strats xyz', near)).toEqual([
      'housing starts xyz',
      'housing strats xyz',
      'hosing strats xyz',
      'hosuing starts xyz',
    ]);
    expect(corrected('right', new Map([['right', []]]))).toEqual([]);
  });

  it.each([
    ['air qu', { head: 'air ', beginning: 'qu' }],
    ['qu', { head: '', beginning: 'qu' }],
    ['air ', undefined],
    ['-qu', undefined],
    ['"air qu"', undefined],
    ['q', undefined],
  ])('complete the last word of %j', (text, last) => {
    expect(unfinished(text)).toEqual(last);
  });
});
