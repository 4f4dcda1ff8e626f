import { canonicalJson } from '../../kernel/canonical-json.js';
import { isUnder, keyFault } from '../../platform/object-store/object-name.rules.js';
import type { ManifestEntry, Skipped, SkippedObject } from './sealing.types.js';

/** How many skipped objects a version names; the rest are counted. */
export const MAX_NAMED_SKIPPED = 100;
const MAX_SHOWN_NAME = 200;
const ETAG = /^[\x21-\x7e]{1,256}$/;
// eslint-disable-next-line no-control-regex -- control characters are what it takes out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/** What is sealed of one page of a list, and what is not. */
export function sortOut(
  prefix: string,
  objects: readonly ListedObject[],
): { readonly entries: readonly ManifestEntry[]; readonly skipped: readonly SkippedObject[] } {
  const judged = objects.map((object) => ({ object, reason: faultOf(prefix, object) }));
  return {
    entries: judged
      .filter(({ reason }) => reason === undefined)
      .map(({ object: { key, size, etag, lastModified } }) => ({
        name: key.slice(prefix.length),
        size,
        etag,
        lastModified,
      })),
    skipped: judged.flatMap(({ object: { key }, reason }) =>
      reason === undefined ? [] : [{ name: shownName(prefix, key), reason }],
    ),
  };
}

export function addSkipped(before: Skipped, more: readonly SkippedObject[]): Skipped {
  return {
    count: before.count + more.length,
    objects: [...before.objects, ...more].slice(0, MAX_NAMED_SKIPPED),
  };
}

/**
 * One line of what a dataset version is the SHA-256 of: RFC 8785 of `[name,size,etag,sha256]` and LF.
 * A list gives no SHA-256.
 * @see grants-and-delivery section 5
 */
export function manifestLine({ name, size, etag }: Omit<ManifestEntry, 'lastModified'>): string {
  return `${canonicalJson([name, size, etag, null])}\n`;
}

/** Why an object cannot be delivered as what it is, or undefined. */
function faultOf(prefix: string, { key, size, etag }: ListedObject): string | undefined {
  if (!isUnder(prefix, key)) {
    return 'lies outside the prefix';
  }
  if (!Number.isSafeInteger(size) || size < 0) {
    return 'has no valid size';
  }
  return keyFault(key) ?? (ETAG.test(etag) ? undefined : 'has no valid ETag');
}

function shownName(prefix: string, key: string): string {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  // Cutting may split a surrogate pair.
  return name.slice(0, MAX_SHOWN_NAME).toWellFormed().replace(CONTROL, '\ufffd');
}
