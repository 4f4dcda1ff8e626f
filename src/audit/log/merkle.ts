import { createHash } from 'node:crypto';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The root of a tree without leaves. @see RFC 6962 section 2.1 */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Buffer): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** A tree without its leaves: its size, and the roots of the perfect trees that make it up, largest first. */
export interface Edge {
  readonly size: bigint;
  readonly hashes: readonly Buffer[];
}

export const EMPTY_EDGE: Edge = { size: 0n, hashes: [] };

/** The edge after more leaves. @param leaves 32-byte leaf hashes in log order. */
export function extendEdge(edge: Edge, leaves: readonly Buffer[]): Edge {
  const hashes = [...edge.hashes];
  let { size } = edge;
  for (const leaf of leaves) {
    let hash = leaf;
    // Each trailing one of the size is a perfect tree as large as the one that this leaf completes.
    for (let rest = size; rest % 2n === 1n; rest /= 2n) {
      hash = nodeHash(hashes.pop() ?? EMPTY_ROOT, hash);
    }
    hashes.push(hash);
    size += 1n;
  }
  return { size, hashes };
}

/** The root of the tree behind an edge. 32 bytes. */
export function rootOf({ hashes }: Edge): Buffer {
  return (
    hashes.reduceRight<Buffer | undefined>(
      (right, left) => (right ? nodeHash(left, right) : left),
      undefined,
    ) ?? EMPTY_ROOT
  );
}

/** The root of a perfect tree. @param hashes as many as a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (hashes.length === 1 && first) {
    return first;
  }
  const half = hashes.length / 2;
  return nodeHash(perfectRoot(hashes.slice(0, half)), perfectRoot(hashes.slice(half)));
}

/** The largest power of two that is smaller than `n`; n ≥ 2. */
export function largestPowerBelow(n: bigint): bigint {
  let power = 1n;
  while (power * 2n < n) {
    power *= 2n;
  }
  return power;
}
