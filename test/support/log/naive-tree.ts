import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  parts.forEach((part) => hash.update(part));
  return hash.digest();
};

const leaf = (entry: Buffer): Buffer => sha256(Buffer.of(0), entry);
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** The largest power of two below n. */
function split(n: bigint): bigint {
  let k = 1n;
  while (k * 2n < n) {
    k *= 2n;
  }
  return k;
}

/** A tree as RFC 6962 section 2.1 defines it, by its recursions alone. */
export interface NaiveTree {
  /** MTH(D[from:to]). */
  root(from: bigint, to: bigint): Buffer;
}

export function treeOf(entries: readonly Buffer[]): NaiveTree {
  const known = new Map<string, Buffer>();
  const root = (from: bigint, to: bigint): Buffer => {
    const n = to - from;
    if (n === 0n) {
      return sha256();
    }
    if (n === 1n) {
      return leaf(entries[Number(from)] ?? Buffer.alloc(0));
    }
    const name = `${String(from)}:${String(to)}`;
    const middle = from + split(n);
    const hash = known.get(name) ?? node(root(from, middle), root(middle, to));
    known.set(name, hash);
    return hash;
  };
  return { root };
}

/** A tree of any size whose entries are all the same: subtrees of one size are one subtree. */
export function treeOfSame(entry: Buffer): NaiveTree {
  const known = new Map<bigint, Buffer>([
    [0n, sha256()],
    [1n, leaf(entry)],
  ]);
  const ofSize = (n: bigint): Buffer => {
    const found = known.get(n);
    if (found) {
      return found;
    }
    const hash = node(ofSize(split(n)), ofSize(n - split(n)));
    known.set(n, hash);
    return hash;
  };
  return { root: (from, to) => ofSize(to - from) };
}

/** PATH(m, D[n]) of RFC 6962 section 2.1.1, the leaf's sibling first. */
export function inclusionProof(tree: NaiveTree, index: bigint, size: bigint): readonly Buffer[] {
  const path = (from: bigint, to: bigint): readonly Buffer[] => {
    if (to - from === 1n) {
      return [];
    }
    const middle = from + split(to - from);
    return index < middle
      ? [...path(from, middle), tree.root(middle, to)]
      : [...path(middle, to), tree.root(from, middle)];
  };
  return path(0n, size);
}

/** PROOF(m, D[n]) of RFC 6962 section 2.1.2. */
export function consistencyProof(tree: NaiveTree, older: bigint, newer: bigint): readonly Buffer[] {
  const sub = (from: bigint, to: bigint, isWhole: boolean): readonly Buffer[] => {
    if (older === to) {
      return isWhole ? [] : [tree.root(from, to)];
    }
    const middle = from + split(to - from);
    return older <= middle
      ? [...sub(from, middle, isWhole), tree.root(middle, to)]
      : [...sub(middle, to, false), tree.root(from, middle)];
  };
  return older === 0n || older === newer ? [] : sub(0n, newer, true);
}
