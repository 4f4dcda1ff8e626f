import type { LogSource } from '../sources/log-source.js';
import { readTile } from '../sources/tiles.js';
import { nodeHash, rootOf } from '../tree/hash.js';

/**
 * Makes consistency proofs of a log's tiles. What the tiles say is believed by nobody: a proof is verified against two
 * signed roots.
 * @see RFC 6962 section 2.1.2
 */
export class TileProof {
  private readonly tiles = new Map<string, Promise<readonly Buffer[]>>();

  constructor(
    private readonly source: LogSource,
    private readonly size: bigint,
  ) {}

  /** PROOF(older, D[size]): that the tree begins with the one of an older size. */
  async since(older: bigint): Promise<readonly Buffer[]> {
    return older === 0n || older >= this.size ? [] : this.subproof(older, 0n, this.size, true);
  }

  private async subproof(
    older: bigint,
    from: bigint,
    to: bigint,
    isWhole: boolean,
  ): Promise<readonly Buffer[]> {
    if (older === to) {
      return isWhole ? [] : [await this.root(from, to)];
    }
    const middle = from + largestPowerBelow(to - from);
    return older <= middle
      ? [...(await this.subproof(older, from, middle, isWhole)), await this.root(middle, to)]
      : [...(await this.subproof(older, middle, to, false)), await this.root(from, middle)];
  }

  /** MTH(D[from:to]): a full subtree lies in a tile, any other is joined of two. */
  private async root(from: bigint, to: bigint): Promise<Buffer> {
    const span = largestPowerBelow(to - from);
    if (span * 2n !== to - from && to - from !== 1n) {
      return nodeHash(await this.root(from, from + span), await this.root(from + span, to));
    }
    let [level, width] = [0, to - from];
    while (width >= 256n) {
      width /= 256n;
      level += 1;
    }
    const place = from / 256n ** BigInt(level);
    const tile = await this.tile(level, place / 256n);
    const first = Number(place % 256n);
    return rootOf(tile.slice(first, first + Number(width)));
  }

  private tile(level: number, n: bigint): Promise<readonly Buffer[]> {
    const name = `${String(level)}/${String(n)}`;
    const tile = this.tiles.get(name) ?? readTile(this.source, level, n, this.size);
    this.tiles.set(name, tile);
    return tile;
  }
}

function largestPowerBelow(count: bigint): bigint {
  let power = 1n;
  while (power * 2n < count) {
    power *= 2n;
  }
  return power;
}
