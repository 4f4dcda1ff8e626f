import type { Action } from './attributes.js';
import type { Condition, Leaf } from './condition.js';
import { parseCondition } from './parse-condition.js';

/** The terms of an agreement version that decide access; names and pointers as in domain.md section 2. */
export interface CompilableTerms {
  /** Each code of `purposes` and every term narrower than one of them: a condition compares with literals only. */
  readonly purposeClosure: readonly string[];
  readonly modes: readonly string[];
  readonly actions: readonly Action[];
  readonly accreditations: readonly string[];
  readonly trainings: readonly string[];
  readonly orgChecks: readonly string[];
  readonly minAuth: 'aal2' | 'aal3';
  readonly dpop: boolean;
  /** Empty: any country, and no country need be known. */
  readonly countries: readonly string[];
  /** The end instant of `endsOn`. */
  readonly endsAt: Date;
  readonly items: readonly {
    readonly datasetId: string;
    readonly release: 'raw' | 'view' | 'aggregate';
  }[];
  /** Organisations whose party receives data and is active. */
  readonly recipients: readonly string[];
}

/** One allow rule, as `PolicyService.publishAgreement` takes it. */
export interface CompiledAgreementRule {
  readonly datasetId: string;
  readonly action: Action;
  readonly recipients: readonly string[];
  readonly condition: Condition;
}

/** What each release lets be done, apart from asking for it. */
const RELEASES: Readonly<Record<'raw' | 'view' | 'aggregate', readonly Action[]>> = {
  raw: ['dataset:read', 'feed:subscribe'],
  view: ['view:read'],
  aggregate: ['aggregate:query'],
};

/**
 * Exactly one allow rule per dataset and action: the terms as a condition whose leaves point at their clause. Asking is
 * always among the actions; the others are those of `actions` that fit the item's release.
 * @throws ConcordatError `condition_invalid` when the terms make a condition over the limits: call it before locking.
 */
export function compileAgreement(terms: CompilableTerms): readonly CompiledAgreementRule[] {
  const asking = parseCondition({ op: 'all', of: askingLeaves(terms) });
  const using = parseCondition({ op: 'all', of: [...askingLeaves(terms), ...usingLeaves(terms)] });
  const { recipients } = terms;
  return terms.items.flatMap(({ datasetId, release }) => [
    { datasetId, action: 'dataset:request' as const, recipients, condition: asking },
    ...RELEASES[release]
      .filter((action) => terms.actions.includes(action))
      .map((action) => ({ datasetId, action, recipients, condition: using })),
  ]);
}

// What must hold already when one asks; accreditation and strong sign-in may come until one reads.
function askingLeaves(terms: CompilableTerms): readonly Leaf[] {
  return [
    { op: 'before', path: 'request.now', value: terms.endsAt.toISOString(), clause: '/endsOn' },
    { op: 'in', path: 'request.purpose', value: terms.purposeClosure, clause: '/purposes' },
    { op: 'in', path: 'request.delivery', value: terms.modes, clause: '/modes' },
  ];
}

function usingLeaves(terms: CompilableTerms): readonly Condition[] {
  const { minAuth, dpop, countries } = terms;
  const level = minAuth === 'aal3' ? 3 : 2;
  return [
    { op: 'gte', path: 'subject.authLevel', value: level, clause: '/minAuth' },
    ...held('subject.accreditations', terms.accreditations, '/accreditations'),
    ...held('subject.trainings', terms.trainings, '/trainings'),
    ...held('subject.organisationChecks', terms.orgChecks, '/orgChecks'),
    ...when(dpop, { op: 'eq', path: 'request.dpop', value: true, clause: '/dpop' }),
    ...when(countries.length > 0, {
      op: 'in',
      path: 'request.country',
      value: countries,
      clause: '/countries',
    }),
  ];
}

// All must hold (domain.md section 2): a group of its own, so that a long list does not fill the outer one.
function held(
  path: 'subject.accreditations' | 'subject.trainings' | 'subject.organisationChecks',
  codes: readonly string[],
  clause: string,
): readonly Condition[] {
  const of = codes.map((value): Leaf => ({ op: 'contains', path, value, clause }));
  return when(of.length > 0, { op: 'all', of });
}

function when(isAsked: boolean, condition: Condition): readonly Condition[] {
  return isAsked ? [condition] : [];
}
