import { largestPowerBelow, nodeHash, perfectRoot, type Edge } from './merkle.js';
import { TILE_WIDTH, tileHashes, tileWidth, type TileName } from './tiles.js';

const TILE_HEIGHT = 8;
const WIDTH = BigInt(TILE_WIDTH);

/** Reads a tile's bytes; one that was replaced by its full tile may answer with a longer one. */
export type ReadTile = (name: TileName) => Promise<Buffer>;

/** A published tree: all that its proofs are made of is read from its tiles. */
export class TiledTree {
  constructor(
    readonly size: bigint,
    private readonly read: ReadTile,
  ) {}

  /** The roots of its perfect trees, largest first. */
  async edge(): Promise<Edge> {
    const hashes: Buffer[] = [];
    for (let start = 0n, rest = this.size; rest > 0n;) {
      const length = rest === 1n ? 1n : largestPowerBelow(rest + 1n);
      hashes.push(await this.rangeRoot(start, start + length));
      start += length;
      rest -= length;
    }
    return { size: this.size, hashes };
  }

  /**
   * The audit path of a leaf, its sibling first.
   * @throws RangeError for an index that is not in the tree.
   * @see RFC 6962 section 2.1.1
   */
  async inclusionProof(index: bigint): Promise<readonly Buffer[]> {
    if (index < 0n || index >= this.size) {
      throw new RangeError('No such leaf in this tree');
    }
    return this.path(index, 0n, this.size);
  }

  /** The proof that this tree continues the one of its first `size` leaves. @see RFC 6962 section 2.1.2 */
  async consistencyProof(size: bigint): Promise<readonly Buffer[]> {
    if (size < 0n || size > this.size) {
      throw new RangeError('This tree is smaller');
    }
    return size === 0n || size === this.size ? [] : this.subproof(size, 0n, this.size, true);
  }

  private async path(index: bigint, start: bigint, end: bigint): Promise<readonly Buffer[]> {
    if (end - start === 1n) {
      return [];
    }
    const middle = start + largestPowerBelow(end - start);
    return index < middle
      ? [...(await this.path(index, start, middle)), await this.rangeRoot(middle, end)]
      : [...(await this.path(index, middle, end)), await this.rangeRoot(start, middle)];
  }

  private async subproof(
    size: bigint,
    start: bigint,
    end: bigint,
    isWhole: boolean,
  ): Promise<readonly Buffer[]> {
    if (size === end) {
      return isWhole ? [] : [await this.rangeRoot(start, end)];
    }
    const middle = start + largestPowerBelow(end - start);
    return size <= middle
      ? [...(await this.subproof(size, start, middle, isWhole)), await this.rangeRoot(middle, end)]
      : [...(await this.subproof(size, middle, end, false)), await this.rangeRoot(start, middle)];
  }

  /** MTH(D[start:end]), for the ranges that RFC 6962 divides a tree into. */
  private async rangeRoot(start: bigint, end: bigint): Promise<Buffer> {
    const length = end - start;
    const height = heightOf(length);
    if (height !== undefined) {
      return this.perfect(height, start / length);
    }
    const middle = start + largestPowerBelow(length);
    return nodeHash(await this.rangeRoot(start, middle), await this.rangeRoot(middle, end));
  }

  /** The root of the `index`-th perfect tree of 2^height leaves: a hash of a tile, or a few of one together. */
  private async perfect(height: number, index: bigint): Promise<Buffer> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * BigInt(count);
    const tile = first / WIDTH;
    const width = tileWidth(this.size, level, tile);
    const at = Number(first % WIDTH);
    const bytes = await this.read({ level, index: tile, width });
    return perfectRoot(tileHashes(bytes, width).slice(at, at + count));
  }
}

/** h for a length of 2^h. */
function heightOf(length: bigint): number | undefined {
  let height = 0;
  let rest = length;
  while (rest % 2n === 0n) {
    rest /= 2n;
    height += 1;
  }
  return rest === 1n ? height : undefined;
}
