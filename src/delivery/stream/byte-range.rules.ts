import { ConcordatError } from '../../kernel/errors.js';

/** Positions of the first and last byte, both inclusive. */
export interface BytePart {
  readonly first: number;
  readonly last: number;
}

const UNIT = /^bytes=(.*)$/i;
const ONE_RANGE = /^[ \t]*(\d{0,19})-(\d{0,19})[ \t]*$/;

/**
 * The one byte range that a request asks for; undefined for the whole object. Only the unit `bytes` means anything here.
 * Several, malformed or empty ranges are refused rather than ignored: ignoring one would charge a whole object.
 * @throws ConcordatError `range_not_satisfiable` (416)
 * @see RFC 9110 section 14.2
 */
export function parseRange(header: string | undefined, size: number): BytePart | undefined {
  const set = UNIT.exec(header ?? '')?.[1];
  if (set === undefined) {
    return undefined;
  }
  const [, from = '', to = ''] = ONE_RANGE.exec(set) ?? [];
  const part = from === '' ? suffix(to, size) : { first: Number(from), last: lastOf(to, size) };
  // Covers a first byte past the end too: the last is never past it.
  if (part.first > part.last) {
    throw new ConcordatError('range_not_satisfiable', { size });
  }
  return part;
}

/** How many bytes an answer carries. */
export function lengthOf(size: number, part: BytePart | undefined): number {
  return part === undefined ? size : part.last - part.first + 1;
}

function suffix(length: string, size: number): BytePart {
  // Without digits this is no range at all; zero bytes from the end is none either. Both are first > last.
  const wanted = length === '' ? 0 : Number(length);
  return { first: Math.max(0, size - wanted), last: wanted === 0 ? -1 : size - 1 };
}

function lastOf(to: string, size: number): number {
  return to === '' ? size - 1 : Math.min(Number(to), size - 1);
}
