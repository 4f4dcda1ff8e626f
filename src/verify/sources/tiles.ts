import { badInput, failed, type Refusal } from '../refusal.js';
import { HASH_BYTES } from '../tree/hash.js';
import type { LogSource } from './log-source.js';

export const TILE_WIDTH = 256;
const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const MAX_ENTRY_BYTES = 1024;
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);

/** Where an entry is: the bundle's path, and the byte of it at which the entry's length is. */
interface Entry {
  readonly bytes: Buffer;
  readonly offset: number;
}

/**
 * `tile/<level>/<n>[.p/<width>]`: three digits a part, all but the last behind an `x`.
 * @see C2SP tlog-tiles, audit-log section 4
 */
export function tilePath(level: number | 'entries', n: bigint, width: number): string {
  const digits = String(n);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const path = padded.replaceAll(/\d{3}(?=\d)/g, 'x$&/');
  const partial = width === TILE_WIDTH ? '' : `.p/${String(width)}`;
  return `tile/${String(level)}/${path}${partial}`;
}

/** How many hashes of a level lie in tile `n` of a log of this size: 256, fewer at its right edge, or none. */
export function widthOf(level: number, n: bigint, size: bigint): number {
  const hashes = size / 256n ** BigInt(level) - n * 256n;
  return Number(hashes < 0n ? 0n : hashes > 256n ? 256n : hashes);
}

/** The hashes of a tile, as the log of this size has it. */
export async function readTile(
  source: LogSource,
  level: number,
  n: bigint,
  size: bigint,
): Promise<readonly Buffer[]> {
  const width = widthOf(level, n, size);
  const { path, bytes, isFull } = await readObject(source, level, n, width, TILE_BYTES);
  const expected = (isFull ? TILE_WIDTH : width) * HASH_BYTES;
  if (bytes.length !== expected) {
    const reason = `the tile has ${String(bytes.length)} bytes and not ${String(expected)}`;
    throw failed(reason, { object: path });
  }
  return Array.from({ length: width }, (_, i) =>
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

/** A bundle's entries, up to the first that cannot be read. */
export interface Bundle {
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly broken?: Refusal;
}

/** The entries of a bundle, as the log of this size has it: each is its length in two bytes, then itself. */
export async function readBundle(source: LogSource, n: bigint, size: bigint): Promise<Bundle> {
  const width = widthOf(0, n, size);
  const { path, bytes, isFull } = await readObject(source, 'entries', n, width, MAX_BUNDLE_BYTES);
  const entries: Entry[] = [];
  let offset = 0;
  const stop = (reason: string): Bundle => {
    const index = String(n * 256n + BigInt(entries.length));
    const broken = failed(reason, { object: path, index, offset: String(offset) });
    return { path, entries, broken };
  };
  while (entries.length < width) {
    if (offset + 2 > bytes.length) {
      return stop(`the bundle ends after ${String(entries.length)} entries`);
    }
    const end = offset + 2 + bytes.readUInt16BE(offset);
    if (end > bytes.length || end - offset - 2 > MAX_ENTRY_BYTES) {
      return stop('the length of the entry is above 1,024 or the rest of the bundle');
    }
    entries.push({ bytes: bytes.subarray(offset + 2, end), offset });
    offset = end;
  }
  return offset === bytes.length || isFull
    ? { path, entries }
    : stop('the bundle goes on after its last entry');
}

/** A partial object goes when the full one is there, which begins with the same bytes. */
async function readObject(
  source: LogSource,
  level: number | 'entries',
  n: bigint,
  width: number,
  maxBytes: number,
): Promise<{ readonly path: string; readonly bytes: Buffer; readonly isFull: boolean }> {
  if (width === 0) {
    throw badInput('the log has no such tile');
  }
  const path = tilePath(level, n, width);
  const bytes = await source.read(path, maxBytes);
  if (bytes) {
    return { path, bytes, isFull: false };
  }
  const full = tilePath(level, n, TILE_WIDTH);
  const whole = width === TILE_WIDTH ? undefined : await source.read(full, maxBytes);
  if (!whole) {
    throw failed('the log does not have it', { object: path });
  }
  return { path: full, bytes: whole, isFull: true };
}
