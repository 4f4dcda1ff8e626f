import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import type { Database } from '../../src/platform/database/database.js';
import { fieldOfLast } from './last-event.js';

export const DELEGATION = '01990000-0000-7000-8000-0000000000aa';

/** The same person, who holds a role in each of their organisations as a deputy and only their own otherwise. */
export function asDeputy(principal: Principal, role: Role, own?: readonly Role[]): Principal {
  return {
    ...principal,
    memberships: principal.memberships.map((held) => {
      const ownRoles = own ?? held.roles;
      return {
        ...held,
        roles: [...new Set([...ownRoles, role])],
        ownRoles,
        delegations: [{ delegationId: DELEGATION, role, giverId: DELEGATION }],
      };
    }),
  };
}

/** What the last event of a type says of a delegation; null: nothing. */
export async function delegationIn(
  database: Pick<Database, 'manager'>,
  type: string,
): Promise<unknown> {
  return (await fieldOfLast(database, type, 'delegationId')) ?? null;
}
