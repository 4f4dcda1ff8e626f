import { createHash } from 'node:crypto';

/**
 * The second opinion before a checkpoint is signed: from the stored bytes alone, with no code of those that wrote them.
 * It reads what a growth of the tree touched, recomputes it from the entries, and gives both roots.
 */

/** Reads a stored object by its path. @returns undefined when it is not there. */
export type ReadPath = (path: string) => Promise<Buffer | undefined>;

export class RecheckError extends Error {}

const SPAN = 256n;
const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
};

/** @returns the root of the first `before` entries and of the first `after`. @throws RecheckError naming an object. */
export async function recheckGrowth(
  read: ReadPath,
  before: bigint,
  after: bigint,
): Promise<{ readonly before: Buffer; readonly after: Buffer }> {
  const store = new StoredTree(read, after);
  await store.recompute(before);
  return {
    before: before === 0n ? sha256() : await store.root(0n, before),
    after: after === 0n ? sha256() : await store.root(0n, after),
  };
}

const CACHED = 64;

class StoredTree {
  private readonly cache = new Map<string, Buffer>();

  constructor(
    private readonly read: ReadPath,
    private readonly size: bigint,
  ) {}

  /** Every tile from the one that the old size ended in is what the objects below it make it. */
  async recompute(before: bigint): Promise<void> {
    for (let level = 0, had = before, has = this.size; has > 0n; level += 1) {
      for (let tile = had / SPAN; tile * SPAN < has && has > had; tile += 1n) {
        const width = has - tile * SPAN < SPAN ? Number(has - tile * SPAN) : 256;
        // What is older in a tile of roots is covered by the old root, which is derived from it.
        const first = level > 0 && had > tile * SPAN ? Number(had - tile * SPAN) : 0;
        const below =
          level === 0
            ? await this.leaves(tile, width)
            : await this.roots(level, tile, first, width);
        const stored = await this.tile(level, tile, width);
        if (!Buffer.concat(below).equals(stored.subarray(first * 32))) {
          throw new RecheckError(
            `tile ${String(level)}/${tile.toString()} is not what is below it`,
          );
        }
      }
      had /= SPAN;
      has /= SPAN;
    }
  }

  /** By the definition of RFC 6962, down to hashes that the tiles hold. */
  async root(start: bigint, end: bigint): Promise<Buffer> {
    const length = end - start;
    for (let level = 0, span = 1n; span <= length; level += 1, span *= SPAN) {
      if (span === length && start % span === 0n) {
        return this.hash(level, start / span);
      }
    }
    let half = 1n;
    while (half * 2n < length) {
      half *= 2n;
    }
    return sha256(
      Buffer.of(1),
      await this.root(start, start + half),
      await this.root(start + half, end),
    );
  }

  private async hash(level: number, at: bigint): Promise<Buffer> {
    const tile = at / SPAN;
    const count = this.size / SPAN ** BigInt(level) - tile * SPAN;
    const bytes = await this.tile(level, tile, count < SPAN ? Number(count) : 256);
    const place = Number(at % SPAN) * 32;
    return bytes.subarray(place, place + 32);
  }

  private async leaves(tile: bigint, width: number): Promise<Buffer[]> {
    const bundle = await this.object('entries', tile, width);
    const hashes: Buffer[] = [];
    let at = 0;
    while (at + 2 <= bundle.length) {
      const length = bundle.readUInt16BE(at);
      hashes.push(sha256(Buffer.of(0), bundle.subarray(at + 2, at + 2 + length)));
      at += 2 + length;
    }
    if (at !== bundle.length || hashes.length !== width) {
      throw new RecheckError(`bundle ${tile.toString()} has not ${String(width)} entries`);
    }
    return hashes;
  }

  private async roots(
    level: number,
    tile: bigint,
    first: number,
    width: number,
  ): Promise<Buffer[]> {
    const roots: Buffer[] = [];
    for (let at = BigInt(first); at < BigInt(width); at += 1n) {
      let row = chunks(await this.tile(level - 1, tile * SPAN + at, 256));
      while (row.length > 1) {
        row = row.flatMap((left, place) => {
          const right = row[place + 1];
          return place % 2 === 0 && right ? [sha256(Buffer.of(1), left, right)] : [];
        });
      }
      roots.push(...row);
    }
    return roots;
  }

  private async tile(level: number, index: bigint, width: number): Promise<Buffer> {
    const bytes = await this.object(String(level), index, width);
    if (bytes.length !== width * 32) {
      throw new RecheckError(
        `tile ${String(level)}/${index.toString()} has not ${String(width)} hashes`,
      );
    }
    return bytes;
  }

  private async object(kind: string, index: bigint, width: number): Promise<Buffer> {
    let name = (index % 1000n).toString().padStart(3, '0');
    for (let rest = index / 1000n; rest > 0n; rest /= 1000n) {
      name = `x${(rest % 1000n).toString().padStart(3, '0')}/${name}`;
    }
    const path = `tile/${kind}/${name}${width === 256 ? '' : `.p/${String(width)}`}`;
    const bytes = this.cache.get(path) ?? (await this.read(path));
    if (!bytes) {
      throw new RecheckError(`${path} is missing`);
    }
    if (this.cache.size >= CACHED) {
      this.cache.clear();
    }
    this.cache.set(path, bytes);
    return bytes;
  }
}

function chunks(tile: Buffer): Buffer[] {
  return Array.from({ length: tile.length / 32 }, (_, at) => tile.subarray(at * 32, at * 32 + 32));
}
