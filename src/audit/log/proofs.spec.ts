import fc from 'fast-check';
import { naiveRoot, rootOfPath, rootsOfProof } from '../../../test/support/naive-tree.js';
import { leafHash, nodeHash, perfectRoot, rootOf } from './merkle.js';
import { TiledTree } from './proofs.js';
import { TILE_WIDTH, tileHashes, tilePath, tilesSince, levelsOf, type TileName } from './tiles.js';

const entriesOf = (size: number): Buffer[] =>
  Array.from({ length: size }, (_, at) => Buffer.from(`entry ${String(at)}`));

function tiledTree(entries: readonly Buffer[]): TiledTree {
  const size = BigInt(entries.length);
  const tiles = new Map<string, Buffer>();
  let hashes = entries.map(leafHash);
  for (let level = 0; level < levelsOf(size); level += 1) {
    const above: Buffer[] = [];
    for (const name of tilesSince(0n, size, level)) {
      const start = Number(name.index) * TILE_WIDTH;
      const tile = hashes.slice(start, start + name.width);
      tiles.set(tilePath(name), Buffer.concat(tile));
      if (name.width === TILE_WIDTH) {
        above.push(perfectRoot(tile));
      }
    }
    hashes = above;
  }
  return new TiledTree(size, (name: TileName) => {
    const tile = tiles.get(tilePath(name));
    return tile ? Promise.resolve(tile) : Promise.reject(new Error(`no ${tilePath(name)}`));
  });
}

const SIZES = [1, 2, 3, 5, 8, 255, 256, 257, 511, 513, 700, 66_000];

describe('a tree in tiles', () => {
  it.each(SIZES)('of %i entries has the root of RFC 6962', async (size) => {
    const entries = entriesOf(size);
    expect(rootOf(await tiledTree(entries).edge())).toEqual(naiveRoot(entries));
  });

  it('proves every leaf of every small tree', async () => {
    for (let size = 1; size <= 20; size += 1) {
      const entries = entriesOf(size);
      const tree = tiledTree(entries);
      for (const [at, entry] of entries.entries()) {
        const path = await tree.inclusionProof(BigInt(at));
        expect(rootOfPath(BigInt(at), BigInt(size), entry, path)).toEqual(naiveRoot(entries));
      }
    }
  });

  it('proves leaves of trees of several levels', async () => {
    const entries = entriesOf(66_000);
    const tree = tiledTree(entries);
    const root = naiveRoot(entries);
    for (const at of [0, 255, 256, 65_535, 65_536, 65_999]) {
      const path = await tree.inclusionProof(BigInt(at));
      const entry = entries[at] ?? Buffer.alloc(0);
      expect(rootOfPath(BigInt(at), 66_000n, entry, path)).toEqual(root);
    }
  });

  it('proves that it continues each earlier one (A5)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 900 }), fc.nat(), async (size, raw) => {
        const before = 1 + (raw % (size - 1));
        const entries = entriesOf(size);
        const oldRoot = naiveRoot(entries.slice(0, before));
        const proof = await tiledTree(entries).consistencyProof(BigInt(before));
        expect(rootsOfProof(BigInt(before), BigInt(size), oldRoot, proof)).toEqual({
          before: oldRoot,
          after: naiveRoot(entries),
        });
      }),
      { numRuns: 40 },
    );
  });

  it('needs no proof from nothing, or from itself', async () => {
    const tree = tiledTree(entriesOf(5));
    expect(await tree.consistencyProof(0n)).toEqual([]);
    expect(await tree.consistencyProof(5n)).toEqual([]);
  });

  it('has no proof of what is not in it', async () => {
    const tree = tiledTree(entriesOf(5));
    await expect(tree.inclusionProof(5n)).rejects.toThrow(RangeError);
    await expect(tree.inclusionProof(-1n)).rejects.toThrow(RangeError);
    await expect(tree.consistencyProof(6n)).rejects.toThrow(RangeError);
  });

  it('refuses a tile of another width', () => {
    expect(() => tileHashes(Buffer.alloc(33), 1)).toThrow(RangeError);
  });

  // Only the tiles that a path needs exist: identical entries make each of them known.
  it.each([2n ** 31n, 2n ** 31n + 1n, 2n ** 32n + 1n, 2n ** 40n + 3n])(
    'of %s entries proves its first and its last',
    async (size) => {
      const entry = Buffer.from('x');
      const powers = [leafHash(entry)];
      for (let k = 1; k <= 48; k += 1) {
        const half = powers[k - 1] ?? Buffer.alloc(0);
        powers.push(nodeHash(half, half));
      }
      const tree = new TiledTree(size, ({ level, width }) =>
        Promise.resolve(
          Buffer.concat(
            Array.from({ length: width }, () => powers[8 * Number(level)] ?? Buffer.alloc(0)),
          ),
        ),
      );
      const root = rootOf(await tree.edge());
      for (const index of [0n, size / 2n, size - 1n]) {
        const path = await tree.inclusionProof(index);
        expect(rootOfPath(index, size, entry, path)).toEqual(root);
      }
      const before = size - 2n;
      const proof = await tree.consistencyProof(before);
      const oldRoot = rootOf(
        await new TiledTree(before, ({ level, width }) =>
          Promise.resolve(
            Buffer.concat(
              Array.from({ length: width }, () => powers[8 * Number(level)] ?? Buffer.alloc(0)),
            ),
          ),
        ).edge(),
      );
      expect(rootsOfProof(before, size, oldRoot, proof)).toEqual({ before: oldRoot, after: root });
    },
  );
});
