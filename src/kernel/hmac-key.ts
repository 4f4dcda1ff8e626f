import { hash } from 'node:crypto';

/** Of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA-256 under one key, for many short messages: its pads are made once. Two hashes of one call each take less than half
 * the time of an Hmac object, which has to be collected besides; text for an answer spares a Buffer with memory of its own.
 * @see RFC 2104 section 4
 */
export class HmacKey {
  private readonly inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  private readonly outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);

  /** @param key at most 64 bytes. */
  constructor(key: Buffer) {
    if (key.length > BLOCK_BYTES) {
      throw new RangeError('A key longer than a block');
    }
    for (const [at, byte] of key.entries()) {
      this.inner[at] = byte ^ 0x36;
      this.outer[at] = byte ^ 0x5c;
    }
  }

  /** @returns 32 bytes in hex, or as characters (`binary`). */
  sign(message: string, encoding: 'hex' | 'binary'): string {
    const inner = hash('sha256', Buffer.concat([this.inner, Buffer.from(message)]), 'binary');
    this.outer.write(inner, BLOCK_BYTES, 'binary');
    return hash('sha256', this.outer, encoding);
  }
}
