import { join } from 'node:path';
import { badInput } from '../refusal.js';
import { readIfThere } from './file.js';
import { HttpSource } from './http.js';
import type { LogSource } from './log-source.js';

/** @param place a folder, or the URL of a log: `https:`, or `http:` on this machine. */
function openSource(place: string): LogSource {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place) ? HttpSource.at(place) : folderSource(place);
}

/** Runs on the log at a place, and leaves nothing running. */
export async function withSource<T>(
  place: string,
  run: (source: LogSource) => Promise<T>,
): Promise<T> {
  const source = openSource(place);
  try {
    return await run(source);
  } finally {
    source.close();
  }
}

function folderSource(folder: string): LogSource {
  if (folder === '') {
    throw badInput('the place of the log is empty');
  }
  return {
    read: (path, maxBytes) => readIfThere(join(folder, path), maxBytes),
    close: () => undefined,
  };
}
