import type { Tx } from '../database/database.js';
import type { KeyPurpose } from './key-rotation.rules.js';

export type KeyEvent = 'key.created' | 'key.rotated' | 'key.retired' | 'key.compromised';

/** Writes the event of what becomes of a key in the transaction that does it. Implemented by audit/, which this folder is above of. */
export interface KeyRecorder {
  record(
    tx: Tx,
    event: KeyEvent,
    key: { readonly kid: string; readonly purpose: KeyPurpose },
  ): Promise<void>;
}
export const KeyRecorder = Symbol('KeyRecorder');
