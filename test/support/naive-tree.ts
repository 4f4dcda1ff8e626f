import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** MTH of RFC 6962 by its definition, for trees small enough to hold. */
export function naiveRoot(entries: readonly Buffer[]): Buffer {
  const [only] = entries;
  if (!only) {
    return sha256();
  }
  if (entries.length === 1) {
    return sha256(Buffer.of(0), only);
  }
  let half = 1;
  while (half * 2 < entries.length) {
    half *= 2;
  }
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, half)), naiveRoot(entries.slice(half)));
}

/** The root that an audit path leads to (RFC 9162 section 2.1.3.2), or undefined for a path of another length. */
export function rootOfPath(
  index: bigint,
  size: bigint,
  entry: Buffer,
  path: readonly Buffer[],
): Buffer | undefined {
  let [at, last] = [index, size - 1n];
  let root = sha256(Buffer.of(0), entry);
  for (const hash of path) {
    if (last === 0n) {
      return undefined;
    }
    if (at % 2n === 1n || at === last) {
      root = sha256(Buffer.of(1), hash, root);
      while (at % 2n === 0n && at !== 0n) {
        [at, last] = [at / 2n, last / 2n];
      }
    } else {
      root = sha256(Buffer.of(1), root, hash);
    }
    [at, last] = [at / 2n, last / 2n];
  }
  return last === 0n ? root : undefined;
}

/** The roots that a consistency proof leads to (RFC 9162 section 2.1.4.2); 0 < old size < size. */
export function rootsOfProof(
  oldSize: bigint,
  size: bigint,
  oldRoot: Buffer,
  proof: readonly Buffer[],
): { readonly before: Buffer; readonly after: Buffer } | undefined {
  let power = 1n;
  while (power < oldSize) {
    power *= 2n;
  }
  const [first, ...rest] = power === oldSize ? [oldRoot, ...proof] : proof;
  if (!first) {
    return undefined;
  }
  let [at, last] = [oldSize - 1n, size - 1n];
  while (at % 2n === 1n) {
    [at, last] = [at / 2n, last / 2n];
  }
  let [before, after] = [first, first];
  for (const hash of rest) {
    if (last === 0n) {
      return undefined;
    }
    if (at % 2n === 1n || at === last) {
      before = sha256(Buffer.of(1), hash, before);
      after = sha256(Buffer.of(1), hash, after);
      while (at % 2n === 0n && at !== 0n) {
        [at, last] = [at / 2n, last / 2n];
      }
    } else {
      after = sha256(Buffer.of(1), after, hash);
    }
    [at, last] = [at / 2n, last / 2n];
  }
  return last === 0n ? { before, after } : undefined;
}
