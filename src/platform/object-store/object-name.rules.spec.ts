import fc from 'fast-check';
import { isConcordatError } from '../../kernel/errors.js';
import {
  decodeObjectPath,
  isUnder,
  keyFault,
  objectKey,
  prefixFault,
} from './object-name.rules.js';

const refuses = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch (error) {
    return isConcordatError(error, 'object_name_refused');
  }
};

describe('an object name (GD-19)', () => {
  it.each([
    'a/../b',
    '..',
    './a',
    'a//b',
    '/a',
    'a/',
    '',
    'a\\b',
    'a%2e%2e/b',
    'a%2Fb',
    'a%5cb',
    'a\u0000b',
    'a\nb',
    'a\u0085b',
    '\ud800',
    'x'.repeat(2000),
    'é'.repeat(600),
  ])('%j is refused with a reason', (name) => {
    expect(keyFault(name)).toEqual(expect.any(String));
    expect(refuses(() => objectKey('data/', name))).toBe(true);
  });

  it.each(['a', 'a b/ü+%/c.csv', "it's(1)*!~.txt", '2019-01/…', 'a..b', '...'])(
    '%j passes',
    (name) => {
      expect(objectKey('data/', name)).toBe(`data/${name}`);
    },
  );

  it.each([
    '..%2fsecret',
    '%2e%2e/secret',
    'a%2f%2e%2e%2fb',
    '%252e%252e/x',
    '%00',
    '%ff',
    'a/%2E%2E',
  ])('the path %s is refused', (path) => {
    expect(refuses(() => decodeObjectPath(path))).toBe(true);
  });

  it('never leaves its prefix, whatever a caller sends', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2f',
      '/',
      '\\',
      'a',
      'b2',
      '%',
      ' ',
      '\u0000',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const path = parts.join('');
        try {
          const key = objectKey('a/b/', decodeObjectPath(path));
          const { pathname } = new URL(
            `http://h/${key.split('/').map(encodeURIComponent).join('/')}`,
          );
          expect(pathname.startsWith('/a/b/')).toBe(true);
          expect(isUnder('a/b/', key)).toBe(true);
        } catch (error) {
          expect(isConcordatError(error, 'object_name_refused')).toBe(true);
        }
      }),
    );
  });

  it('does not take a sibling for the prefix', () => {
    expect(isUnder('a/b/', 'a/b2')).toBe(false);
    expect(isUnder('a/b/', 'a/b')).toBe(false);
    expect(isUnder('a/b/', 'a/b/c')).toBe(true);
  });

  it.each(['a', '/a/', 'a//', '../', '', '/', 'a/./b/'])('the prefix %j is refused', (prefix) => {
    expect(prefixFault(prefix)).toEqual(expect.any(String));
  });
});
