import { isWanted, localPath } from './local-names.js';

describe('the place of an object on this machine', () => {
  it.each(['a.csv', '2025-01/a b.csv', 'ü/é.csv', '.hidden/x'])('is its name: %s', (name) => {
    expect(localPath(name)).toBe(name);
  });

  it.each([
    '',
    '/etc/passwd',
    '../a',
    'a/../../b',
    'a//b',
    './a',
    'a/.',
    'a\\b',
    'C:a',
    'a/b:c',
    'a\0b',
    'a\nb',
    'a/',
  ])('is nowhere for %j', (name) => {
    expect(localPath(name)).toBeUndefined();
  });

  it.each([
    ['a/b.csv', undefined, true],
    ['a/b.csv', '*.csv', false],
    ['b.csv', '*.csv', true],
    ['a/b.csv', '**/*.csv', true],
    ['a/b.csv', 'a/*', true],
    ['a/b.json', '**/*.csv', false],
  ])('%s is wanted by %s: %s', (name, pattern, expected) => {
    expect(isWanted(name, pattern)).toBe(expected);
  });
});
