import { perfectRoot } from './merkle.js';
import { TILE_WIDTH, type TileName } from './tiles.js';

/** Of hashes, and no bundle. */
type HashTileName = TileName & { readonly level: number };

/** A tile as it has to be. */
export interface MadeTile {
  readonly name: HashTileName;
  readonly bytes: Buffer;
}

/** The tiles above those of leaves, made of the roots of these in order. Holds fewer than 256 hashes of each level. */
export class UpperTiles {
  private readonly rows: { index: bigint; hashes: Buffer[] }[] = [];

  /** @param leaves of a full tile. @returns the tiles that it makes full, the lowest first. */
  add(leaves: readonly Buffer[]): readonly MadeTile[] {
    const full: MadeTile[] = [];
    let below = leaves;
    for (let level = 1; below.length === TILE_WIDTH; level += 1) {
      const row = (this.rows[level - 1] ??= { index: 0n, hashes: [] });
      row.hashes.push(perfectRoot(below));
      below = row.hashes;
      if (below.length === TILE_WIDTH) {
        full.push(made(level, row));
        this.rows[level - 1] = { index: row.index + 1n, hashes: [] };
      }
    }
    return full;
  }

  /** Those that are not full, the lowest first. */
  partial(): readonly MadeTile[] {
    return this.rows.flatMap((row, at) => (row.hashes.length > 0 ? [made(at + 1, row)] : []));
  }
}

function made(level: number, { index, hashes }: { index: bigint; hashes: Buffer[] }): MadeTile {
  return { name: { level, index, width: hashes.length }, bytes: Buffer.concat(hashes) };
}
