import { badInput, failed } from '../refusal.js';
import { EMPTY_ROOT } from '../tree/hash.js';
import type { Head } from '../tree/proofs.js';
import { believe, readNote } from './note.js';
import { decimal, hashOf } from './text.js';
import type { VerifierKey } from './verifier-key.js';

/** A tree's size and root, as the log signed them. */
export interface Checkpoint extends Head {
  readonly origin: string;
  /** `name+id` of the known keys that signed. */
  readonly signedBy: readonly string[];
}

/**
 * @throws Refusal `badInput` for what is no checkpoint, `failed` for one that the log's key did not sign.
 * @see C2SP tlog-checkpoint, audit-log section 5
 */
export function openCheckpoint(bytes: Uint8Array, keys: readonly VerifierKey[]): Checkpoint {
  const note = readNote(bytes);
  const [origin = '', size = '', root = '', ...more] = note.text.slice(0, -1).split('\n');
  if (more.length > 0) {
    throw badInput('the checkpoint has more lines than origin, size and root');
  }
  if (origin === '') {
    throw badInput('the checkpoint has no origin');
  }
  const head = { size: decimal(size, 'the size'), root: hashOf(root, 'the root') };
  const signers = believe(note, keys);
  // The origin is the name of the log's own key: another's signature is not the log's word.
  if (!signers.some(({ name }) => name === origin)) {
    throw failed(`no known key of ${origin} signed it`);
  }
  if (head.size === 0n && !head.root.equals(EMPTY_ROOT)) {
    throw failed('the root of an empty log is not that of no entries');
  }
  return { origin, ...head, signedBy: signers.map(({ name, id }) => `${name}+${id}`) };
}
