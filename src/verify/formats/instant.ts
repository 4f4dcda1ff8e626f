import type { Json } from './json.js';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const MAX_DATE_SECONDS = 8_640_000_000_000;

/** Unix seconds of an RFC 3339 instant in UTC, rounded down; undefined for anything else. */
export function secondsOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) {
    return undefined;
  }
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

/** Unix seconds in words; a leaf may name one that no calendar has. */
export function instant(seconds: number): string {
  return Math.abs(seconds) > MAX_DATE_SECONDS
    ? `${String(seconds)} s`
    : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
