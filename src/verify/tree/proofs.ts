import { failed } from '../refusal.js';
import { EMPTY_ROOT, nodeHash } from './hash.js';

/** Where a proof is of: its leaf or the smaller tree's last, and the last of the tree. */
interface Path {
  first: bigint;
  last: bigint;
}

/**
 * Verifies that a leaf is at an index of a tree.
 * @throws Refusal `failed` when it is not.
 * @see RFC 9162 section 2.1.3.2, audit-log section 3
 */
export function verifyInclusion(
  index: bigint,
  size: bigint,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): void {
  if (index >= size) {
    throw failed(`the index ${String(index)} is not below the size ${String(size)}`);
  }
  const path = { first: index, last: size - 1n };
  let reached = leaf;
  walk(path, proof, {
    left: (sibling) => (reached = nodeHash(sibling, reached)),
    right: (sibling) => (reached = nodeHash(reached, sibling)),
  });
  if (path.last !== 0n) {
    throw failed('the inclusion proof is too short for this index and size');
  }
  if (!reached.equals(root)) {
    throw failed('the inclusion proof does not lead to the root of the checkpoint');
  }
}

/** The size and root of a tree. */
export interface Head {
  readonly size: bigint;
  readonly root: Buffer;
}

/**
 * Verifies that the tree of `newer` begins with that of `older`.
 * @throws Refusal `failed` when it does not.
 * @see RFC 9162 section 2.1.4.2, audit-log section 3
 */
export function verifyConsistency(older: Head, newer: Head, proof: readonly Buffer[]): void {
  if (older.size > newer.size) {
    throw failed(`the older size ${String(older.size)} is above the newer ${String(newer.size)}`);
  }
  if (older.size === newer.size || older.size === 0n) {
    const root = older.size === newer.size ? newer.root : EMPTY_ROOT;
    demand(proof.length === 0, 'the consistency proof should be empty');
    demand(older.root.equals(root), 'the two checkpoints of one size have different roots');
    return;
  }
  const [start, ...rest] = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  if (!start) {
    throw failed('the consistency proof is empty');
  }
  const path = { first: older.size - 1n, last: newer.size - 1n };
  while (isOdd(path.first)) {
    shift(path);
  }
  let [before, after] = [start, start];
  walk(path, rest, {
    left: (sibling) => {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
    },
    right: (sibling) => (after = nodeHash(after, sibling)),
  });
  demand(path.last === 0n, 'the consistency proof is too short for these sizes');
  demand(before.equals(older.root), 'the tree does not begin with that of the older checkpoint');
  demand(after.equals(newer.root), 'the tree does not lead to the root of the newer checkpoint');
}

function walk(
  path: Path,
  proof: readonly Buffer[],
  { left, right }: Record<'left' | 'right', (sibling: Buffer) => void>,
): void {
  for (const sibling of proof) {
    demand(path.last !== 0n, 'the proof is too long');
    if (isOdd(path.first) || path.first === path.last) {
      left(sibling);
      while (!isOdd(path.first) && path.first !== 0n) {
        shift(path);
      }
    } else {
      right(sibling);
    }
    shift(path);
  }
}

function shift(path: Path): void {
  path.first /= 2n;
  path.last /= 2n;
}

function isOdd(count: bigint): boolean {
  return count % 2n === 1n;
}

function isPowerOfTwo(count: bigint): boolean {
  let rest = count;
  while (!isOdd(rest)) {
    rest /= 2n;
  }
  return rest === 1n;
}

function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) {
    throw failed(otherwise);
  }
}
