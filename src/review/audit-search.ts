import { isEventType, type EventType } from '../audit/event-types.js';
import { ConcordatError, type FieldError } from '../kernel/errors.js';

export const EVENT_OUTCOMES = ['success', 'refused', 'failed'] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** Filters by a thing that an event names. */
const THING_FILTERS = [
  'organisationId',
  'datasetId',
  'agreementId',
  'grantId',
  'accessRequestId',
  'projectId',
] as const;
type ThingFilter = (typeof THING_FILTERS)[number];

/** Filters as they come in; each is absent or well-formed by itself. */
export type AuditQuestion = { readonly [K in ThingFilter]?: string } & {
  readonly person?: string;
  readonly type?: readonly string[];
  readonly outcome?: EventOutcome;
  readonly from?: string;
  readonly to?: string;
};

/** A question that was checked; null is no filter. */
export type AuditSearch = { readonly [K in ThingFilter]: string | null } & {
  /** An id or a pseudonym. */
  readonly person: string | null;
  /** Sorted and without repeats. */
  readonly types: readonly EventType[] | null;
  readonly outcome: EventOutcome | null;
  /** RFC 3339 in UTC; `from` is included, `to` is not. */
  readonly from: string | null;
  readonly to: string | null;
};

/** @throws ConcordatError `input_invalid` that names each unknown type, or an empty span of time. */
export function toAuditSearch(question: AuditQuestion): AuditSearch {
  const errors = faultsOf(question);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  const things = THING_FILTERS.map((name) => [name, question[name] ?? null]);
  return {
    ...(Object.fromEntries(things) as Record<ThingFilter, string | null>),
    person: question.person ?? null,
    types: question.type ? [...new Set(question.type.filter(isEventType))].sort() : null,
    outcome: question.outcome ?? null,
    from: inUtc(question.from),
    to: inUtc(question.to),
  };
}

/**
 * The filters as the event of the search tells them, `name=value`. A person is left out: that event is about the person,
 * and is found so.
 */
export function filtersOf(search: AuditSearch): readonly string[] {
  return Object.entries(search)
    .filter(([name, value]) => value !== null && name !== 'person')
    .map(([name, value]) => `${name}=${String(value)}`);
}

function faultsOf({ type = [], from, to }: AuditQuestion): FieldError[] {
  const isEmpty = from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to);
  return [
    ...type
      .filter((name) => !isEventType(name))
      .map((name) => ({ pointer: '/type', reason: `${name} is no event type` })),
    ...(isEmpty ? [{ pointer: '/to', reason: 'must be after from' }] : []),
  ];
}

function inUtc(instant: string | undefined): string | null {
  return instant === undefined ? null : new Date(instant).toISOString();
}
