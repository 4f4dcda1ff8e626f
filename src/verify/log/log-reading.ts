import type { Checkpoint } from '../formats/checkpoint.js';
import { readLeaf } from '../formats/leaf.js';
import { failed, Refusal } from '../refusal.js';
import type { Facts } from '../report.js';
import type { LogSource } from '../sources/log-source.js';
import { readBundle, readTile, TILE_WIDTH, tilePath, type Bundle } from '../sources/tiles.js';
import { TreeEdge, type FullTile } from '../tree/edge.js';
import { HASH_BYTES, leafHash, rootOf } from '../tree/hash.js';
import type { Head } from '../tree/proofs.js';
import { lookAhead } from './look-ahead.js';
import { Summary } from './summary.js';

const AT_ONCE = 8;

interface PlacedBundle extends Bundle {
  readonly n: bigint;
  readonly tile: readonly Buffer[];
}

/**
 * Reads a whole log from its first entry: every entry is a leaf and hashes to its place in every tile above it, and all
 * of them to the root of the checkpoint, and to that of an earlier one on the way. Holds 256 hashes of each level.
 */
export class LogReading {
  private readonly edge = new TreeEdge();
  private readonly summary = new Summary();
  private count = 0n;

  constructor(
    private readonly source: LogSource,
    private readonly checkpoint: Checkpoint,
    private readonly since?: Head,
  ) {}

  /** @throws Refusal `failed` with the object, the index and the byte. */
  async verify(onEntries: (count: number) => void): Promise<Facts> {
    const bundles = (this.checkpoint.size + 255n) / 256n;
    this.checkSince();
    for await (const bundle of lookAhead(bundles, AT_ONCE, (n) => this.load(n))) {
      await this.add(bundle);
      onEntries(bundle.entries.length);
    }
    for (const tile of this.edge.partialTiles().filter(({ level }) => level > 0)) {
      await this.checkTile(tile);
    }
    const root = this.edge.root();
    if (!root.equals(this.checkpoint.root)) {
      const found = root.toString('base64');
      throw failed(`its root is not that of the entries and tiles, ${found}`, {
        object: 'checkpoint',
      });
    }
    return this.summary.facts();
  }

  private async load(n: bigint): Promise<PlacedBundle> {
    const { size } = this.checkpoint;
    const [bundle, tile] = await Promise.all([
      readBundle(this.source, n, size),
      readTile(this.source, 0, n, size),
    ]);
    return { n, tile, ...bundle };
  }

  private async add(bundle: PlacedBundle): Promise<void> {
    const hashes = bundle.entries.map(({ bytes }) => leafHash(bytes));
    const wrong = hashes.findIndex((hash, i) => bundle.tile[i]?.equals(hash) !== true);
    const full: FullTile[] = [];
    for (const hash of hashes) {
      full.push(...this.edge.push(hash));
      this.count += 1n;
      if (wrong < 0) {
        this.checkSince();
      }
    }
    if (wrong >= 0) {
      throw await this.blame(bundle, hashes, wrong);
    }
    if (bundle.broken) {
      throw bundle.broken;
    }
    this.readLeaves(bundle);
    for (const tile of full.filter(({ level }) => level > 0)) {
      await this.checkTile(tile);
    }
  }

  private readLeaves({ n, path, entries }: PlacedBundle): void {
    entries.forEach(({ bytes, offset }, i) => {
      try {
        this.summary.add(readLeaf(bytes));
      } catch (error) {
        if (error instanceof Refusal) {
          throw failed(error.reason, placeOf(path, n, i, offset));
        }
        throw error;
      }
    });
  }

  private checkSince(): void {
    if (this.since?.size === this.count && !this.edge.root().equals(this.since.root)) {
      throw failed(
        `the log of ${String(this.count)} entries had another root: it does not begin with what it was`,
        { object: '--since' },
      );
    }
  }

  private async checkTile({ level, n, hashes }: FullTile): Promise<void> {
    const tile = await readTile(this.source, level, n, this.checkpoint.size);
    const wrong = hashes.findIndex((hash, i) => tile[i]?.equals(hash) !== true);
    if (wrong >= 0) {
      const span = 256n ** BigInt(level);
      const first = (n * 256n + BigInt(wrong)) * span;
      throw failed(
        `the hash there is not that of entries ${String(first)} to ${String(first + span - 1n)}`,
        { object: tilePath(level, n, hashes.length), offset: String(wrong * HASH_BYTES) },
      );
    }
  }

  /** Which of the two is wrong, the entry or its hash in the tile: whichever does not fit what is above them. */
  private async blame(
    { n, path, entries, tile, broken }: PlacedBundle,
    hashes: readonly Buffer[],
    wrong: number,
  ): Promise<Refusal> {
    const [byEntries, byTile] = broken ? [false, false] : await this.reachedBy(n, hashes, tile);
    const place = placeOf(path, n, wrong, entries[wrong]?.offset ?? 0);
    const tileName = tilePath(0, n, hashes.length);
    if (byEntries && !byTile) {
      return failed(`the hash there is not that of entry ${place.index}, which the tree has`, {
        object: tileName,
        offset: String(wrong * HASH_BYTES),
      });
    }
    const what = byTile ? 'the entry is not the one that the tree has' : 'the entry is not the one';
    return failed(`${what} in hash ${String(wrong)} of ${tileName}`, place);
  }

  /** Whether what is above fits the entries, and whether it fits the tile. */
  private async reachedBy(
    n: bigint,
    hashes: readonly Buffer[],
    tile: readonly Buffer[],
  ): Promise<readonly [boolean, boolean]> {
    if (hashes.length < TILE_WIDTH) {
      const { root } = this.checkpoint;
      return [this.edge.root().equals(root), this.edge.root(tile).equals(root)];
    }
    const parents = await readTile(this.source, 1, n / 256n, this.checkpoint.size);
    const parent = parents[Number(n % 256n)];
    return [parent?.equals(rootOf(hashes)) === true, parent?.equals(rootOf(tile)) === true];
  }
}

function placeOf(object: string, n: bigint, i: number, offset: number) {
  return { object, index: String(n * 256n + BigInt(i)), offset: String(offset) };
}
