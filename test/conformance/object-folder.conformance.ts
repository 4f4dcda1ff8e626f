import type { ObjectFolder } from '../../src/platform/object-folder/object-folder.js';
import { proveConditions } from '../../src/platform/object-folder/prove-conditions.js';

const SERVED_AS = { contentType: 'application/octet-stream', cacheControl: 'no-store' };

/** What everything that keeps the log has to bear, wherever its objects lie. @param open the same place each time. */
export function describeObjectFolder(open: () => ObjectFolder): void {
  const of = (text: string): Buffer => Buffer.from(text);
  const text = async (name: string): Promise<string | undefined> =>
    (await open().read(name))?.bytes.toString();
  const won = (answers: readonly boolean[]): number => answers.filter(Boolean).length;
  const ten = Array.from({ length: 10 }, (_, at) => `writer ${String(at)}`);

  it('has nothing under a name that nobody wrote', async () => {
    expect(await open().read('tile/0/000')).toBeUndefined();
  });

  it('creates an object once and reads it at once', async () => {
    expect(await open().create('tile/0/x001/000.p/3', of('first'), SERVED_AS)).toBe(true);
    expect(await open().create('tile/0/x001/000.p/3', of('second'), SERVED_AS)).toBe(false);
    expect(await text('tile/0/x001/000.p/3')).toBe('first');
  });

  it('lets one of many create an object', async () => {
    const answers = await Promise.all(ten.map((one) => open().create('once', of(one), SERVED_AS)));
    expect(won(answers)).toBe(1);
    expect(await text('once')).toBe(ten[answers.indexOf(true)]);
  });

  it('lets one of many replace a version, and the first one', async () => {
    let version: string | undefined;
    for (const round of ['first', 'second', 'third']) {
      const answers = await Promise.all(
        ten.map((one) => open().replace('head', of(`${round} ${one}`), version, SERVED_AS)),
      );
      expect(won(answers)).toBe(1);
      const stored = await open().read('head');
      expect(stored?.bytes.toString()).toBe(`${round} ${String(ten[answers.indexOf(true)])}`);
      version = stored?.version;
    }
  });

  it('replaces nothing for who read an older version, or none', async () => {
    await open().replace('head', of('old'), undefined, SERVED_AS);
    const old = (await open().read('head'))?.version;
    await open().replace('head', of('new'), old, SERVED_AS);
    expect(await open().replace('head', of('late'), old, SERVED_AS)).toBe(false);
    expect(await open().replace('head', of('late'), undefined, SERVED_AS)).toBe(false);
    expect(await text('head')).toBe('new');
  });

  it('proves to several at once that it keeps conditions', async () => {
    await Promise.all(ten.slice(0, 3).map((one) => proveConditions(open(), one)));
    await proveConditions(open(), 'later');
  });

  it.each(['', '..', '../head', 'a/../b', '/head', '.hidden', 'a/.hidden', 'a//b', 'a/', 'a\0b'])(
    'knows no name %j',
    async (name) => {
      await expect(open().read(name)).rejects.toThrow(RangeError);
      await expect(open().create(name, of('x'), SERVED_AS)).rejects.toThrow(RangeError);
      await expect(open().replace(name, of('x'), undefined, SERVED_AS)).rejects.toThrow(RangeError);
    },
  );
}
