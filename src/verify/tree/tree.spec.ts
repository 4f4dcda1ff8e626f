import fc from 'fast-check';
import {
  consistencyProof,
  inclusionProof,
  treeOf,
  treeOfSame,
  type NaiveTree,
} from '../../../test/support/log/naive-tree.js';
import { EMPTY_ROOT, leafHash, rootOf } from './hash.js';
import { verifyConsistency, verifyInclusion } from './proofs.js';

const REFERENCE = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

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

const accepts = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe('the root', () => {
  it.each(ROOTS.map((root, i) => ({ size: i + 1, root })))(
    'of the first $size reference entries is the published one',
    ({ size, root }) => {
      const hashes = REFERENCE.slice(0, size).map(leafHash);
      expect(rootOf(hashes).toString('hex')).toBe(root);
    },
  );

  it('of no entries is the hash of nothing', () => {
    expect(rootOf([])).toEqual(EMPTY_ROOT);
    expect(EMPTY_ROOT.toString('hex')).toMatch(/^e3b0c44298fc1c14/);
  });

  it('is that of the recursion of RFC 6962, at every size', () => {
    const entries = Array.from({ length: 300 }, (_, i) => Buffer.from(String(i)));
    const tree = treeOf(entries);
    for (let size = 0; size <= entries.length; size += 1) {
      const root = rootOf(entries.slice(0, size).map(leafHash));
      expect(root.equals(tree.root(0n, BigInt(size)))).toBe(true);
    }
  });
});

describe('proofs', () => {
  const ENTRIES = Array.from({ length: 70 }, (_, i) => Buffer.from(`entry ${String(i)}`));
  const tree = treeOf(ENTRIES);
  const head = (of: NaiveTree, size: bigint) => ({ size, root: of.root(0n, size) });

  it('of inclusion hold for every index of every size, and for no other index or size', () => {
    for (let size = 1n; size <= 33n; size += 1n) {
      const { root } = head(tree, size);
      for (let index = 0n; index < size; index += 1n) {
        const proof = inclusionProof(tree, index, size);
        const leaf = leafHash(ENTRIES[Number(index)] ?? Buffer.alloc(0));
        for (let said = 0n; said <= size; said += 1n) {
          const isRight = said === index;
          const ok = accepts(() => {
            verifyInclusion(said, size, leaf, proof, root);
          });
          expect([size, index, said, ok]).toEqual([size, index, said, isRight]);
        }
      }
    }
  });

  it('of consistency hold for every two sizes, and for no other root', () => {
    for (let newer = 0n; newer <= 33n; newer += 1n) {
      for (let older = 0n; older <= newer; older += 1n) {
        const proof = consistencyProof(tree, older, newer);
        verifyConsistency(head(tree, older), head(tree, newer), proof);
        const forged = { size: older, root: Buffer.alloc(32, 7) };
        expect(() => {
          verifyConsistency(forged, head(tree, newer), proof);
        }).toThrow(/./);
        // Every tree begins with the empty one.
        const isAnyNewer = older === 0n && newer !== 0n;
        const ok = accepts(() => {
          verifyConsistency(head(tree, older), { size: newer, root: Buffer.alloc(32, 7) }, proof);
        });
        expect(ok).toBe(isAnyNewer);
      }
    }
  });

  it('refuse a proof that is longer, shorter or changed, and a proof for another size', () => {
    const size = fc.integer({ min: 2, max: 70 });
    const property = fc.property(size, fc.nat(), fc.nat(), (n, pick, flip) => {
      const index = BigInt(pick % n);
      const proof = inclusionProof(tree, index, BigInt(n));
      const leaf = leafHash(ENTRIES[Number(index)] ?? Buffer.alloc(0));
      const ok = (of: readonly Buffer[], at = n): boolean =>
        accepts(() => {
          verifyInclusion(index, BigInt(at), leaf, of, tree.root(0n, BigInt(n)));
        });
      const changed = proof.map((hash) => Buffer.from(hash));
      const [bit, which] = [flip % 256, flip % proof.length];
      const hash = changed[which] ?? Buffer.alloc(32);
      hash[Math.floor(bit / 8)] = (hash[Math.floor(bit / 8)] ?? 0) ^ (1 << (bit % 8));
      expect(ok(proof)).toBe(true);
      expect(ok(changed)).toBe(false);
      expect(ok([...proof, Buffer.alloc(32)])).toBe(false);
      expect(ok(proof.slice(1))).toBe(false);
      expect(ok(proof.slice(0, -1))).toBe(false);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('refuse an older tree that is larger, and different trees of one size', () => {
    const [small, large] = [head(tree, 3n), head(tree, 5n)];
    expect(() => {
      verifyConsistency(large, small, []);
    }).toThrow('above');
    expect(() => {
      verifyConsistency(small, { ...small, root: large.root }, []);
    }).toThrow('different roots');
    expect(() => {
      verifyConsistency(small, small, [large.root]);
    }).toThrow('should be empty');
    expect(() => {
      verifyConsistency(small, large, []);
    }).toThrow('empty');
  });
});

describe('sizes that 32 bits do not count', () => {
  const x = Buffer.from('x');
  const tree = treeOfSame(x);
  const sizes = [2n ** 31n, 2n ** 31n + 1n, 2n ** 32n + 1n, 2n ** 40n + 3n, 2n ** 62n + 5n];

  it('the root of 2^40+3 equal entries is the published one', () => {
    expect(tree.root(0n, 2n ** 40n + 3n).toString('hex')).toBe(
      'd6de417477c1470584957b7f74ce0f522e9e3e92f9ae8734b6f7b858d676a15a',
    );
  });

  describe.each(sizes)('%s', (size) => {
    const root = tree.root(0n, size);
    const indexes = [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, size / 2n, size - 2n, size - 1n];

    it.each(indexes.filter((index) => index < size))('has a proof of entry %s', (index) => {
      verifyInclusion(index, size, leafHash(x), inclusionProof(tree, index, size), root);
    });

    it.each([1n, 255n, 2n ** 31n - 1n, 2n ** 31n, size / 2n, size - 1n])(
      'is consistent with %s',
      (older) => {
        const proof = consistencyProof(tree, older, size);
        verifyConsistency({ size: older, root: tree.root(0n, older) }, { size, root }, proof);
      },
    );
  });
});
