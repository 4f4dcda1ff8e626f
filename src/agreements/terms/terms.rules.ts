import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { addMonths } from '../../kernel/london-day.js';
import { countWords } from '../../kernel/text.js';
import { checkAccess } from './terms-access.rules.js';
import { checkAttachments } from './terms-attachments.rules.js';
import { checkCodes } from './terms-codes.js';
import type { TermsFacts } from './terms-facts.js';
import { checkItems } from './terms-items.rules.js';
import { checkLegal } from './terms-legal.rules.js';
import { checkParties } from './terms-parties.rules.js';
import { checkRights } from './terms-rights.rules.js';
import type { AgreementTerms, DraftTerms } from './terms.types.js';

const REQUIRED = [
  'title',
  'summary',
  'kind',
  'startsOn',
  'endsOn',
  'reviewOn',
  'signing',
  'parties',
  'admission',
  'purposes',
  'objective',
  'necessity',
  'publicBenefit',
  'alternatives',
  'prohibitedUses',
  'dpia',
  'approval',
  'accreditations',
  'trainings',
  'orgChecks',
  'minAuth',
  'dpop',
  'maxGrantDays',
  'maxRevocationSeconds',
  'setting',
  'accuracy',
  'security',
  'format',
  'retention',
  'disposal',
  'disposalDays',
  'breachHours',
  'noticeDays',
  'changeProcess',
  'publish',
] as const satisfies readonly (keyof AgreementTerms)[];

/** A framework carries common terms and no data (domain.md section 2, `kind`). */
const OF_DATA = ['items', 'modes', 'actions'] as const satisfies readonly (keyof AgreementTerms)[];

const WORD_LIMITS = [
  ['summary', 300],
  ['objective', 1000],
  ['necessity', 1000],
  ['publicBenefit', 1000],
  ['alternatives', 1000],
] as const satisfies readonly (readonly [keyof AgreementTerms, number])[];

/**
 * Every rule of section 2, all at once (R2.3).
 * @returns one fault per pointer and reason; empty when the terms are an `AgreementTerms`.
 */
export function checkTerms(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  return [
    ...checkPresence(draft),
    ...checkDates(draft, facts),
    ...checkWords(draft),
    ...checkParent(draft, facts),
    ...checkParties(draft, facts),
    ...checkPurposes(draft),
    ...checkCodes(draft, facts.vocabularies, facts.today),
    ...checkItems(draft, facts),
    ...checkLegal(draft, facts),
    ...checkDpia(draft),
    ...checkAccess(draft, facts),
    ...checkRights(draft, facts),
    ...checkAttachments(draft),
    ...checkPublication(draft),
  ];
}

/** The draft as complete terms. @throws ConcordatError `agreement_incomplete` naming every fault (R2.3). */
export function requireComplete(draft: DraftTerms, facts: TermsFacts): AgreementTerms {
  const errors = checkTerms(draft, facts);
  if (errors.length > 0) {
    throw new ConcordatError('agreement_incomplete', { errors });
  }
  return draft as AgreementTerms;
}

function checkPresence(draft: DraftTerms): FieldError[] {
  const isFramework = draft.kind === 'framework';
  const missing = [...REQUIRED, ...(isFramework ? [] : OF_DATA)]
    .filter((name) => draft[name] === undefined)
    .map((name) => ({ pointer: `/${name}`, reason: 'is required' }));
  const excluded = (isFramework ? OF_DATA : [])
    .filter((name) => (draft[name]?.length ?? 0) > 0)
    .map((name) => ({ pointer: `/${name}`, reason: 'a framework has no data' }));
  return [...missing, ...excluded];
}

function checkDates(
  { startsOn, reviewOn, endsOn }: DraftTerms,
  { today }: TermsFacts,
): FieldError[] {
  if (startsOn === undefined || reviewOn === undefined || endsOn === undefined) {
    return [];
  }
  // A version of what began long ago names a review to come.
  const from = startsOn > today ? startsOn : today;
  const rules: readonly (readonly [boolean, string, string])[] = [
    [endsOn >= today, '/endsOn', 'has passed'],
    [endsOn > startsOn, '/endsOn', 'must be after startsOn'],
    [endsOn <= addMonths(startsOn, 60), '/endsOn', 'must be at most 5 years after startsOn'],
    [reviewOn > startsOn, '/reviewOn', 'must be after startsOn'],
    [reviewOn <= endsOn, '/reviewOn', 'must be no later than endsOn'],
    [reviewOn <= addMonths(from, 12), '/reviewOn', `must be at most 12 months after ${from}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, pointer, reason]) => ({ pointer, reason }));
}

function checkWords(draft: DraftTerms): FieldError[] {
  return WORD_LIMITS.filter(([name, limit]) => countWords(draft[name] ?? '') > limit).map(
    ([name, limit]) => ({
      pointer: `/${name}`,
      reason: `must have at most ${String(limit)} words`,
    }),
  );
}

function checkParent(draft: DraftTerms, { parent }: TermsFacts): FieldError[] {
  if (draft.parentAgreementId === undefined) {
    return [];
  }
  const pointer = '/parentAgreementId';
  if (parent?.kind !== 'framework' || parent.status !== 'active') {
    return [{ pointer, reason: 'must be an active framework of yours' }];
  }
  const members = new Set(parent.organisationIds);
  const strangers = (draft.parties ?? []).some(
    ({ organisationId }) => organisationId !== undefined && !members.has(organisationId),
  );
  return [
    ...(strangers ? [{ pointer, reason: 'must have at least the same parties' }] : []),
    ...(draft.endsOn !== undefined && parent.endsOn < draft.endsOn
      ? [{ pointer, reason: 'must end no earlier' }]
      : []),
  ];
}

function checkPurposes({ purposes }: DraftTerms): FieldError[] {
  return purposes?.length === 0 ? [{ pointer: '/purposes', reason: 'must name at least one' }] : [];
}

function checkDpia({ dpia }: DraftTerms): FieldError[] {
  const required = (name: 'reason' | 'dpoView' | 'priorConsultation'): FieldError[] =>
    dpia?.[name] === undefined ? [{ pointer: `/dpia/${name}`, reason: 'is required' }] : [];
  switch (dpia?.status) {
    case undefined:
      return dpia ? [{ pointer: '/dpia/status', reason: 'is required' }] : [];
    case 'not_required':
      return [...required('reason'), ...required('dpoView')];
    case 'in_progress':
      return [{ pointer: '/dpia/status', reason: 'must be finished before submission' }];
    case 'approved_high_risk':
      return required('priorConsultation');
    case 'approved':
      return [];
  }
}

function checkPublication({ publish, unpublishedReason }: DraftTerms): FieldError[] {
  return publish === false && unpublishedReason === undefined
    ? [{ pointer: '/unpublishedReason', reason: 'is required when publish is false' }]
    : [];
}
