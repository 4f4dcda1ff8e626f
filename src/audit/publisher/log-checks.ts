import { readCheckpoint, type Checkpoint } from '../log/checkpoint.js';
import { RecheckError, recheckGrowth } from '../log/recheck.js';
import { HASH_BYTES, TILE_WIDTH, tileWidth } from '../log/tiles.js';
import type { TileStore } from './tile-store.js';

/** How many of the newest entries are computed again. */
export const CHECKED_ENTRIES = BigInt(TILE_WIDTH);

/** `checkpoint_matches_tiles`: stored entries and tiles lead to the signed root. The others: the database has the same. */
type LogCheckName =
  'checkpoint_matches_tiles' | 'database_covers_checkpoint' | 'database_matches_tiles';

export interface LogCheck {
  readonly name: LogCheckName;
  readonly holds: boolean;
}

/** The end of the log as the database has it. */
export interface DatabaseEnd {
  readonly size: bigint;
  /** Leaf hashes from `tailStart(size)` of the checkpoint on. */
  readonly tail: readonly Buffer[];
}

/** Where the last tile of leaves begins. */
export function tailStart(size: bigint): bigint {
  return size === 0n ? 0n : ((size - 1n) / CHECKED_ENTRIES) * CHECKED_ENTRIES;
}

/**
 * Looks at the log now, at its newest entries and all that their root is made of: what is older was looked at when it was
 * the newest, and is read as a whole by `concordat verify log`.
 * @param note the stored checkpoint.
 */
export async function checkLog(
  tiles: TileStore,
  note: string,
  database: DatabaseEnd,
): Promise<readonly LogCheck[]> {
  const checkpoint = readCheckpoint(note);
  return [
    { name: 'checkpoint_matches_tiles', holds: await isRooted(tiles, checkpoint) },
    { name: 'database_covers_checkpoint', holds: database.size >= checkpoint.size },
    { name: 'database_matches_tiles', holds: await isSame(tiles, checkpoint, database) },
  ];
}

async function isRooted(tiles: TileStore, { size, root }: Checkpoint): Promise<boolean> {
  const before = size > CHECKED_ENTRIES ? size - CHECKED_ENTRIES : 0n;
  try {
    return (await recheckGrowth((path) => tiles.read(path), before, size)).after.equals(root);
  } catch (error) {
    if (error instanceof RecheckError) {
      return false;
    }
    throw error;
  }
}

async function isSame(
  tiles: TileStore,
  { size }: Checkpoint,
  { tail }: DatabaseEnd,
): Promise<boolean> {
  if (size === 0n) {
    return true;
  }
  const index = tailStart(size) / CHECKED_ENTRIES;
  const width = tileWidth(size, 0, index);
  const stored = await tiles.stored({ level: 0, index, width });
  const expected = Buffer.concat(tail.slice(0, width));
  return stored?.bytes.subarray(0, width * HASH_BYTES).equals(expected) ?? false;
}
