import type { EventFields } from '../audit/event-fields.js';
import type { Principal } from './principal.js';

export type ActorFields = Pick<EventFields, 'actorKind' | 'actorAuthLevel'> & {
  readonly actorPersonId?: string;
  readonly actorOrganisationId: string | undefined;
  readonly clientId?: string;
  readonly accountablePersonId?: string;
};

/** The actor fields of an event that `principal` causes in the name of `organisationId`. */
export function actorFields(principal: Principal, organisationId?: string): ActorFields {
  return {
    actorKind: principal.kind,
    ...whoActs(principal),
    actorOrganisationId: organisationId ?? principal.memberships[0]?.organisationId,
    actorAuthLevel: principal.authLevel,
  };
}

/** A person, or a program and who answers for it. */
export function whoActs({ personId, clientId }: Principal) {
  return clientId === undefined
    ? { actorPersonId: personId }
    : { clientId, accountablePersonId: personId };
}

/** The actor fields of what a job or a cascade does. */
export const BROKER_ACTOR = { actorKind: 'broker' } as const;

/** In whose name somebody sees what these organisations share: one of theirs, else the operator's. */
export function actingFor(
  { memberships }: Principal,
  organisationIds: readonly string[],
): string | undefined {
  const membership =
    memberships.find(({ organisationId }) => organisationIds.includes(organisationId)) ??
    memberships.find(({ isOperator }) => isOperator);
  return membership?.organisationId;
}
