import { isDay } from './london-day.js';

/** One code of a dated vocabulary. Append-only: a code never leaves, it gets an `effectiveTo`. */
export interface VocabularyTerm {
  readonly code: string;
  readonly label: string;
  /** First London day on which the code may be used. */
  readonly effectiveFrom: string;
  /** First London day on which it may no longer; null while it may. */
  readonly effectiveTo: string | null;
  /** Codes that mean more than this one: who may use the broader may use this. */
  readonly broader?: readonly string[];
  /** Codes that whoever holds this one holds too. */
  readonly implies?: readonly string[];
  /** How many years an award lasts, where codes are awarded. */
  readonly years?: number;
  /** False for a promise that no code can keep (R2.4). */
  readonly enforced?: boolean;
  /** True when the condition needs an appropriate policy document (DPA 2018, Schedule 1). */
  readonly apd?: boolean;
  /** The Part of Schedule 1 to the DPA 2018 that the condition stands in. */
  readonly part?: number;
}

/** A dated enumeration (domain.md section 2, "Vocabularies"). */
export interface Vocabulary {
  readonly vocabulary: string;
  /** The day of this edition, pinned by each agreement version that uses it (R2.7). */
  readonly edition: string;
  readonly terms: readonly VocabularyTerm[];
}

/**
 * Reads a vocabulary file and checks it: name, dates, unique codes, links that exist and make no circle.
 * @throws TypeError that names the file's fault: the boot stops.
 */
export function parseVocabulary(name: string, text: string): Vocabulary {
  const vocabulary = JSON.parse(text) as Vocabulary;
  const fault = faultOf(name, vocabulary);
  if (fault !== undefined) {
    throw new TypeError(`Vocabulary ${name}: ${fault}`);
  }
  return Object.freeze(vocabulary);
}

/** The term of a code, usable or not. */
export function findTerm(vocabulary: Vocabulary, code: string): VocabularyTerm | undefined {
  return vocabulary.terms.find((term) => term.code === code);
}

/** R2.6: usable if `effectiveFrom` ≤ day < `effectiveTo`. */
export function isUsableOn(vocabulary: Vocabulary, code: string, day: string): boolean {
  const term = findTerm(vocabulary, code);
  return (
    term !== undefined &&
    term.effectiveFrom <= day &&
    (term.effectiveTo === null || day < term.effectiveTo)
  );
}

/** The codes and everything narrower than any of them, sorted and without repeats. */
export function withNarrower(vocabulary: Vocabulary, codes: readonly string[]): readonly string[] {
  const wanted = new Set(codes);
  return vocabulary.terms
    .filter(({ code }) => broaderOf(vocabulary, code).some((broader) => wanted.has(broader)))
    .map(({ code }) => code)
    .sort();
}

/** The code itself and everything broader, by any path. */
function broaderOf(vocabulary: Vocabulary, code: string): readonly string[] {
  const found = new Set<string>();
  const open = [code];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!found.has(next)) {
      found.add(next);
      open.push(...(findTerm(vocabulary, next)?.broader ?? []));
    }
  }
  return [...found];
}

/** `Array.isArray` would turn the terms into `any`. */
const isList: (value: unknown) => boolean = Array.isArray;

function faultOf(name: string, { vocabulary, edition, terms }: Vocabulary): string | undefined {
  if (vocabulary !== name || !isDay(edition) || !isList(terms) || terms.length === 0) {
    return 'name, edition or terms missing';
  }
  const codes = terms.map(({ code }) => code);
  const repeated = codes.find((code, at) => codes.indexOf(code) !== at);
  if (repeated !== undefined) {
    return `${repeated} stands twice`;
  }
  return terms.map((term) => termFault(term, edition, terms)).find((fault) => fault !== undefined);
}

function termFault(
  term: VocabularyTerm,
  edition: string,
  terms: readonly VocabularyTerm[],
): string | undefined {
  const { code, label, effectiveFrom, effectiveTo, broader = [], implies = [] } = term;
  if (typeof code !== 'string' || typeof label !== 'string' || code === '' || label === '') {
    return 'a term without code or label';
  }
  if (!isDay(effectiveFrom) || (effectiveTo !== null && !isDay(effectiveTo))) {
    return `${code} has no valid dates`;
  }
  const links = [...broader, ...implies];
  const unknown = links.find((link) => !terms.some((other) => other.code === link));
  if (unknown !== undefined) {
    return `${code} names ${unknown}, which is not there`;
  }
  const above = broader.flatMap((link) => broaderOf({ vocabulary: '', edition, terms }, link));
  return above.includes(code) ? `${code} is broader than itself` : undefined;
}
