import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalJson, type Json } from '../kernel/canonical-json.js';

const FIELD_DOMAIN = Buffer.from('concordat/field/v1\0');
const EVENT_DOMAIN = Buffer.from('concordat/event/v1\0');
const MAX_LEAF_BYTES = 1024;

/** One committed field: its place is by name, bytewise; its seed is that of the payload row that holds it. */
export interface CommittedField {
  readonly name: string;
  readonly value: Json;
  readonly seed: Buffer;
}

/** salt = HMAC-SHA-256(seed, name): opens one field without opening its row. 32 bytes. */
export function fieldSalt(seed: Buffer | KeyObject, name: string): Buffer {
  return createHmac('sha256', seed).update(name).digest();
}

/** d = SHA-256("concordat/field/v1" ‖ 00 ‖ salt ‖ JCS([name, value])). 32 bytes. */
export function fieldDigest(
  { name, value, seed }: CommittedField,
  key: Buffer | KeyObject = seed,
): Buffer {
  return createHash('sha256')
    .update(FIELD_DOMAIN)
    .update(fieldSalt(key, name))
    .update(canonicalJson([name, value]))
    .digest();
}

/** Digests in byte order of their names, one after the other: what `audit_event.digests` stores. */
export function commitFields(fields: readonly CommittedField[]): Buffer {
  // Names are ASCII, whose order is that of their bytes.
  const ordered = [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
  // One key for each seed: making one is most of the cost of an HMAC, and a cascade commits to many fields.
  const keys = new Map<Buffer, KeyObject>();
  return Buffer.concat(
    ordered.map((field) => {
      const key = keys.get(field.seed) ?? createSecretKey(field.seed);
      keys.set(field.seed, key);
      return fieldDigest(field, key);
    }),
  );
}

/**
 * The public leaf of an event: UTF-8 JCS of the commitment, the type and the second. At most 1,024 bytes.
 * @param digests the concatenated 32-byte digests.
 * @see audit-log section 2
 */
export function leafOf(type: string, occurredAt: Date, digests: Buffer): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(digests.length / 32);
  const c = createHash('sha256').update(EVENT_DOMAIN).update(count).update(digests).digest();
  const leaf = Buffer.from(
    canonicalJson({
      c: c.toString('base64url'),
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
