import { ConcordatError, type FieldError } from '../kernel/errors.js';
import { isDay } from '../kernel/london-day.js';
import { isUsableOn, type Vocabulary } from '../kernel/vocabulary.js';
import { prefixFault } from '../platform/object-store/object-name.rules.js';
import type { DatasetAccess, Temporal } from './dataset.types.js';

/** What the rules between fields look at; types and bounds of each were checked before. */
export interface DescriptionFacts {
  readonly access: DatasetAccess;
  readonly accessReason?: string;
  readonly licence?: string;
  readonly sensitivity: string;
  readonly fields: readonly { readonly name: string; readonly class: string }[];
  readonly temporal?: Temporal;
  readonly prefix: string;
  readonly distributions: readonly { readonly path: string }[];
}

/** The vocabularies and the London day on which their terms must be usable. */
export interface DescriptionTerms {
  readonly sensitivity: Vocabulary;
  readonly columnClass: Vocabulary;
  readonly today: string;
}

/** domain.md section 8. @throws ConcordatError `input_invalid` (422) naming each fault. */
export function checkDescription(facts: DescriptionFacts, terms: DescriptionTerms): void {
  const errors = [
    ...accessFaults(facts),
    ...termFaults(facts, terms),
    ...temporalFaults(facts.temporal),
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
  { sensitivity, fields }: DescriptionFacts,
  terms: DescriptionTerms,
): FieldError[] {
  const names = fields.map(({ name }) => name);
  return [
    ...(isUsableOn(terms.sensitivity, sensitivity, terms.today)
      ? []
      : [{ pointer: '/sensitivity', reason: 'is no term of the vocabulary' }]),
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

function temporalFaults({ startsOn, endsOn }: Temporal = {}): FieldError[] {
  const days = [
    ['/temporal/startsOn', startsOn],
    ['/temporal/endsOn', endsOn],
  ] as const;
  const faults = days
    .filter(([, day]) => day !== undefined && !isDay(day))
    .map(([pointer]) => ({ pointer, reason: 'must be a day, YYYY-MM-DD' }));
  const isBackwards = startsOn !== undefined && endsOn !== undefined && endsOn < startsOn;
  return faults.length === 0 && isBackwards
    ? [{ pointer: '/temporal/endsOn', reason: 'must not be before startsOn' }]
    : faults;
}

// A distribution's path is a sub-prefix: empty for the whole dataset.
function placeFaults({ prefix, distributions }: DescriptionFacts): FieldError[] {
  const fault = prefixFault(prefix);
  if (fault !== undefined) {
    return [{ pointer: '/prefix', reason: fault }];
  }
  return distributions.flatMap(({ path }, at) => {
    const reason = prefixFault(prefix + path);
    return reason === undefined ? [] : [{ pointer: `/distributions/${String(at)}/path`, reason }];
  });
}
