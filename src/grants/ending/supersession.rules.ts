import type { AccessFacts, AccessTerms } from '../../requests/access-facts.js';
import { deliveryAction } from '../../requests/delivery-action.js';
import { fittingModes } from '../delivery-modes.rules.js';
import { grantExpiry, missing } from '../grant.rules.js';

/** A grant of the old version beside the facts of its request under the new one. */
export interface AmendedGrant {
  readonly delivery: string;
  readonly expiresAt: Date;
  readonly jkt: string | null;
  /** The terms under which it was issued. */
  readonly before: AccessTerms;
  readonly after: AccessFacts;
}

/** The end of a grant under the new version: never later than it was. */
export function amendedExpiry({ after, expiresAt }: AmendedGrant, now: Date): Date {
  return grantExpiry(after, now, expiresAt);
}

/**
 * True when the new terms no longer carry the grant (R3.1). Looks at what terms decide; where it cannot tell, the grant
 * does not survive: nobody is signed in now, so a stronger sign-in is not proven, and a purpose counts when it is named
 * or when no purpose was dropped.
 */
export function failsAmendment(grant: AmendedGrant, now: Date): boolean {
  const { before, after, delivery } = grant;
  const { request, agreement } = after;
  const { terms } = agreement;
  return (
    !isReleased(after, delivery) ||
    (delivery === 'feed' && hasHistory(before, after) && !hasHistory(terms, after)) ||
    !receives(after) ||
    isNarrower(terms.countries, before.countries) ||
    !(terms.purposes.includes(request.purpose) || includesAll(terms.purposes, before.purposes)) ||
    isUnqualified(after) ||
    (terms.minAuth === 'aal3' && before.minAuth !== 'aal3') ||
    (terms.dpop && grant.jkt === null) ||
    !fittingModes(after).some((mode) => mode === delivery) ||
    amendedExpiry(grant, now).getTime() <= now.getTime()
  );
}

// What `compileAgreement` makes an allow rule of: the objects as stored, to be read.
function isReleased({ request, agreement: { terms } }: AccessFacts, delivery: string): boolean {
  const item = terms.items?.find(({ datasetId }) => datasetId === request.datasetId);
  return item?.release === 'raw' && terms.actions?.includes(deliveryAction(delivery)) === true;
}

function hasHistory({ items }: AccessTerms, { request }: AccessFacts): boolean {
  return items?.find(({ datasetId }) => datasetId === request.datasetId)?.includeHistory === true;
}

function receives({ request, agreement: { terms, partyRole } }: AccessFacts): boolean {
  const named = terms.parties.find(
    ({ organisationId }) => organisationId === request.organisationId,
  );
  return (named?.dataRole ?? partyRole) !== 'provider';
}

// From where the holder reads is known at the next request only. None named is any.
function isNarrower(after: readonly string[] = [], before: readonly string[] = []): boolean {
  return after.length > 0 && (before.length === 0 || !includesAll(after, before));
}

function isUnqualified({ person, organisation, agreement }: AccessFacts): boolean {
  const { accreditations, trainings, orgChecks } = agreement.terms;
  return [
    ...missing(accreditations, person.accreditations),
    ...missing(trainings, person.trainings),
    ...missing(orgChecks, organisation.checks),
  ].some(Boolean);
}

function includesAll(codes: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((code) => codes.includes(code));
}
