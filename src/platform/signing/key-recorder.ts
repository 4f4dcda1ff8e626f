import type { Tx } from '../database/database.js';
import type { KeyPurpose } from './signing-key.repository.js';

/** Writes the event of a key's making in the transaction that makes it. Implemented by audit/, which this folder is above of. */
export interface KeyRecorder {
  recordCreated(tx: Tx, key: { readonly kid: string; readonly purpose: KeyPurpose }): Promise<void>;
}
export const KeyRecorder = Symbol('KeyRecorder');
