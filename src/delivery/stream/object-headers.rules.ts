import type { ManifestEntry } from '../delivery.types.js';
import { lengthOf, type BytePart } from './byte-range.rules.js';
import { attachment } from './content-disposition.rules.js';
import { strongEtag } from './preconditions.rules.js';

/**
 * The headers of an object's answer, from the sealed entry alone: nothing that the store says is passed on, so no
 * `x-amz-*`. Every object is bytes to save; no browser guesses a type or shows one.
 */
export function objectHeaders(
  entry: ManifestEntry,
  part: BytePart | undefined,
): Readonly<Record<string, string>> {
  return {
    ...validatorHeaders(entry),
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(lengthOf(entry.size, part)),
    'Content-Disposition': attachment(entry.name),
    ...(part === undefined ? {} : { 'Content-Range': contentRange(entry.size, part) }),
  };
}

/** What a 304 says too. */
export function validatorHeaders(entry: ManifestEntry): Readonly<Record<string, string>> {
  return {
    ETag: strongEtag(entry.etag),
    'Last-Modified': new Date(entry.lastModified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-store',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** @param part undefined for a range that cannot be satisfied. */
export function contentRange(size: number, part: BytePart | undefined): string {
  const bytes = part === undefined ? '*' : `${String(part.first)}-${String(part.last)}`;
  return `bytes ${bytes}/${String(size)}`;
}
