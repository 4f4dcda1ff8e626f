import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileTurn } from './file-turn.js';
import { isFault } from './file-fault.js';
import { requireName, type ObjectFolder, type StoredObject } from './object-folder.js';

/** Who keeps others waiting for this long has stood still or was killed: a replacement is a read and a rename. */
const LEASE_MS = 2_000;

/** Objects as files. Each is written aside, flushed and put in place by name, so that no reader sees half of one. */
export class FileFolder implements ObjectFolder {
  constructor(
    private readonly root: string,
    private readonly leaseMs = LEASE_MS,
  ) {}

  async read(name: string): Promise<StoredObject | undefined> {
    try {
      const bytes = await readFile(this.pathOf(name));
      return { bytes, version: versionOf(bytes) };
    } catch (error) {
      if (isFault(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) {
        return undefined;
      }
      throw error;
    }
  }

  async create(name: string, bytes: Buffer): Promise<boolean> {
    const path = this.pathOf(name);
    const aside = await this.writeAside(path, bytes);
    try {
      await link(aside, path);
      await flushFolder(dirname(path));
      return true;
    } catch (error) {
      if (isFault(error, 'EEXIST')) {
        return false;
      }
      throw error;
    } finally {
      await unlink(aside);
    }
  }

  async replace(name: string, bytes: Buffer, version: string | undefined): Promise<boolean> {
    const path = this.pathOf(name);
    for (;;) {
      const turn = await FileTurn.take(path, await this.writeAside(path, bytes), this.leaseMs);
      try {
        if ((await this.read(name))?.version !== version) {
          return false;
        }
        if (await turn.moveInto(path)) {
          await flushFolder(dirname(path));
          return true;
        }
      } finally {
        await turn.end();
      }
    }
  }

  async list(folder: string): Promise<readonly string[]> {
    const path = this.pathOf(folder);
    try {
      const entries = await readdir(path, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => `${folder}/${entry.name}`);
    } catch (error) {
      if (isFault(error, 'ENOENT', 'ENOTDIR')) {
        return [];
      }
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    const path = this.pathOf(name);
    try {
      await unlink(path);
      await rmdir(dirname(path));
    } catch (error) {
      // Somebody else was there first, or others lie beside it.
      if (!isFault(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST')) {
        throw error;
      }
    }
  }

  private async writeAside(path: string, bytes: Buffer): Promise<string> {
    await this.makeFolder(dirname(path));
    const aside = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
    const file = await open(aside, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return aside;
  }

  private async makeFolder(folder: string): Promise<void> {
    // The name of a new folder is in its parent, which has to reach the disk as well.
    const first = await mkdir(folder, { recursive: true });
    for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) {
      await flushFolder(dirname(at));
    }
  }

  private pathOf(name: string): string {
    requireName(name);
    return join(this.root, name);
  }
}

function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
