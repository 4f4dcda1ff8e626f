import { rootOf } from './hash.js';

const WIDTH = 256;

/** A tile that has become full: its level, its place there, and its hashes. */
export interface FullTile {
  readonly level: number;
  readonly n: bigint;
  readonly hashes: readonly Buffer[];
}

/** A growing tree's right edge, in tiles: less than 256 hashes of each level. */
export class TreeEdge {
  private readonly rows: { hashes: Buffer[]; n: bigint }[] = [];

  /** @returns the tiles that this leaf makes full, the lowest first. */
  push(leaf: Buffer): readonly FullTile[] {
    const full: FullTile[] = [];
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const row = (this.rows[level] ??= { hashes: [], n: 0n });
      row.hashes.push(hash);
      if (row.hashes.length < WIDTH) {
        return full;
      }
      full.push({ level, n: row.n, hashes: row.hashes });
      hash = rootOf(row.hashes);
      this.rows[level] = { hashes: [], n: row.n + 1n };
    }
  }

  /** The tiles that are not full, the lowest first. */
  partialTiles(): readonly FullTile[] {
    return this.rows
      .map(({ n, hashes }, level) => ({ level, n, hashes }))
      .filter(({ hashes }) => hashes.length > 0);
  }

  /** @param leaves in place of those of the lowest tile. */
  root(leaves?: readonly Buffer[]): Buffer {
    const rows = this.rows.map(({ hashes }, level) => (level === 0 && leaves ? leaves : hashes));
    const below = rows.reduce<readonly Buffer[]>((rest, row) => {
      const all = [...row, ...rest];
      return all.length === 0 ? [] : [rootOf(all)];
    }, []);
    return rootOf(below);
  }
}
