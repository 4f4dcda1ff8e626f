import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_KEY_BYTES = 32;

/** An Ed25519 key (RFC 8032). node-jose has none; Node's own is deterministic, so that signing twice gives one signature. */
export class Ed25519Key {
  /** 32 raw bytes. */
  readonly publicKey: Buffer;
  private readonly key: KeyObject;

  /** @param seed 32 random bytes. */
  constructor(seed: Buffer) {
    this.key = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const spki = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(spki.length - RAW_KEY_BYTES);
  }

  /** @returns 64 bytes. */
  sign(text: Buffer): Buffer {
    return sign(null, text, this.key);
  }
}
