import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.js';

/** Makes UUIDv7 ids: time-ordered, so that index pages fill from one end. */
export interface IdFactory {
  next(): string;
}
export const IdFactory = Symbol('IdFactory');

/** @see RFC 9562 section 5.7 */
export function uuidV7Factory(clock: Clock): IdFactory {
  return { next: () => uuidV7(clock.now().getTime()) };
}

// Everything after the version is the random part of a version 4: the variant lies in the same place.
function uuidV7(unixMillis: number): string {
  const time = unixMillis.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID of any version; everything else is an absent id, never a database error. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
