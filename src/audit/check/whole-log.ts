import type { LoginSession } from '../../platform/database/login-session.js';
import { readCheckpoint, type Checkpoint } from '../log/checkpoint.js';
import { EMPTY_EDGE, extendEdge, rootOf, type Edge } from '../log/merkle.js';
import { TILE_WIDTH, tilePath, tileWidth, type TileName } from '../log/tiles.js';
import { UpperTiles, type MadeTile } from '../log/upper-tiles.js';
import type { LogHead } from '../publisher/log-head.js';
import { LogHalt } from '../publisher/log-halt.js';
import type { StoredTile, TileStore } from '../publisher/tile-store.js';
import { leafRows } from './leaf-rows.js';
import { agreedLeaves, Difference, requireSame, type LeafRun } from './witnesses.js';

const WIDTH = BigInt(TILE_WIDTH);
/** Rows of one statement, and objects that are read at once. */
const PAGE = 32n * WIDTH;

/** Told how many more events were looked at, of how many. */
export type OnProgress = (more: number, total: bigint) => void;

/** Compares every event in the database with every published object, from the first on. Holds a page of them. */
export class WholeLog {
  private edge: Edge = EMPTY_EDGE;
  private readonly upper = new UpperTiles();

  constructor(
    private readonly session: LoginSession,
    private readonly tiles: TileStore,
    private readonly head: LogHead,
  ) {}

  /**
   * @returns what is published, and is what the database has.
   * @throws LogHalt `log_check_failed` naming the event and the place that differs.
   */
  async check(onProgress: OnProgress): Promise<Checkpoint> {
    // In this order: the head is what was going to be signed, and never smaller.
    const note = (await this.tiles.checkpoint())?.note;
    const head = await this.head.read();
    const roots = [head, ...(note === undefined ? [] : [readCheckpoint(note)])];
    for (let from = 0n; from < head.size; from += PAGE) {
      for (const run of await this.page(from, head.size)) {
        await this.add(run, roots);
        onProgress(run.width, head.size);
      }
    }
    for (const tile of this.upper.partial()) {
      await this.compare(tile);
    }
    const unmet = roots.find(({ size }) => size > this.edge.size);
    if (unmet) {
      throw failed(`a tree of ${unmet.size.toString()} is signed, which LOG_HEAD does not know`);
    }
    return head;
  }

  private async page(from: bigint, size: bigint): Promise<readonly LeafRun[]> {
    const to = from + PAGE < size ? from + PAGE : size;
    const rows = await this.session.use((session) => leafRows(session, from, to));
    const bundles = Number((to - from + WIDTH - 1n) / WIDTH);
    return Promise.all(
      Array.from({ length: bundles }, async (_, at) => {
        const index = from / WIDTH + BigInt(at);
        const width = tileWidth(size, 0, index);
        const [bundle, tile] = await Promise.all([
          this.stored({ level: 'entries', index, width }),
          this.stored({ level: 0, index, width }),
        ]);
        return { from: index * WIDTH, width, rows, bundle, tile };
      }),
    );
  }

  private async add(run: LeafRun, roots: readonly Checkpoint[]): Promise<void> {
    const leaves = said(() => agreedLeaves(run));
    for (const { size, root } of roots) {
      const more = Number(size - this.edge.size);
      if (more > 0 && more <= leaves.length) {
        const made = rootOf(extendEdge(this.edge, leaves.slice(0, more)));
        if (!made.equals(root)) {
          throw failed(`the root of ${size.toString()} events is not the one that was signed`);
        }
      }
    }
    this.edge = extendEdge(this.edge, leaves);
    for (const tile of this.upper.add(leaves)) {
      await this.compare(tile);
    }
  }

  private async compare(tile: MadeTile): Promise<void> {
    const stored = await this.stored(tile.name);
    said(() => {
      requireSame(tile, stored);
    });
  }

  private async stored(name: TileName): Promise<StoredTile> {
    const stored = await this.tiles.stored(name);
    if (!stored) {
      throw failed(`${tilePath(name)} is missing`);
    }
    return stored;
  }
}

function failed(what: string): LogHalt {
  return new LogHalt('log_check_failed', what);
}

function said<T>(compare: () => T): T {
  try {
    return compare();
  } catch (error) {
    throw error instanceof Difference ? failed(error.message) : error;
  }
}
