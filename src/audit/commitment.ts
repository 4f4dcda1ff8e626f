import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '../kernel/canonical-json.js';
import { HmacKey } from '../kernel/hmac-key.js';

const FIELD_DOMAIN = Buffer.from('concordat/field/v1\0');
const EVENT_DOMAIN = Buffer.from('concordat/event/v1\0');
const MAX_LEAF_BYTES = 1024;

/** One committed field: its place is by name, bytewise; its seed is that of the payload row that holds it. */
export interface CommittedField {
  readonly name: string;
  /** What `fieldText` makes of name and value: payload rows hold the same text. */
  readonly text: string;
  readonly seed: Buffer;
}

/** JCS([name, value]). */
export function fieldText(name: string, value: Json): string {
  return canonicalJson([name, value]);
}

/** salt = HMAC-SHA-256(seed, name): opens one field without opening its row. 32 bytes. */
export function fieldSalt(seed: Buffer, name: string): Buffer {
  return saltUnder(new HmacKey(seed), name);
}

/** d = SHA-256("concordat/field/v1" ‖ 00 ‖ salt ‖ JCS([name, value])). 32 bytes. */
export function fieldDigest(field: CommittedField): Buffer {
  return digestUnder(new HmacKey(field.seed), field);
}

/** Digests in byte order of their names, one after the other: what `audit_event.digests` stores. */
export function commitFields(fields: readonly CommittedField[]): Buffer {
  // Names are ASCII, whose order is that of their bytes.
  const ordered = [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
  const keys = new Map<Buffer, HmacKey>();
  return Buffer.concat(
    ordered.map((field) => {
      const key = keys.get(field.seed) ?? new HmacKey(field.seed);
      keys.set(field.seed, key);
      return digestUnder(key, field);
    }),
  );
}

function digestUnder(key: HmacKey, { name, text }: CommittedField): Buffer {
  return sha256(FIELD_DOMAIN, saltUnder(key, name), Buffer.from(text));
}

function saltUnder(key: HmacKey, name: string): Buffer {
  return Buffer.from(key.sign(name, 'binary'), 'binary');
}

// Text for an answer: a Buffer from `hash` has memory of its own, which takes longer to give back than the hash takes.
function sha256(...parts: readonly Buffer[]): Buffer {
  return Buffer.from(hash('sha256', Buffer.concat(parts), 'binary'), 'binary');
}

/**
 * The public leaf of an event: UTF-8 JCS of the commitment, the type and the second. At most 1,024 bytes.
 * @param digests the concatenated 32-byte digests.
 * @see audit-log section 2
 */
export function leafOf(type: string, occurredAt: Date, digests: Buffer): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(digests.length / 32);
  const leaf = Buffer.from(
    canonicalJson({
      c: sha256(EVENT_DOMAIN, count, digests).toString('base64url'),
      k: type,
      t: Math.floor(occurredAt.getTime() / 1000),
      v: 1,
    }),
  );
  if (leaf.length > MAX_LEAF_BYTES) {
    throw new RangeError('An audit leaf over 1,024 bytes');
  }
  return leaf;
}
