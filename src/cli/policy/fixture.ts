import { compilePublication } from '../../agreements/lifecycle/publication.js';
import { readTerms } from '../../agreements/terms/read-terms.js';
import type { AgreementTerms, DraftTerms } from '../../agreements/terms/terms.types.js';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { isConcordatError } from '../../kernel/errors.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { UsageError } from '../usage-error.js';

/** Whose version it would be; a fixture stands for no agreement that there is. */
export const FIXTURE_ID = '00000000-0000-4000-8000-000000000001';
/** What a condition is made of. */
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

/** An agreement as a file: its terms, and the allow rules that it would publish. */
export interface Fixture {
  readonly name: string;
  readonly terms: AgreementTerms;
  readonly rules: readonly PolicyRule[];
}

/**
 * Reads the terms of an agreement. Whether its parties and datasets exist is not asked: nobody is there to know.
 * @throws UsageError naming the file and the first fault
 */
export function readFixture(name: string, text: string): Fixture {
  const draft = draftOf(name, text);
  const missing = NEEDED.find((member) => draft[member] === undefined);
  if (missing !== undefined) {
    throw new UsageError(`${name} /${missing} is required`);
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
      new Vocabularies(),
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
    throw fault ? new UsageError(`${name} ${fault.pointer} ${fault.reason}`) : error;
  }
}
