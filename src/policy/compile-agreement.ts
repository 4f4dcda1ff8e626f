import type { Action } from './attributes.js';
import type { Condition, Leaf } from './condition.js';

/** The terms of an agreement version that decide access; names and pointers as in domain.md section 2. */
export interface CompilableTerms {
  readonly purposes: readonly string[];
  /** A purpose and everything narrower than it, for each code of `purposes`. */
  readonly purposeClosure: readonly string[];
  readonly modes: readonly string[];
  readonly accreditations: readonly string[];
  readonly trainings: readonly string[];
  readonly orgChecks: readonly string[];
  readonly minAuth: 'aal2' | 'aal3';
  readonly dpop: boolean;
  readonly countries: readonly string[];
  readonly endsAt: Date;
  readonly items: readonly { readonly datasetId: string; readonly release: string }[];
  readonly recipients: readonly string[];
}

export interface CompiledAgreementRule {
  readonly datasetId: string;
  readonly action: Action;
  readonly recipients: readonly string[];
  readonly condition: Condition;
}

/** Exactly one allow rule per dataset and action: the terms as a condition whose leaves point at their clause. */
export function compileAgreement(terms: CompilableTerms): readonly CompiledAgreementRule[] {
  const reading: Condition = { op: 'all', of: [...askingLeaves(terms), ...readingLeaves(terms)] };
  const asking: Condition = { op: 'all', of: askingLeaves(terms) };
  return terms.items
    .filter(({ release }) => release === 'raw')
    .flatMap(({ datasetId }) => [
      { datasetId, action: 'dataset:request', recipients: terms.recipients, condition: asking },
      { datasetId, action: 'dataset:read', recipients: terms.recipients, condition: reading },
    ]);
}

// What must hold already when one asks; accreditation and strong sign-in may come until one reads.
function askingLeaves(terms: CompilableTerms): Leaf[] {
  return [
    { op: 'before', path: 'request.now', value: terms.endsAt.toISOString(), clause: '/endsOn' },
    { op: 'in', path: 'request.purpose', value: terms.purposeClosure, clause: '/purposes' },
    { op: 'in', path: 'request.delivery', value: terms.modes, clause: '/modes' },
  ];
}

function readingLeaves(terms: CompilableTerms): Leaf[] {
  const held = (
    path: 'subject.accreditations' | 'subject.trainings' | 'subject.organisationChecks',
    codes: readonly string[],
    clause: string,
  ): Leaf[] => codes.map((value) => ({ op: 'contains', path, value, clause }));
  return [
    {
      op: 'gte',
      path: 'subject.authLevel',
      value: terms.minAuth === 'aal3' ? 3 : 2,
      clause: '/minAuth',
    },
    ...held('subject.accreditations', terms.accreditations, '/accreditations'),
    ...held('subject.trainings', terms.trainings, '/trainings'),
    ...held('subject.organisationChecks', terms.orgChecks, '/orgChecks'),
    ...(terms.dpop
      ? [{ op: 'eq', path: 'request.dpop', value: true, clause: '/dpop' } satisfies Leaf]
      : []),
    ...(terms.countries.length > 0
      ? [{ op: 'in', path: 'request.country', value: terms.countries, clause: '/countries' } satisfies Leaf]
      : []),
  ];
}
