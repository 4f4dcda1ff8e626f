import { MAX_NAMED_SKIPPED, addSkipped, manifestLine, sortOut } from './manifest.rules.js';

const listed = (key: string, changes: object = {}) => ({
  key,
  size: 3,
  etag: '"abc"',
  lastModified: new Date('2026-05-01T09:00:00Z'),
  ...changes,
});

describe('sorting a list out', () => {
  it('names objects behind the prefix', () => {
    const { entries, skipped } = sortOut('data/', [listed('data/one.csv'), listed('data/a/b c')]);
    expect(entries.map(({ name }) => name)).toEqual(['one.csv', 'a/b c']);
    expect(skipped).toEqual([]);
  });

  it.each<[string, ReturnType<typeof listed>, string]>([
    ['', listed('data/'), 'has an empty, "." or ".." segment'],
    ['sub/', listed('data/sub/'), 'has an empty, "." or ".." segment'],
    ['../x', listed('data/../x'), 'has an empty, "." or ".." segment'],
    ['a\\b', listed('data/a\\b'), 'has a backslash'],
    ['%2e%2e/x', listed('data/%2e%2e/x'), 'has an encoded dot, slash or backslash'],
    ['a\ufffdb', listed('data/a\nb'), 'has a control character'],
    ['n'.repeat(200), listed(`data/${'n'.repeat(2_000)}`), 'is over 1024 bytes'],
    ['data2/x', listed('data2/x'), 'lies outside the prefix'],
    ['x', listed('data/x', { etag: '' }), 'has no valid ETag'],
    ['x', listed('data/x', { size: -1 }), 'has no valid size'],
    ['x', listed('data/x', { size: Number.NaN }), 'has no valid size'],
    ['a\ufffd', listed('data/a\ud800'), 'is not valid Unicode'],
  ])('skips %j', (name, object, reason) => {
    expect(sortOut('data/', [object])).toEqual({ entries: [], skipped: [{ name, reason }] });
  });

  it('counts what it skips, and names a bounded number of it', () => {
    const many = Array.from({ length: MAX_NAMED_SKIPPED - 1 }, (_, at) => ({
      name: String(at),
      reason: 'x',
    }));
    const once = addSkipped({ count: 0, objects: [] }, many);
    const twice = addSkipped(once, many);
    expect([once.count, once.objects.length]).toEqual([99, 99]);
    expect([twice.count, twice.objects.length]).toEqual([198, MAX_NAMED_SKIPPED]);
  });
});

describe('the line of an entry', () => {
  it('is RFC 8785 of name, size, ETag and SHA-256, ended by LF', () => {
    expect(manifestLine({ name: 'é "1".csv', size: 12, etag: '"abc"' })).toBe(
      '["é \\"1\\".csv",12,"\\"abc\\"",null]\n',
    );
  });
});
