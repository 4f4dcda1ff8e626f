import { leafHash, rootOf, extendEdge, type Edge } from '../log/merkle.js';
import { TiledTree } from '../log/proofs.js';
import {
  HASH_BYTES,
  TILE_WIDTH,
  bundleEntries,
  tilePath,
  tileWidth,
  type TileName,
} from '../log/tiles.js';
import type { Head } from './log-head.js';
import { LogHalt } from './log-halt.js';
import type { TileStore } from './tile-store.js';

const WIDTH = BigInt(TILE_WIDTH);

/** Leaves that follow one another, of one bundle. */
export interface EntryRun {
  readonly from: bigint;
  readonly leaves: readonly Buffer[];
}

/**
 * What was published from an index on, a bundle at a time.
 * @throws LogHalt `log_tile_conflict` for a bundle that is missing or none.
 */
export async function* publishedEntries(
  tiles: TileStore,
  from: bigint,
  size: bigint,
): AsyncGenerator<EntryRun> {
  for (let start = from; start < size;) {
    const index = start / WIDTH;
    const width = tileWidth(size, 'entries', index);
    const leaves = await bundle(tiles, { level: 'entries', index, width });
    yield { from: start, leaves: leaves.slice(Number(start - index * WIDTH)) };
    start = index * WIDTH + BigInt(width);
  }
}

/**
 * The edge that the published tree had at a smaller size, of which there need not be tiles.
 * @param size at most that of the head.
 */
export function earlierEdge(tiles: TileStore, head: Head, size: bigint): Promise<Edge> {
  const tree = new TiledTree(size, async (name) => {
    const width = tileWidth(head.size, name.level, name.index);
    return (await tiles.tile({ ...name, width })).subarray(0, name.width * HASH_BYTES);
  });
  return tree.edge();
}

/** @throws LogHalt `log_tile_conflict` unless the bundles from this edge on lead to the head's root. */
export async function requireLeadsTo(tiles: TileStore, edge: Edge, head: Head): Promise<void> {
  let grown = edge;
  for await (const { leaves } of publishedEntries(tiles, edge.size, head.size)) {
    grown = extendEdge(grown, leaves.map(leafHash));
  }
  if (grown.size !== head.size || !rootOf(grown).equals(head.root)) {
    throw new LogHalt(
      'log_tile_conflict',
      `the bundles from ${edge.size.toString()} on are not those of size ${head.size.toString()}`,
    );
  }
}

async function bundle(tiles: TileStore, name: TileName): Promise<readonly Buffer[]> {
  const stored = await tiles.stored(name);
  if (!stored) {
    throw new LogHalt('log_tile_conflict', `${tilePath(name)} is missing`);
  }
  try {
    return bundleEntries(stored.bytes).slice(0, name.width);
  } catch {
    throw new LogHalt('log_tile_conflict', `${tilePath(name)} is no bundle`);
  }
}
