import type { DelegatedRole, Principal } from './principal.js';
import type { Role } from './roles.js';

/**
 * The delegation by which the caller fills a role of an organisation.
 * @returns undefined when the role is their own, or they do not fill it.
 */
export function delegationOf(
  { memberships }: Principal,
  organisationId: string | undefined,
  role: string,
): DelegatedRole | undefined {
  const membership = memberships.find((one) => one.organisationId === organisationId);
  const isOwn = membership?.ownRoles?.some((own) => own === role) === true;
  return isOwn ? undefined : membership?.delegations?.find((one) => one.role === role);
}

/** True when the caller fills the duty that is given to one named person: that person themselves, or their deputy. */
export function fillsDutyOf(
  principal: Principal,
  organisationId: string,
  role: Role,
  personId: string,
): boolean {
  const membership = principal.memberships.find((one) => one.organisationId === organisationId);
  if (principal.personId === personId) {
    return (membership?.ownRoles ?? membership?.roles ?? []).includes(role);
  }
  return (
    membership?.delegations?.some((one) => one.role === role && one.giverId === personId) === true
  );
}

/** What an event says of the role in which `principal` acts: the role and, of a deputy, by which delegation (R3.24). */
export function officeFields(
  principal: Principal,
  organisationId: string | undefined,
  role: string,
): { readonly actorRole: string; readonly delegationId: string | undefined } {
  const delegationId = delegationOf(principal, organisationId, role)?.delegationId;
  return { actorRole: role, delegationId };
}

/** The same for the data owner's acts on what the organisation owns, whose events name no role. */
export function deputyFields(
  principal: Principal,
  organisationId: string,
): { readonly delegationId: string | undefined } {
  return { delegationId: delegationOf(principal, organisationId, 'data_owner')?.delegationId };
}
