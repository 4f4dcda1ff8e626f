import { compilePublication } from '../../agreements/lifecycle/publication.js';
import { readTerms } from '../../agreements/terms/read-terms.js';
import { checkCodes } from '../../agreements/terms/terms-codes.js';
import type { AgreementTerms, DraftTerms } from '../../agreements/terms/terms.types.js';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { isConcordatError, type FieldError } from '../../kernel/errors.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { UsageError } from '../usage-error.js';

/** Whose version it would be; a fixture stands for no agreement that there is. */
export const FIXTURE_ID = '00000000-0000-4000-8000-000000000001';

/** What conditions are made of. */
const NEEDED = [
  'kind',
  'parties',
  'purposes',
  'endsOn',
  'accreditations',
  'trainings',
  'orgChecks',
  'minAuth',
  'dpop',
] as const satisfies readonly (keyof DraftTerms)[];
const NEEDED_FOR_DATA = ['items', 'modes', 'actions'] as const;
const NEVER_EMPTY = ['parties', 'purposes', ...NEEDED_FOR_DATA] as const;

const vocabularies = new Vocabularies();

/** An agreement as a file: its terms, and the allow rules that it would publish. */
export interface Fixture {
  readonly name: string;
  readonly terms: AgreementTerms;
  readonly rules: readonly PolicyRule[];
}

/**
 * Reads the terms of an agreement, as `GET /api/v1/agreements/{id}` gives them. Of the legal part nothing need be said, and
 * whether its parties and datasets exist is not asked: nobody is there to know.
 * @throws UsageError naming the file and the first fault
 */
export function readFixture(name: string, text: string): Fixture {
  const draft = draftOf(name, text);
  const [fault] = faultsOf(draft);
  if (fault) {
    throw refusal(name, fault);
  }
  const terms = draft as AgreementTerms;
  const reference = name
    .replace(/^.*\//, '')
    .replace(/\.json$/, '')
    .toUpperCase();
  const version = { id: FIXTURE_ID, version: 1, reference, parties: [] };
  const { rules } = told(name, () =>
    compilePublication(
      version as unknown as Parameters<typeof compilePublication>[0],
      terms,
      vocabularies,
    ),
  );
  return {
    name,
    terms,
    rules: rules.map((rule, at) => ({
      ...rule,
      id: `${name}#${String(at)}`,
      guardrailId: null,
      effect: 'allow',
      agreementId: FIXTURE_ID,
      agreementVersion: 1,
      reference,
      message: null,
    })),
  };
}

function faultsOf(draft: DraftTerms): readonly FieldError[] {
  const needed = draft.kind === 'framework' ? NEEDED : [...NEEDED, ...NEEDED_FOR_DATA];
  const required = (pointer: string): FieldError => ({ pointer, reason: 'is required' });
  const missing = needed.filter((member) => draft[member] === undefined);
  const empty = NEVER_EMPTY.filter((member) => draft[member]?.length === 0);
  const items = (draft.items ?? []).flatMap((item, at) =>
    (['datasetId', 'release'] as const)
      .filter((member) => item[member] === undefined)
      .map((member) => `/items/${String(at)}/${member}`),
  );
  const parties = (draft.parties ?? []).flatMap((party, at) =>
    (['organisationId', 'dataRole'] as const)
      .filter((member) => party[member] === undefined)
      .map((member) => `/parties/${String(at)}/${member}`),
  );
  return [
    ...missing.map((member) => required(`/${member}`)),
    ...empty.map((member) => ({ pointer: `/${member}`, reason: 'must not be empty' })),
    ...[...items, ...parties].map(required),
    ...checkCodes(draft, vocabularies.terms, draft.endsOn ?? ''),
  ];
}

function draftOf(name: string, text: string): DraftTerms {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is no JSON`);
  }
  return told(name, () => readTerms(input));
}

function told<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const [fault] = isConcordatError(error) ? (error.fields.errors ?? []) : [];
    throw fault ? refusal(name, fault) : error;
  }
}

function refusal(name: string, { pointer, reason }: FieldError): UsageError {
  return new UsageError(`${[name, pointer].filter((part) => part).join(' ')} ${reason}`);
}
