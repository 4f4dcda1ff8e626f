import { hash } from 'node:crypto';

export const HASH_BYTES = 32;
const NODE_BYTES = 1 + 2 * HASH_BYTES;

export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** SHA-256(00 ‖ entry), RFC 6962 section 2.1. */
export function leafHash(entry: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + entry.length);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return sha256(bytes);
}

/** SHA-256(01 ‖ left ‖ right), RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(NODE_BYTES);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return sha256(bytes);
}

/**
 * The root over hashes of equally large full subtrees, of which the last may be smaller: pairs are joined from the left,
 * what is left over rises. The same as splitting at the largest power of two (RFC 6962 section 2.1).
 */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    const next: Buffer[] = [];
    for (let i = 0; i < row.length; i += 2) {
      const [left, right] = row.slice(i, i + 2);
      if (left) {
        next.push(right ? nodeHash(left, right) : left);
      }
    }
    row = next;
  }
  return row[0] ?? EMPTY_ROOT;
}
