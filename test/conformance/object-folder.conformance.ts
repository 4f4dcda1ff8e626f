import type { ObjectFolder } from '../../src/platform/object-folder/object-folder.js';

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
    expect(await open().create('tile/0/x001/000.p/3', of('first'))).toBe(true);
    expect(await open().create('tile/0/x001/000.p/3', of('second'))).toBe(false);
    expect(await text('tile/0/x001/000.p/3')).toBe('first');
  });

  it('lets one of many create an object', async () => {
    const answers = await Promise.all(ten.map((one) => open().create('once', of(one))));
    expect(won(answers)).toBe(1);
    expect(await text('once')).toBe(ten[answers.indexOf(true)]);
  });

  it('lets one of many replace a version, and the first one', async () => {
    let version: string | undefined;
    for (const round of ['first', 'second', 'third']) {
      const answers = await Promise.all(
        ten.map((one) => open().replace('head', of(`${round} ${one}`), version)),
      );
      expect(won(answers)).toBe(1);
      const stored = await open().read('head');
      expect(stored?.bytes.toString()).toBe(`${round} ${String(ten[answers.indexOf(true)])}`);
      version = stored?.version;
    }
  });

  it('replaces nothing for who read an older version, or none', async () => {
    await open().replace('head', of('old'), undefined);
    const old = (await open().read('head'))?.version;
    await open().replace('head', of('new'), old);
    expect(await open().replace('head', of('late'), old)).toBe(false);
    expect(await open().replace('head', of('late'), undefined)).toBe(false);
    expect(await text('head')).toBe('new');
  });

  it.each(['', '..', '../head', 'a/../b', '/head', '.hidden', 'a/.hidden', 'a//b', 'a/', 'a\0b'])(
    'knows no name %j',
    async (name) => {
      await expect(open().read(name)).rejects.toThrow(RangeError);
      await expect(open().create(name, of('x'))).rejects.toThrow(RangeError);
      await expect(open().replace(name, of('x'), undefined)).rejects.toThrow(RangeError);
    },
  );
}
