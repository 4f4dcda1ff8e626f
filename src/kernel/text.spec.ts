import { countWords, isWebAddress } from './text.js';

describe('counting words', () => {
  it.each([
    ['', 0],
    ['  ', 0],
    ['one', 1],
    [' two\n words ', 2],
    ['it’s-one', 1],
  ])('%j has %i', (text, words) => {
    expect(countWords(text)).toBe(words);
  });
});

describe('a web address', () => {
  it.each([
    ['https://example.org/paper', true],
    ['http://example.org', true],
    ['ftp://example.org', false],
    ['javascript:alert(1)', false],
    ['https://user:word@example.org', false],
    ['example.org', false],
  ])('%s: %s', (text, is) => {
    expect(isWebAddress(text)).toBe(is);
  });
});
