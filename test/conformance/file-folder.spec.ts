import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileFolder } from '../../src/platform/object-folder/file-folder.js';
import { describeObjectFolder } from './object-folder.conformance.js';

describe('a folder on a disk keeps objects', () => {
  let root: string;
  const open = (): FileFolder => new FileFolder(root);

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
      const lock = join(root, 'head.lock');
      writeFileSync(lock, 'somebody who was killed');
      utimesSync(lock, 0, 0);
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

  it('leaves nothing but its objects', async () => {
    await open().create('a', Buffer.from('1'));
    await open().create('a', Buffer.from('2'));
    await open().replace('b', Buffer.from('1'), undefined);
    await open().replace('b', Buffer.from('2'), undefined);
    expect(readdirSync(root).sort()).toEqual(['a', 'b']);
  });
});
