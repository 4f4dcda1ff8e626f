import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { badInput } from '../refusal.js';
import { sha256 } from '../tree/hash.js';
import { base64 } from './text.js';

const ED25519 = 1;
const KEY_BYTES = 32;
/** The DER of a SubjectPublicKeyInfo up to the raw key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** One whose signatures are believed. */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes in hex. */
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * `name+hex(keyId)+base64(01 ‖ public key)`.
 * @throws Refusal `badInput` with the reason.
 * @see C2SP signed-note, audit-log section 5
 */
export function readVerifierKey(text: string): VerifierKey {
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(text) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) {
    throw badInput('the verifier key is not name+id+key');
  }
  if (!isKeyName(name)) {
    throw badInput('the name in the verifier key is empty or has a space');
  }
  const typed = base64(encoded, 'the verifier key');
  if (typed[0] !== ED25519 || typed.length !== 1 + KEY_BYTES) {
    throw badInput('the verifier key is no Ed25519 key');
  }
  const digest = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed]));
  if (digest.toString('hex', 0, 4) !== id) {
    throw badInput('the id in the verifier key is not that of its name and key');
  }
  const der = Buffer.concat([SPKI, typed.subarray(1)]);
  return { name, id, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

export function isSignedBy({ key }: VerifierKey, text: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, text, key, signature);
}

/** Not empty, without Unicode spaces and plus. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+]/u.test(name);
}
