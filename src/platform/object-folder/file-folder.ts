import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectFolder, StoredObject } from './object-folder.js';

const LOCK_POLL_MS = 20;
/** Who holds a lock for this long was killed: a replacement is a few writes. */
const LOCK_DEAD_MS = 10_000;
const NAME = /^(?!\.)[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/** Objects as files. Each is written aside, flushed and put in place by name, so that no reader sees half of one. */
export class FileFolder implements ObjectFolder {
  constructor(private readonly root: string) {}

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
    const aside = await this.writeAside(path, bytes);
    try {
      return await withLock(`${path}.lock`, async (isHeld) => {
        // Held still: who stood still for too long has lost the lock, and the version may be another by now.
        if ((await this.read(name))?.version !== version || !(await isHeld())) {
          return false;
        }
        await rename(aside, path);
        await flushFolder(dirname(path));
        return true;
      });
    } finally {
      await unlinkIfThere(aside);
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
    if (!NAME.test(name)) {
      throw new RangeError('No name of an object');
    }
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

/** A lock is a file that says whose it is: a lock that was broken and taken anew is somebody else's. */
async function withLock<T>(
  path: string,
  work: (isHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const owner = randomBytes(16).toString('hex');
  const isHeld = async (): Promise<boolean> => (await ownerOf(path)) === owner;
  while (!(await takeLock(path, owner))) {
    await breakDeadLock(path);
    await pause(LOCK_POLL_MS);
  }
  try {
    return await work(isHeld);
  } finally {
    if (await isHeld()) {
      await unlinkIfThere(path);
    }
  }
}

async function takeLock(path: string, owner: string): Promise<boolean> {
  const aside = `${path}.${owner}`;
  await writeFile(aside, owner, { flag: 'wx' });
  try {
    // Not written in place: nobody may see a lock without its owner.
    await link(aside, path);
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

/**
 * Of several who find a lock dead, one moves it away and another perhaps the lock that was taken since: that one is put back,
 * and its holder looks before it writes.
 */
async function breakDeadLock(path: string): Promise<void> {
  const owner = await ownerOf(path);
  if (owner === undefined || !(await isDead(path))) {
    return;
  }
  const moved = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await rename(path, moved);
    if ((await ownerOf(moved)) !== owner) {
      await link(moved, path);
    }
  } catch (error) {
    if (!isFault(error, 'ENOENT', 'EEXIST')) {
      throw error;
    }
  } finally {
    await unlinkIfThere(moved);
  }
}

// Against the clock of the file system on both sides: this machine's own may differ.
async function isDead(path: string): Promise<boolean> {
  const probe = `${path}.${randomBytes(8).toString('hex')}`;
  await (await open(probe, 'wx')).close();
  try {
    return (await stat(probe)).mtimeMs - (await stat(path)).mtimeMs > LOCK_DEAD_MS;
  } catch (error) {
    if (isFault(error, 'ENOENT')) {
      return false;
    }
    throw error;
  } finally {
    await unlink(probe);
  }
}

async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isFault(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isFault(error, 'ENOENT')) {
      throw error;
    }
  }
}

function isFault(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && codes.includes(code);
}
