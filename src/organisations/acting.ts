import { actorFields, type ActorFields, type BROKER_ACTOR } from '../identity/actor.js';
import type { Principal } from '../identity/principal.js';

/** Who an event of this folder is by: a person, or the broker that sets itself up. */
export type Actor = ActorFields | typeof BROKER_ACTOR;

/** The actor fields of an act on an organisation: its members act in its name, everyone else in the operator's. */
export function actorOn(principal: Principal, organisationId: string): ActorFields {
  const isMember = principal.memberships.some((one) => one.organisationId === organisationId);
  return isMember ? actorFields(principal, organisationId) : actorOfOperator(principal);
}

/** The same where no single organisation is acted on, as for a person of several. */
export function actorOfOperator(principal: Principal): ActorFields {
  const operator = principal.memberships.find(({ isOperator }) => isOperator);
  return actorFields(principal, operator?.organisationId);
}
