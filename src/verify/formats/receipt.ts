import { badInput, failed } from '../refusal.js';
import { leafHash } from '../tree/hash.js';
import { verifyInclusion } from '../tree/proofs.js';
import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import { readLeaf, type Leaf } from './leaf.js';
import { base64, decimal, hashOf, utf8 } from './text.js';
import type { VerifierKey } from './verifier-key.js';

const FORMAT = 'c2sp.org/tlog-proof@v1';
export const MAX_RECEIPT_BYTES = 1_100_000;
const MAX_PROOF = 63;

/** What a receipt proves: that this leaf is at this index of the tree of this checkpoint. */
export interface Receipt {
  readonly index: bigint;
  readonly leafBytes: Buffer;
  readonly leaf: Leaf;
  readonly checkpoint: Checkpoint;
}

/**
 * Verifies a `.tlog-proof`, whose `extra` is the leaf.
 * @throws Refusal `badInput` for what is no receipt, `failed` for one that proves nothing.
 * @see C2SP tlog-proof, audit-log section 6
 */
export function openReceipt(bytes: Uint8Array, keys: readonly VerifierKey[]): Receipt {
  if (bytes.length > MAX_RECEIPT_BYTES) {
    throw badInput('the receipt is too large');
  }
  const text = utf8(bytes);
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw badInput('the receipt has no blank line before its checkpoint');
  }
  const [format, extra = '', at = '', ...proof] = text.slice(0, blank).split('\n');
  if (format !== FORMAT) {
    throw badInput(`the receipt does not begin with ${FORMAT}`);
  }
  const leafBytes = base64(after('extra ', extra), 'extra');
  const index = decimal(after('index ', at), 'the index');
  if (proof.length > MAX_PROOF) {
    throw badInput(`the proof has over ${String(MAX_PROOF)} hashes`);
  }
  const hashes = proof.map((line) => hashOf(line, 'a line of the proof'));
  const checkpoint = openCheckpoint(Buffer.from(text.slice(blank + 2)), keys);
  if (leafBytes.length === 0) {
    throw failed('extra is empty: the receipt has no leaf');
  }
  verifyInclusion(index, checkpoint.size, leafHash(leafBytes), hashes, checkpoint.root);
  return { index, leafBytes, leaf: readLeaf(leafBytes), checkpoint };
}

function after(word: string, line: string): string {
  if (!line.startsWith(word)) {
    throw badInput(`the receipt has no ${word.trim()} line where it belongs`);
  }
  return line.slice(word.length);
}
