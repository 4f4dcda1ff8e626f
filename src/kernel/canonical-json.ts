import { createHash } from 'node:crypto';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/**
 * The one text of a JSON value: members sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * Members that are undefined are left out, as JSON.stringify does.
 * @throws TypeError for a number that is not finite, or a lone surrogate: neither has a canonical form.
 * @see RFC 8785
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value as Record<string, Json | undefined>)
      .filter((entry): entry is [string, Json] => entry[1] !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError('A number without a JSON form');
  }
  return typeof value === 'string' ? canonicalString(value) : JSON.stringify(value);
}

/** SHA-256 of a value's one text, as `sha-256:` and 64 hexadecimal digits. */
export function canonicalDigest(value: Json): string {
  return `sha-256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) {
    throw new TypeError('A string with a lone surrogate');
  }
  return JSON.stringify(text);
}
