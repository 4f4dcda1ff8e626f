import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { badInput, Refusal, unreadable } from '../refusal.js';

/**
 * A whole regular file.
 * @throws Refusal `io` when it cannot be read, `badInput` when it is over `maxBytes`.
 */
export async function readFile(path: string, maxBytes: number): Promise<Buffer> {
  const bytes = await readIfThere(path, maxBytes);
  if (!bytes) {
    throw unreadable('there is no such file', { object: path });
  }
  return bytes;
}

/** The same, and undefined where there is no such file. */
export async function readIfThere(path: string, maxBytes: number): Promise<Buffer | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await openToRead(path);
    const facts = await file.stat();
    if (!facts.isFile()) {
      throw unreadable('it is no file', { object: path });
    }
    if (facts.size > maxBytes) {
      throw badInput(`it is over ${String(maxBytes)} bytes`, { object: path });
    }
    return await file.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') {
      return undefined;
    }
    throw error instanceof Refusal
      ? error
      : unreadable(`it cannot be read (${codeOf(error)})`, { object: path });
  } finally {
    await file?.close();
  }
}

/** Evidence may hold a pipe where a file should be: to open one must not wait for somebody who writes. */
export function openToRead(path: string): Promise<FileHandle> {
  // O_RDONLY is 0.
  return open(path, constants.O_NONBLOCK);
}

/** The system's name for what went wrong. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown';
}
