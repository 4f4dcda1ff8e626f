import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';

/** Makes UUIDv7 ids: time-ordered, so that index pages fill from one end. */
export interface IdFactory {
  next(): string;
}
export const IdFactory = Symbol('IdFactory');

/** @see RFC 9562 section 5.7 */
export function uuidV7Factory(clock: Clock): IdFactory {
  return { next: () => uuidV7(clock.now().getTime(), randomBytes(10)) };
}

function uuidV7(unixMillis: number, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(unixMillis, 0, 6);
  random.copy(bytes, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID of any version; everything else is an absent id, never a database error. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
