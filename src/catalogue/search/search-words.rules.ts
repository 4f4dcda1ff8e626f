import { PLACES } from '../places/gazetteer.js';

/** What somebody typed, taken apart: every part must be found. */
export interface SearchWords {
  /** Words, `"phrases"`, `or` and `-not`, for PostgreSQL to read. */
  readonly words: string;
  /** Words of which only the beginning was given, as `foot*`. */
  readonly beginnings: readonly string[];
  /** Names of places: found as words, or as the place that a dataset is about. */
  readonly places: readonly { readonly name: string; readonly code: string }[];
}

const TOKEN = /-?"[^"]*"?|\S+/g;
const BEGINNING = /^[\p{L}\p{N}]{2,}\*$/u;
const MAX_WORDS_OF_A_NAME = 4;

const CODES: ReadonlyMap<string, string> = new Map(
  [...PLACES.values()].map(({ name, code }) => [name.toLowerCase(), code]),
);

/** The code of a place that is named, whatever its case. */
export function codeOfPlace(name: string): string | undefined {
  return PLACES.has(name) ? name : CODES.get(name.toLowerCase());
}

export function readWords(text: string): SearchWords {
  const tokens = text.match(TOKEN) ?? [];
  // What stands beside OR is one of several; which, only PostgreSQL's reader knows.
  if (tokens.some((token) => token.toLowerCase() === 'or')) {
    return { words: text, beginnings: [], places: [] };
  }
  const words: string[] = [];
  const beginnings: string[] = [];
  const places: { name: string; code: string }[] = [];
  for (let at = 0; at < tokens.length;) {
    const place = placeAt(tokens, at);
    const token = tokens[at] ?? '';
    if (place) {
      places.push({ name: place.name, code: place.code });
    } else if (BEGINNING.test(token)) {
      beginnings.push(token.slice(0, -1));
    } else {
      words.push(token);
    }
    at += place?.length ?? 1;
  }
  return { words: words.join(' '), beginnings, places };
}

/** The longest name that starts here. */
function placeAt(tokens: readonly string[], at: number) {
  for (let length = MAX_WORDS_OF_A_NAME; length > 0; length -= 1) {
    const name = tokens.slice(at, at + length).join(' ');
    const code = CODES.get(name.toLowerCase());
    if (code !== undefined && at + length <= tokens.length) {
      return { name, code, length };
    }
  }
  return undefined;
}
