import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isFault } from './file-fault.js';

const POLL_MS = 20;

/**
 * The turn to replace one file. Its lock is a folder with the next file in it, under a name nobody else has: moving that file
 * into place is what the lock is held for, and whoever breaks the lock takes the file away first. So a holder who stood still
 * for however long, and at whatever point, has nothing left to move.
 */
export class FileTurn {
  private constructor(
    private readonly lock: string,
    private readonly next: string,
  ) {}

  /**
   * Waits until nobody else holds the turn, or one holder has for `leaseMs`.
   * @param aside the next file, in the folder of `path`. It is gone at the end of the turn.
   */
  static async take(path: string, aside: string, leaseMs: number): Promise<FileTurn> {
    // Hidden: no object has such a name.
    const lock = join(dirname(path), `.${basename(path)}.lock`);
    const owner = randomBytes(16).toString('hex');
    const prepared = `${lock}.${owner}`;
    try {
      await mkdir(prepared);
      await rename(aside, join(prepared, owner));
      const holders = new Watch(leaseMs);
      while (!(await moveOverEmpty(prepared, lock))) {
        for (const holder of holders.overdue(await namesIn(lock))) {
          await unlink(join(lock, holder)).catch(ignore('ENOENT'));
        }
        await pause(POLL_MS);
      }
    } catch (error) {
      await rm(prepared, { recursive: true, force: true });
      await rm(aside, { force: true });
      throw error;
    }
    return new FileTurn(lock, join(lock, owner));
  }

  /** @returns false when the lock was broken meanwhile. */
  async moveInto(path: string): Promise<boolean> {
    try {
      await rename(this.next, path);
      return true;
    } catch (error) {
      if (isFault(error, 'ENOENT')) {
        return false;
      }
      throw error;
    }
  }

  async end(): Promise<void> {
    await unlink(this.next).catch(ignore('ENOENT'));
    // Whoever took the lock since has a file in it.
    await rmdir(this.lock).catch(ignore('ENOENT', 'ENOTEMPTY', 'EEXIST'));
  }
}

/** How long each holder was seen, by nobody's clock but this process's: a file system's may differ. */
class Watch {
  private readonly since = new Map<string, number>();

  constructor(private readonly leaseMs: number) {}

  overdue(holders: readonly string[]): readonly string[] {
    const now = performance.now();
    return holders.filter((holder) => {
      const since = this.since.get(holder) ?? now;
      this.since.set(holder, since);
      return now - since > this.leaseMs;
    });
  }
}

/** Takes the place of no folder, or of an empty one. */
async function moveOverEmpty(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isFault(error, 'ENOTEMPTY', 'EEXIST')) {
      return false;
    }
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isFault(error, 'ENOENT')) {
      return [];
    }
    throw error;
  }
}

function ignore(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!isFault(error, ...codes)) {
      throw error;
    }
  };
}
