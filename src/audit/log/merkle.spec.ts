import fc from 'fast-check';
import { naiveRoot } from '../../../test/support/naive-tree.js';
import { EMPTY_EDGE, EMPTY_ROOT, extendEdge, leafHash, nodeHash, rootOf } from './merkle.js';

/** The reference entries of RFC 6962 implementations, and their roots at sizes 1 to 8. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((entry) => Buffer.from(entry, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the tree of RFC 6962', () => {
  it('is the hash of nothing while it is empty', () => {
    expect(rootOf(EMPTY_EDGE)).toEqual(EMPTY_ROOT);
    expect(EMPTY_ROOT.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it.each(ROOTS.map((root, at) => [at + 1, root] as const))(
    'has its root at size %i',
    (size, root) => {
      const edge = extendEdge(EMPTY_EDGE, ENTRIES.slice(0, size).map(leafHash));
      expect(edge.size).toBe(BigInt(size));
      expect(rootOf(edge).toString('hex')).toBe(root);
    },
  );

  it('is the same however its leaves came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 300 }),
        fc.nat(),
        (raw, cut) => {
          const entries = raw.map((bytes) => Buffer.from(bytes));
          const at = cut % (entries.length + 1);
          const leaves = entries.map(leafHash);
          const edge = extendEdge(extendEdge(EMPTY_EDGE, leaves.slice(0, at)), leaves.slice(at));
          expect(rootOf(edge)).toEqual(naiveRoot(entries));
        },
      ),
    );
  });

  it('keeps sizes that 32 bits do not hold', () => {
    // Identical entries: the tree of 2^k of them is known from the one before.
    const powers = [leafHash(Buffer.from('x'))];
    for (let k = 1; k <= 40; k += 1) {
      const half = powers[k - 1] ?? EMPTY_ROOT;
      powers.push(nodeHash(half, half));
    }
    const leaf = powers[0] ?? EMPTY_ROOT;
    const edge = { size: 2n ** 40n, hashes: powers.slice(40) };
    const grown = extendEdge(edge, [leaf, leaf, leaf]);
    expect(grown.size).toBe(2n ** 40n + 3n);
    expect(rootOf(grown).toString('hex')).toBe(
      'd6de417477c1470584957b7f74ce0f522e9e3e92f9ae8734b6f7b858d676a15a',
    );
  });
});
