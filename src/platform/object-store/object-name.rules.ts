import { ConcordatError } from '../../kernel/errors.js';

const MAX_KEY_BYTES = 1024;
/** Empty, `.` or `..`. */
const ODD_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/;
const ENCODED_DOT_OR_SLASH = /%(2e|2f|5c)/i;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Why an object key may not pass, or undefined. URL parsers, proxies and log readers rewrite or misread these, so that the
 * object served would not be the one authorised.
 * @see grants-and-delivery section 6
 */
export function keyFault(key: string): string | undefined {
  if (!key.isWellFormed()) {
    return 'is not valid Unicode';
  }
  // No character has more than three bytes in UTF-16’s units.
  if (key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES) {
    return `is over ${String(MAX_KEY_BYTES)} bytes`;
  }
  if (CONTROL.test(key)) {
    return 'has a control character';
  }
  if (key.includes('\\')) {
    return 'has a backslash';
  }
  if (ENCODED_DOT_OR_SLASH.test(key)) {
    return 'has an encoded dot, slash or backslash';
  }
  if (ODD_SEGMENT.test(key)) {
    return 'has an empty, "." or ".." segment';
  }
  return undefined;
}

/** Why a prefix may not pass, or undefined: it ends in `/`, starts without one, and its segments are keys. */
export function prefixFault(prefix: string): string | undefined {
  return prefix.endsWith('/') ? keyFault(prefix.slice(0, -1)) : 'must end in "/"';
}

/**
 * Decodes the path of a request behind `objects/`, once per segment.
 * @throws ConcordatError `object_name_refused` (400) with the reason.
 */
export function decodeObjectPath(rawPath: string): string {
  const segments = rawPath.split('/').map((segment) => {
    let decoded: string;
    try {
      decoded = decodeURIComponent(segment);
    } catch {
      throw refused('is not valid UTF-8');
    }
    if (decoded.includes('/')) {
      throw refused('has an encoded slash');
    }
    return decoded;
  });
  const name = segments.join('/');
  const fault = keyFault(name);
  if (fault !== undefined) {
    throw refused(fault);
  }
  return name;
}

/** The key of an object in a dataset. @throws ConcordatError `object_name_refused` unless it lies under the prefix. */
export function objectKey(prefix: string, name: string): string {
  return objectKeys(prefix)(name);
}

/**
 * The same for many objects of one dataset: what is asked of the prefix is asked once. A key that begins with a prefix that
 * ends in `/`, and has no segment of dots, lies under it.
 */
export function objectKeys(prefix: string): (name: string) => string {
  const fault = prefixFault(prefix);
  if (fault !== undefined) {
    throw refused(fault);
  }
  return (name) => {
    const key = prefix + name;
    const ofKey = keyFault(key);
    if (ofKey !== undefined) {
      throw refused(ofKey);
    }
    return key;
  };
}

/** Compared by segment: `a/b/` holds `a/b/c` and not `a/b2`. */
export function isUnder(prefix: string, key: string): boolean {
  const wanted = prefix.split('/').slice(0, -1);
  const given = key.split('/');
  return given.length > wanted.length && wanted.every((segment, at) => segment === given[at]);
}

function refused(reason: string): ConcordatError {
  return new ConcordatError('object_name_refused', {
    reason,
    detail: `The object name ${reason}.`,
  });
}
