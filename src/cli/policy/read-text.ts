import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

const MAX_BYTES = 1_000_000;

/**
 * The text of one of an operator's files, which may be anything.
 * @param name what messages call it.
 * @throws UsageError for what is no file (a pipe would be waited for), is too long or is no UTF-8.
 */
export function readText(path: string, name: string): string {
  if (!isFile(path)) {
    throw new UsageError(`${name} is no file`);
  }
  const bytes = attempt(name, () => {
    if (statSync(path).size > MAX_BYTES) {
      throw new UsageError(`${name} is over ${String(MAX_BYTES)} bytes`);
    }
    return readFileSync(path);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name} is no UTF-8 text`);
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** What goes wrong with a file is the caller's to mend. */
export function attempt<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsageError(name, error);
  }
}

export async function attemptLater<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUsageError(name, error);
  }
}

function asUsageError(name: string, error: unknown): UsageError {
  if (error instanceof UsageError) {
    return error;
  }
  const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
  return new UsageError(reason.startsWith(name) ? reason : `${name}: ${reason}`);
}
