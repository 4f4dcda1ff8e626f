import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import type { Party } from '../agreement.types.js';
import type { PartyStanding } from './party-lifecycle.rules.js';

/** In whose name, in which role, and in what capacity towards the party somebody acts. */
export interface PartyCapacity {
  readonly standing: PartyStanding;
  readonly organisationId: string;
  readonly role: Role;
}

const OWN = { signatory: 'own_signatory', dpo: 'own_dpo', ig_officer: 'own_ig_officer' } as const;
const LEADS = { signatory: 'lead_signatory', dpo: 'lead_dpo' } as const;

/** Every capacity in which this caller may act on the party. Roles count only inside their organisation (R1.1). */
export function partyCapacities(
  { memberships }: Principal,
  parties: readonly Party[],
  party: Party,
): readonly PartyCapacity[] {
  const lead = parties.find(({ isLead }) => isLead);
  return memberships.flatMap(({ organisationId, roles }) => [
    ...(organisationId === party.organisationId ? held(organisationId, roles, OWN) : []),
    ...(organisationId === lead?.organisationId ? held(organisationId, roles, LEADS) : []),
  ]);
}

function held(
  organisationId: string,
  roles: readonly Role[],
  standings: Readonly<Partial<Record<Role, PartyStanding>>>,
): readonly PartyCapacity[] {
  return roles.flatMap((role) => {
    const standing = standings[role];
    return standing ? [{ standing, organisationId, role }] : [];
  });
}
