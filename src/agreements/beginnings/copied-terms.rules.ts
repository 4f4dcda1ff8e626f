import { withoutPaper } from '../signed-outside/attestation.rules.js';
import { dutyKey, type TermsFacts } from '../terms/terms-facts.js';
import type { DraftTerms } from '../terms/terms.types.js';

type DraftParty = NonNullable<DraftTerms['parties']>[number];

/**
 * The terms of an earlier agreement, as far as they hold today: people who no longer have their duty are left out, and so
 * are days that have passed and what was signed on paper. What is left out is asked for at submission (R2.3).
 */
export function copiedTerms(
  terms: DraftTerms,
  { duties, today }: Pick<TermsFacts, 'duties' | 'today'>,
): DraftTerms {
  const { startsOn, endsOn, reviewOn, standingDecider, ...rest } = withoutPaper(terms);
  const isOver = endsOn === undefined || endsOn < today;
  const isDeciding = terms.parties?.some(({ organisationId }) =>
    holds(duties, organisationId, standingDecider?.personId, 'data_owner'),
  );
  return {
    ...rest,
    ...(isOver ? {} : present({ startsOn, endsOn, reviewOn })),
    ...present({
      standingDecider: isDeciding === true ? standingDecider : undefined,
      parties: terms.parties?.map((party) => standing(party, duties)),
    }),
  };
}

function standing(party: DraftParty, duties: ReadonlySet<string>): DraftParty {
  const { signatoryId, dpoId, ...rest } = party;
  const { organisationId } = party;
  return {
    ...rest,
    ...present({
      signatoryId: holds(duties, organisationId, signatoryId, 'signatory')
        ? signatoryId
        : undefined,
      dpoId: holds(duties, organisationId, dpoId, 'dpo') ? dpoId : undefined,
    }),
  };
}

function holds(
  duties: ReadonlySet<string>,
  organisationId: string | undefined,
  personId: string | undefined,
  role: string,
): boolean {
  return (
    organisationId !== undefined &&
    personId !== undefined &&
    duties.has(dutyKey(organisationId, personId, role))
  );
}

type Present<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

function present<T extends object>(values: T): Present<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
