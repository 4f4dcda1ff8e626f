import { matchesGlob } from 'node:path';

const CONTROL = /\p{Cc}/u;

/**
 * Where an object is put below the folder that was asked for; undefined for a name that could lead elsewhere. The broker
 * refuses such names, and this machine does not rely on it.
 */
export function localPath(name: string): string | undefined {
  const segments = name.split('/');
  const isSafe = segments.every(
    (segment) =>
      segment !== '' &&
      segment !== '.' &&
      segment !== '..' &&
      !segment.includes('\\') &&
      !segment.includes(':') &&
      !CONTROL.test(segment),
  );
  return isSafe ? segments.join('/') : undefined;
}

/** @param pattern as a shell's; absent: every name. `*` stays within a folder, `**` does not. */
export function isWanted(name: string, pattern: string | undefined): boolean {
  return pattern === undefined || matchesGlob(name, pattern);
}
