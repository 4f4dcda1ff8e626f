import { badInput } from '../refusal.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MAX_COUNT = 2n ** 63n - 1n;

/** @throws Refusal `badInput` where the bytes are no UTF-8. */
export function utf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw badInput('is no UTF-8 text');
  }
}

/** A size or an index: decimal, without leading zeros, below 2^63. */
export function decimal(text: string, what: string): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_COUNT) {
    throw badInput(`${what} is no decimal number below 2^63 without leading zeros`);
  }
  return BigInt(text);
}

/** RFC 4648 section 4, with its padding and no other text for the same bytes. */
export function base64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw badInput(`${what} is no base64`);
  }
  return bytes;
}

/** RFC 4648 section 5 without padding, and no other text for the same bytes. */
export function base64url(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) {
    throw badInput(`${what} is no unpadded base64url`);
  }
  return bytes;
}

/** A SHA-256 hash in base64. */
export function hashOf(text: string, what: string): Buffer {
  const hash = base64(text, what);
  if (hash.length !== 32) {
    throw badInput(`${what} is no hash of 32 bytes`);
  }
  return hash;
}
