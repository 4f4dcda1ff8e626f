import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.js';
import { ConcordatError } from './errors.js';

const LIFETIME_MS = 3_600_000;
/** Holds a sort key of 1,024 bytes, each of which may be escaped in JSON, in base64url. */
export const MAX_PAGE_TOKEN_LENGTH = 4_096;

/** What a page token continues: the same caller, the same query, after this key. */
export interface PagePosition {
  /** Binds the token to its caller and query; any JSON. A token for another scope is refused. */
  readonly scope: Json;
  /** The sort key of the last row of the page before. */
  readonly after: Json;
}

/**
 * Signs where the next page starts: base64url(canonical JSON) + `.` + base64url(HMAC-SHA-256).
 * @param until its end; absent: an hour from now.
 * @see grants-and-delivery section 5
 */
export function issuePageToken(
  key: Buffer,
  position: PagePosition,
  now: Date,
  until = new Date(now.getTime() + LIFETIME_MS),
): string {
  const body = canonicalJson({
    v: 1,
    scope: digestScope(key, position.scope),
    after: position.after,
    exp: Math.floor(until.getTime() / 1000),
  });
  const text = Buffer.from(body).toString('base64url');
  return `${text}.${mac(key, text).toString('base64url')}`;
}

/**
 * Checks the MAC first, in constant time, then scope and age.
 * @returns the `after` key.
 * @throws ConcordatError `page_token_invalid`
 */
export function readPageToken(key: Buffer, token: string, scope: Json, now: Date): Json {
  const [text, tag, ...rest] = token.length <= MAX_PAGE_TOKEN_LENGTH ? token.split('.') : [];
  if (text === undefined || tag === undefined || rest.length > 0) {
    throw new ConcordatError('page_token_invalid');
  }
  const given = Buffer.from(tag, 'base64url');
  const expected = mac(key, text);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ConcordatError('page_token_invalid');
  }
  const body = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
    scope: string;
    after: Json;
    exp: number;
  };
  if (body.scope !== digestScope(key, scope) || body.exp * 1000 <= now.getTime()) {
    throw new ConcordatError('page_token_invalid');
  }
  return body.after;
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(`concordat/page/v1\0${text}`).digest();
}

// The scope may hold filter values of a person: the token carries only their keyed digest.
function digestScope(key: Buffer, scope: Json): string {
  return createHmac('sha256', key)
    .update(`concordat/page-scope/v1\0${canonicalJson(scope)}`)
    .digest('base64url');
}
