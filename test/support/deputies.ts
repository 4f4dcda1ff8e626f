import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import type { Database } from '../../src/platform/database/database.js';
import { readPayload } from '../../src/audit/payload.js';
import { isAboutNobody } from '../../src/review/audit-event.view.js';

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

/** What the last event of a type says of a delegation; null: nothing. Last by transaction: a test's clock stands still. */
export async function delegationIn(
  { manager }: Pick<Database, 'manager'>,
  type: string,
): Promise<unknown> {
  const rows = await manager.query<{ subjectId: string; body: Buffer }[]>(
    `SELECT p.subject_id AS "subjectId", p.body FROM audit_payload p
     WHERE p.event_id = (SELECT e.id FROM audit_event e WHERE e.type = $1
       ORDER BY e.xmin::text::bigint DESC LIMIT 1)`,
    [type],
  );
  if (rows.length === 0) {
    throw new Error(`No event ${type}`);
  }
  return (
    rows
      .filter(({ subjectId }) => isAboutNobody(subjectId))
      .map(({ body }) => new Map(readPayload(body).fields).get('delegationId'))
      .find((id) => id !== undefined) ?? null
  );
}
