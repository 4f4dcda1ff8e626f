import type { Session } from '../../platform/database/login-session.js';
import { perfectRoot } from '../log/merkle.js';
import {
  TILE_WIDTH,
  bundleOf,
  hashCount,
  levelsOf,
  tileHashes,
  tilePath,
  tilesSince,
} from '../log/tiles.js';
import type { TileStore } from './tile-store.js';

const WIDTH = BigInt(TILE_WIDTH);

/**
 * Writes the bundles and tiles that a tree of `size` has and one of `since` had not. Running it again writes the same.
 * The hashes of a level above are made from the stored tiles below, so that memory does not grow with the log.
 * @throws LogHalt `log_tile_conflict`
 */
export async function writeTiles(
  session: Session,
  tiles: TileStore,
  since: bigint,
  size: bigint,
): Promise<void> {
  for (const name of tilesSince(since, size, 'entries')) {
    const rows = await leavesOf(session, name.index, name.width);
    await tiles.write(tilePath(name), bundleOf(rows.map(({ leaf }) => leaf)));
    const hashes = rows.map(({ leaf_hash }) => leaf_hash);
    await tiles.write(tilePath({ ...name, level: 0 }), Buffer.concat(hashes));
  }
  for (let level = 1; level < levelsOf(size); level += 1) {
    await writeLevel(tiles, level, since, size);
  }
}

async function writeLevel(
  tiles: TileStore,
  level: number,
  since: bigint,
  size: bigint,
): Promise<void> {
  const had = hashCount(since, level);
  for (const name of tilesSince(since, size, level)) {
    const first = name.index * WIDTH;
    const kept = had > first ? Number(had - first) : 0;
    const hashes = kept === 0 ? [] : tileHashes(await tiles.tile({ ...name, width: kept }), kept);
    for (let at = hashes.length; at < name.width; at += 1) {
      const below = { level: level - 1, index: first + BigInt(at), width: TILE_WIDTH };
      hashes.push(perfectRoot(tileHashes(await tiles.tile(below), TILE_WIDTH)));
    }
    await tiles.write(tilePath(name), Buffer.concat(hashes));
  }
}

async function leavesOf(
  session: Session,
  bundle: bigint,
  width: number,
): Promise<readonly { readonly leaf: Buffer; readonly leaf_hash: Buffer }[]> {
  const start = bundle * WIDTH;
  const { rows } = await session.query<{ leaf: Buffer; leaf_hash: Buffer }>(
    `SELECT e.leaf, l.leaf_hash FROM log_leaf l JOIN audit_event e ON e.id = l.event_id
     WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`,
    [start.toString(), (start + BigInt(width)).toString()],
  );
  if (rows.length !== width) {
    throw new Error(
      `${String(rows.length)} of ${String(width)} leaves from ${start.toString()} on`,
    );
  }
  return rows;
}
