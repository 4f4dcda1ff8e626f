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

  it('lists what lies in a folder, and nothing deeper or beside it', async () => {
    const names = ['tile/0/000.p/3', 'tile/0/000.p/44', 'tile/0/000', 'tile/0/000.px/1'];
    for (const name of [...names, 'tile/0/000.p/x001/7']) {
      await open().create(name, of(name), SERVED_AS);
    }
    expect([...(await open().list('tile/0/000.p'))].sort()).toEqual(names.slice(0, 2));
    expect(await open().list('tile/1')).toEqual([]);
    expect(await open().list('tile/0/000.p/3')).toEqual([]);
  });

  it('lists more than a page', async () => {
    const names = Array.from({ length: 1_005 }, (_, at) => `many/${String(at)}`);
    for (let at = 0; at < names.length; at += 50) {
      const some = names.slice(at, at + 50);
      await Promise.all(some.map((name) => open().create(name, of(name), SERVED_AS)));
    }
    expect(new Set(await open().list('many'))).toEqual(new Set(names));
  }, 60_000);

  it('removes one object, and is content where there is none', async () => {
    await open().create('tile/0/000.p/3', of('three'), SERVED_AS);
    await open().create('tile/0/000.p/4', of('four'), SERVED_AS);
    await open().remove('tile/0/000.p/3');
    await open().remove('tile/0/000.p/3');
    await open().remove('tile/9/000');
    expect(await text('tile/0/000.p/3')).toBeUndefined();
    expect(await open().list('tile/0/000.p')).toEqual(['tile/0/000.p/4']);
    await open().remove('tile/0/000.p/4');
    expect(await open().create('tile/0/000.p/3', of('again'), SERVED_AS)).toBe(true);
    expect(await text('tile/0/000.p/3')).toBe('again');
  });

  it('proves to several at once that it keeps conditions', async () => {
    await Promise.all(ten.slice(0, 3).map((one) => proveConditions(open(), one)));
    await proveConditions(open(), 'later');
  });

  it.each(['', '..', '../head', 'a/../b', '/head', '.hidden', 'a/.hidden', 'a//b', 'a/', 'a\0b'])(
    'knows no name %j',
    async (name) => {
      await expect(open().read(name)).rejects.toThrow(RangeError);
      await expect(open().list(name)).rejects.toThrow(RangeError);
      await expect(open().remove(name)).rejects.toThrow(RangeError);
      await expect(open().create(name, of('x'), SERVED_AS)).rejects.toThrow(RangeError);
      await expect(open().replace(name, of('x'), undefined, SERVED_AS)).rejects.toThrow(RangeError);
    },
  );
}
