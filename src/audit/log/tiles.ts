/** Hashes of a full tile, entries of a full bundle. @see C2SP tlog-tiles */
export const TILE_WIDTH = 256;
export const HASH_BYTES = 32;
const WIDTH = BigInt(TILE_WIDTH);

/** A tile, or a bundle of entries (level `entries`), of one width: 1 to 255 is partial, 256 full. */
export interface TileName {
  readonly level: number | 'entries';
  readonly index: bigint;
  readonly width: number;
}

/** Its path below the log's address: `tile/0/x001/x234/067`, `tile/entries/000.p/5`. */
export function tilePath({ level, index, width }: TileName): string {
  const full = `tile/${String(level)}/${groups(index)}`;
  return width === TILE_WIDTH ? full : `${full}.p/${String(width)}`;
}

function groups(index: bigint): string {
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/.{3}/g) ?? [];
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/');
}

/** How many hashes a level has in a tree of this size: each is the root of 256^level leaves. */
export function hashCount(size: bigint, level: number): bigint {
  return size / WIDTH ** BigInt(level);
}

/** How wide a tile is in a tree of this size; 0 when it is not there yet. */
export function tileWidth(size: bigint, level: number | 'entries', index: bigint): number {
  const left = hashCount(size, level === 'entries' ? 0 : level) - index * WIDTH;
  return left >= WIDTH ? TILE_WIDTH : left > 0n ? Number(left) : 0;
}

/** Every tile of a level that a tree of `size` has and one of `since` had not, or less of, in order. */
export function* tilesSince(
  since: bigint,
  size: bigint,
  level: number | 'entries',
): Generator<TileName> {
  const height = level === 'entries' ? 0 : level;
  const had = hashCount(since, height);
  const has = hashCount(size, height);
  if (has > had) {
    for (let index = had / WIDTH; index * WIDTH < has; index += 1n) {
      yield { level, index, width: tileWidth(size, level, index) };
    }
  }
}

/** Every bundle and tile that is full in a tree of `size` and was not in one of `since`. */
export function* fullTilesSince(since: bigint, size: bigint): Generator<TileName> {
  const levels = Array.from({ length: levelsOf(size) }, (_, level) => level);
  for (const level of ['entries' as const, ...levels]) {
    for (const name of tilesSince(since, size, level)) {
      if (name.width === TILE_WIDTH) {
        yield name;
      }
    }
  }
}

/** How many levels of tiles a tree of this size has. */
export function levelsOf(size: bigint): number {
  let levels = 0;
  while (hashCount(size, levels) > 0n) {
    levels += 1;
  }
  return levels;
}

/** The 32-byte hashes of a tile. @throws RangeError for bytes that are no tile of this width. */
export function tileHashes(tile: Buffer, width: number): Buffer[] {
  if (tile.length !== width * HASH_BYTES) {
    throw new RangeError(`A tile of ${String(width)} hashes has ${String(tile.length)} bytes`);
  }
  return Array.from({ length: width }, (_, at) =>
    tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** A bundle: each entry after its length in two bytes, big endian. */
export function bundleOf(entries: readonly Buffer[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @throws RangeError for bytes that are no bundle. */
export function bundleEntries(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + (at + 2 <= bundle.length ? bundle.readUInt16BE(at) : Infinity);
    if (end > bundle.length) {
      throw new RangeError('A bundle ends inside an entry');
    }
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
