import type { ManifestEntry } from '../delivery.types.js';

const ENTITY_TAG = /^(W\/)?"[\x21\x23-\x7e]*"$/;
const STRONG = /^"[\x21\x23-\x7e]*"$/;
const NOT_IN_A_TAG = /[^\x21\x23-\x7e]/g;

export interface ConditionalHeaders {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-unmodified-since'?: string | undefined;
}

export type Precondition = 'holds' | 'failed' | 'not_modified';

/**
 * What the caller's conditions say of this object: If-Match by strong comparison, or without it If-Unmodified-Since (412),
 * then If-None-Match by weak comparison (304).
 * @see RFC 9110 section 13.2.2
 */
export function precondition(
  headers: ConditionalHeaders,
  { etag, lastModified }: Pick<ManifestEntry, 'etag' | 'lastModified'>,
): Precondition {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const isMeant =
    ifMatch === undefined
      ? isUnmodified(headers['if-unmodified-since'], lastModified)
      : names(ifMatch, etag, isSame);
  if (!isMeant) {
    return 'failed';
  }
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag, isWeaklySame)
    ? 'not_modified'
    : 'holds';
}

/** True when the range asked for is of this very object; a date proves nothing, so it never is. */
export function mayServeRange({ 'if-range': ifRange }: ConditionalHeaders, etag: string): boolean {
  return ifRange === undefined || isSame(ifRange.trim(), etag);
}

/** The ETag as RFC 9110 writes it: some stores leave out the quotes, and none may write our header lines. */
export function strongEtag(etag: string): string {
  if (STRONG.test(etag)) {
    return etag;
  }
  return `"${etag.replace(/^W\//, '').replace(NOT_IN_A_TAG, '')}"`;
}

// What is no date in the form that HTTP sends is ignored (section 13.1.4). Of an instant HTTP tells the second alone.
function isUnmodified(since: string | undefined, lastModified: string): boolean {
  const date = new Date(since ?? '');
  const isDate = !Number.isNaN(date.getTime()) && date.toUTCString() === since;
  return !isDate || Math.floor(Date.parse(lastModified) / 1000) * 1000 <= date.getTime();
}

function names(
  list: string,
  etag: string,
  compare: (given: string, etag: string) => boolean,
): boolean {
  return list.trim() === '*' || list.split(',').some((tag) => compare(tag.trim(), etag));
}

function isSame(given: string, etag: string): boolean {
  return given === etag && ENTITY_TAG.test(given) && !given.startsWith('W/');
}

function isWeaklySame(given: string, etag: string): boolean {
  return given.replace(/^W\//, '') === etag;
}
