import { ConcordatError, type FieldError } from '../kernel/errors.js';

export const ORGANISATION_KINDS = [
  'borough',
  'agency',
  'company',
  'university',
  'charity',
] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];

export const IDENTIFIER_SCHEMES = [
  'ons',
  'ods',
  'ror',
  'companies_house',
  'charity_number',
] as const;

export const CHECK_KINDS = ['ico', 'dspt', 'iso_27001', 'ce', 'ce_plus'] as const;

export const ORGANISATION_STATUSES = ['active', 'suspended', 'closed'] as const;
export type OrganisationStatus = (typeof ORGANISATION_STATUSES)[number];
export type OrganisationMove = 'suspend' | 'resume' | 'close';

/** domain.md section 10, Organisation: moved by a platform_admin; leaving `active` ends its grants. */
export const ORGANISATION_TRANSITIONS: Readonly<
  Record<
    OrganisationMove,
    { readonly from: readonly OrganisationStatus[]; readonly to: OrganisationStatus }
  >
> = {
  suspend: { from: ['active'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'active' },
  close: { from: ['active', 'suspended'], to: 'closed' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveOrganisation(
  from: OrganisationStatus,
  move: OrganisationMove,
): OrganisationStatus {
  const transition = ORGANISATION_TRANSITIONS[move];
  if (!transition.from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}

/**
 * A check counts from the moment it is recorded, so it was issued by today, and ends after it began.
 * @throws ConcordatError `input_invalid` (422)
 */
export function checkIssue(
  { issuedOn, expiresOn }: { readonly issuedOn: string; readonly expiresOn: string },
  today: string,
): void {
  const errors: FieldError[] = [];
  if (issuedOn > today) {
    errors.push({ pointer: '/issuedOn', reason: 'must not be in the future' });
  }
  if (expiresOn <= issuedOn) {
    errors.push({ pointer: '/expiresOn', reason: 'must be after issuedOn' });
  }
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
