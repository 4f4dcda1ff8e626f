import { ConcordatError, type FieldError } from '../kernel/errors.js';
import { isUsableOn, type Vocabulary } from '../kernel/vocabulary.js';
import type { Steward } from './dataset.types.js';
import { coverageFaults, type CoverageFacts } from './coverage.rules.js';
import { placeFaults, type PlaceFacts } from './dataset-place.rules.js';

/** What the rules between fields look at; types and bounds of each were checked before. */
export interface DescriptionFacts extends PlaceFacts, CoverageFacts {
  readonly accessReason?: string;
  readonly licence?: string;
  readonly sensitivity: string;
  readonly fields: readonly { readonly name: string; readonly class: string }[];
  readonly frequency?: string;
  readonly languages: readonly string[];
  readonly steward?: Steward;
}

/** The vocabularies and the London day on which their terms must be usable. */
export interface DescriptionTerms {
  readonly sensitivity: Vocabulary;
  readonly columnClass: Vocabulary;
  readonly frequency: Vocabulary;
  readonly today: string;
}

/** domain.md section 8. @throws ConcordatError `input_invalid` (422) naming each fault. */
export function checkDescription(facts: DescriptionFacts, terms: DescriptionTerms): void {
  const errors = [
    ...accessFaults(facts),
    ...termFaults(facts, terms),
    ...languageFaults(facts.languages),
    ...stewardFaults(facts.steward),
    ...coverageFaults(facts),
    ...placeFaults(facts),
  ];
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}

function accessFaults({ access, accessReason, licence }: DescriptionFacts): FieldError[] {
  if (access === 'open') {
    return licence === undefined
      ? [{ pointer: '/licence', reason: 'is required for open data' }]
      : [];
  }
  return accessReason === undefined
    ? [{ pointer: '/accessReason', reason: 'is required unless access is open' }]
    : [];
}

function termFaults(
  { sensitivity, frequency, fields }: DescriptionFacts,
  terms: DescriptionTerms,
): FieldError[] {
  const names = fields.map(({ name }) => name);
  return [
    ...(isUsableOn(terms.sensitivity, sensitivity, terms.today)
      ? []
      : [{ pointer: '/sensitivity', reason: 'is no term of the vocabulary' }]),
    ...(frequency === undefined || isUsableOn(terms.frequency, frequency, terms.today)
      ? []
      : [{ pointer: '/frequency', reason: 'is no term of the vocabulary' }]),
    ...fields.flatMap(({ name, class: code }, at) => [
      ...(isUsableOn(terms.columnClass, code, terms.today)
        ? []
        : [{ pointer: `/fields/${String(at)}/class`, reason: 'is no term of the vocabulary' }]),
      ...(names.indexOf(name) === at
        ? []
        : [{ pointer: `/fields/${String(at)}/name`, reason: 'stands twice' }]),
    ]),
  ];
}

function languageFaults(languages: readonly string[]): FieldError[] {
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  return languages.flatMap((code, at) =>
    names.of(code.toLowerCase()) === undefined
      ? [{ pointer: `/languages/${String(at)}`, reason: 'is no known language' }]
      : [],
  );
}

function stewardFaults(steward: Steward | undefined): FieldError[] {
  return steward !== undefined && steward.personId === undefined && steward.contact === undefined
    ? [{ pointer: '/steward', reason: 'must name a person or a contact' }]
    : [];
}
