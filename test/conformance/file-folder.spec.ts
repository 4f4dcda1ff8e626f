import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileFolder } from '../../src/platform/object-folder/file-folder.js';
import type { StoredObject } from '../../src/platform/object-folder/object-folder.js';
import { describeObjectFolder } from './object-folder.conformance.js';

const LEASE_MS = 50;

/** Stands still after it has seen, in its turn, that the version is still the one it read. */
class StandingFolder extends FileFolder {
  readonly stands = Promise.withResolvers<undefined>();
  private readonly goesOn = Promise.withResolvers<undefined>();

  override async read(name: string): Promise<StoredObject | undefined> {
    const seen = await super.read(name);
    this.stands.resolve(undefined);
    await this.goesOn.promise;
    return seen;
  }

  goOn(): void {
    this.goesOn.resolve(undefined);
  }
}

describe('a folder on a disk keeps objects', () => {
  let root: string;
  const open = (): FileFolder => new FileFolder(root, LEASE_MS);
  const text = async (name: string): Promise<string | undefined> =>
    (await open().read(name))?.bytes.toString();

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'concordat-folder-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  describeObjectFolder(open);

  it('lets one of many replace what somebody who was killed had locked', async () => {
    let version: string | undefined;
    for (const round of ['first', 'second', 'third']) {
      mkdirSync(join(root, '.head.lock'));
      writeFileSync(join(root, '.head.lock', 'somebody'), 'never to be seen');
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          open().replace('head', Buffer.from(`${round} ${String(at)}`), version),
        ),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      const stored = await open().read('head');
      expect(stored?.bytes.toString()).toBe(`${round} ${String(answers.indexOf(true))}`);
      version = stored?.version;
    }
    expect(readdirSync(root)).toEqual(['head']);
  });

  it('lets nobody write who stood still for longer than others wait', async () => {
    await open().replace('head', Buffer.from('old'), undefined);
    const old = (await open().read('head'))?.version;
    const standing = new StandingFolder(root, LEASE_MS);
    const late = standing.replace('head', Buffer.from('late'), old);
    await standing.stands.promise;
    expect(await open().replace('head', Buffer.from('new'), old)).toBe(true);
    standing.goOn();
    expect(await late).toBe(false);
    expect(await text('head')).toBe('new');
    expect(readdirSync(root)).toEqual(['head']);
  });

  it('lets somebody who stood still write when nobody else did', async () => {
    await open().replace('head', Buffer.from('old'), undefined);
    const old = (await open().read('head'))?.version;
    const standing = new StandingFolder(root, LEASE_MS);
    const late = standing.replace('head', Buffer.from('late'), old);
    await standing.stands.promise;
    // Breaks the turn, and finds that its own version is an older one.
    expect(await open().replace('head', Buffer.from('new'), undefined)).toBe(false);
    standing.goOn();
    expect(await late).toBe(true);
    expect(await text('head')).toBe('late');
  });

  it('leaves nothing but its objects', async () => {
    await open().create('a', Buffer.from('1'));
    await open().create('a', Buffer.from('2'));
    await open().replace('b', Buffer.from('1'), undefined);
    await open().replace('b', Buffer.from('2'), undefined);
    expect(readdirSync(root).sort()).toEqual(['a', 'b']);
  });
});
