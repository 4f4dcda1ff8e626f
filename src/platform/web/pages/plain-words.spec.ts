import { inPlainWords } from './plain-words.js';

describe('why a field was refused, in the words of a page', () => {
  it.each([
    ['must be longer than or equal to 1 characters', '', 'must be filled in'],
    ['must be longer than or equal to 8 characters', 'short', 'must be at least 8 characters long'],
    ['must be shorter than or equal to 200 characters', 'x', 'must be at most 200 characters long'],
    ['must NOT have more than 254 characters', 'x', 'must be at most 254 characters long'],
    ['must be a boolean value', '', 'must be answered'],
    ['must be an email', '', 'must be filled in'],
    ['must be an email', 'x', 'must be an e-mail address, such as name@borough.example'],
    ['must be a day, YYYY-MM-DD', '', 'must be filled in'],
    ['must be a day, YYYY-MM-DD', '31 2', 'must be a day that there is, such as 5 4 2027'],
    ['must be one of the following values: a, b', '', 'must be chosen'],
    ['must be one of the following values: a, b', 'c', 'must be one of those that are offered'],
    ['must be a UUID', '', 'must be chosen'],
    ['must be a UUID', 'junk', 'must be an id'],
    ['must contain at least 1 elements', '', 'must have at least one'],
    [
      'each value in keywords must be longer than or equal to 1 and shorter than or equal to 100 characters',
      'x',
      'must each be at most 100 characters long',
    ],
    ['must name at least one', '', 'must name at least one'],
    [
      'name must be shorter than or equal to 9 characters',
      'x',
      'name must be at most 9 characters long',
    ],
  ])('%j of %j is %j', (reason, typed, words) => {
    expect(inPlainWords(reason, typed === '')).toBe(words);
  });
});
