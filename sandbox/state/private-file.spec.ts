import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePrivateJson } from './private-file.js';

describe('a private file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-file-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is readable by its owner alone, and so is the folder made for it', async () => {
    const path = join(folder, 'state', 'sandbox.json');
    await writePrivateJson(path, { a: 1 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'state'))).mode & 0o777).toBe(0o700);
  });

  it('is replaced as a whole: a reader never sees half of it', async () => {
    const path = join(folder, 'sandbox.json');
    const big = (seed: number) => ({ seed, text: String(seed).repeat(200_000) });
    await writePrivateJson(path, big(0));
    const writes = (async () => {
      for (let seed = 1; seed <= 9; seed += 1) {
        await writePrivateJson(path, big(seed));
      }
    })();
    for (let read = 0; read < 50; read += 1) {
      const { seed, text } = JSON.parse(await readFile(path, 'utf8')) as ReturnType<typeof big>;
      expect(text).toBe(big(seed).text);
    }
    await writes;
    expect(await readdir(folder)).toEqual(['sandbox.json']);
  });

  it('leaves nothing behind and the old text in place when it cannot be written', async () => {
    const path = join(folder, 'sandbox.json');
    await writePrivateJson(path, { a: 1 });
    await expect(writePrivateJson(path, { b: 1n })).rejects.toThrow('BigInt');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: 1 });
    expect(await readdir(folder)).toEqual(['sandbox.json']);
  });
});
