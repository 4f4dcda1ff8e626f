import { ConcordatError } from '../kernel/errors.js';
import { addDays, endOfDay, londonDay } from '../kernel/london-day.js';
import type { AccessFacts, Held } from '../requests/access-facts.js';
import { impliedAccreditations } from '../requests/access-attributes.js';

export const GRANT_STATUSES = ['issued', 'active', 'expired', 'revoked', 'exhausted'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];
export type GrantMove = 'activate' | 'expire' | 'revoke' | 'exhaust';

/** The lifecycle of domain.md section 3, "Grant". Terminal grants never reopen (R3.13). */
export const GRANT_TRANSITIONS: Readonly<
  Record<GrantMove, { readonly from: readonly GrantStatus[]; readonly to: GrantStatus }>
> = {
  activate: { from: ['issued'], to: 'active' },
  expire: { from: ['issued', 'active'], to: 'expired' },
  revoke: { from: ['issued', 'active'], to: 'revoked' },
  exhaust: { from: ['active'], to: 'exhausted' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveGrant(from: GrantStatus, move: GrantMove): GrantStatus {
  const transition = GRANT_TRANSITIONS[move];
  if (!transition.from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}

/** What a live row is once its end has come, written or not: dates act by comparison (R3.25). */
export function statusAt(
  { status, expiresAt }: { readonly status: GrantStatus; readonly expiresAt: Date },
  now: Date,
): GrantStatus {
  const isOver = expiresAt.getTime() <= now.getTime();
  return isOver && GRANT_TRANSITIONS.expire.from.includes(status) ? 'expired' : status;
}

export function isLive(status: GrantStatus): boolean {
  return GRANT_TRANSITIONS.revoke.from.includes(status);
}

/**
 * The latest instant a grant may last (R3.11): the earliest of all that bound it and apply. A required but absent date has
 * failed its own check before (R3.12).
 * @param askedFor what the caller asked for; never later than the rest.
 */
export function grantExpiry(facts: AccessFacts, now: Date, askedFor?: Date): Date {
  const { request, agreement, project, affiliation, person, organisation } = facts;
  const { terms } = agreement;
  const held = person.accreditations.map(({ code, expiresOn }) => ({ code, expiresOn }));
  const bounds = [
    endOfDay(request.untilOn),
    // Today is the first of them.
    endOfDay(addDays(londonDay(now), terms.maxGrantDays - 1)),
    endOfDay(project.endsOn),
    ...(agreement.endsAt === null ? [] : [new Date(agreement.endsAt)]),
    ...days([affiliation?.endsOn]),
    ...days(terms.accreditations.map((code) => latest(withImplied(held), code))),
    ...days(terms.trainings.map((code) => latest(person.trainings, code))),
    ...days(terms.orgChecks.map((code) => latest(organisation.checks, code))),
    ...(askedFor ? [askedFor] : []),
  ];
  return new Date(Math.min(...bounds.map((bound) => bound.getTime())));
}

/** Codes that are required and not held. */
export function missing(required: readonly string[], held: readonly Held[]): readonly string[] {
  const codes = impliedAccreditations(held.map(({ code }) => code));
  return required.filter((code) => !codes.includes(code));
}

/** Codes that were held through `lapsed` and that nothing still held covers. */
export function lackingAfter(lapsed: string, held: readonly string[]): readonly string[] {
  const covered = impliedAccreditations(held);
  return impliedAccreditations([lapsed]).filter((code) => !covered.includes(code));
}

function withImplied(held: readonly Held[]): readonly Held[] {
  return held.flatMap((one) =>
    impliedAccreditations([one.code]).map((code) => ({ code, expiresOn: one.expiresOn })),
  );
}

// Of two awards of one scheme the later end counts.
function latest(held: readonly Held[], code: string): string | undefined {
  return held
    .filter((one) => one.code === code)
    .map(({ expiresOn }) => expiresOn)
    .sort()
    .at(-1);
}

function days(ends: readonly (string | null | undefined)[]): readonly Date[] {
  return ends.filter((day): day is string => typeof day === 'string').map(endOfDay);
}
