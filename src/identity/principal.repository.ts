import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { queryPlanned } from '../platform/database/planned-statement.js';
import type { DelegatedRole, LiveMembership } from './principal.js';
import { ROLES, type Role } from './roles.js';

export interface PersonRow {
  readonly id: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly status: 'active' | 'suspended' | 'erased';
  readonly memberships: readonly LiveMembership[];
}

type MembershipRow = Omit<LiveMembership, 'roles' | 'ownRoles' | 'delegations'> & {
  readonly ownRoles: readonly string[];
  readonly delegations: readonly DelegatedRole[];
};

interface Row extends Omit<PersonRow, 'memberships'> {
  readonly memberships: readonly MembershipRow[];
}

// Live: started and not ended by date or act, in an active organisation (domain.md section 10, Membership).
const LOAD_PERSON = `
  SELECT p.id, p.pseudonym, p.name, p.status, coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'membershipId', m.id, 'organisationId', o.id, 'organisationName', o.name, 'isOperator', o.is_operator,
      'position', m.position,
      'ownRoles', coalesce((
        SELECT jsonb_agg(r.role ORDER BY r.role) FROM membership_role r
        WHERE r.membership_id = m.id AND r.ended_at IS NULL AND r.starts_on <= $3
          AND (r.ends_on IS NULL OR r.ends_on >= $3)), '[]'::jsonb),
      'delegations', coalesce((
        SELECT jsonb_agg(jsonb_build_object('delegationId', l.delegation_id, 'role', l.role, 'giverId', l.giver_id)
          ORDER BY l.delegation_id)
        FROM live_role($3) l WHERE l.person_id = p.id AND l.organisation_id = o.id
          AND l.delegation_id IS NOT NULL), '[]'::jsonb)) ORDER BY o.name)
    FROM membership m JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
    WHERE m.person_id = p.id AND m.ended_at IS NULL AND m.starts_on <= $3
      AND (m.ends_on IS NULL OR m.ends_on >= $3)), '[]'::jsonb) AS memberships
  FROM person p WHERE p.issuer = $1 AND p.subject = $2`;

/** Loads a person with live memberships and roles in one statement. */
@Injectable()
export class PrincipalRepository {
  constructor(private readonly database: Database) {}

  /** @param today the London day on which roles and memberships are judged. */
  async find(issuer: string, subject: string, today: string): Promise<PersonRow | undefined> {
    const { manager } = this.database;
    const { rows } = await queryPlanned(manager, LOAD_PERSON, [issuer, subject, today]);
    const [row] = rows as Row[];
    return row && { ...row, memberships: row.memberships.map(withKnownRoles) };
  }
}

function withKnownRoles(membership: MembershipRow): LiveMembership {
  const isKnown = (role: string): role is Role => ROLES.some((known) => known === role);
  const ownRoles = membership.ownRoles.filter(isKnown);
  const delegated = membership.delegations.map(({ role }) => role);
  return { ...membership, ownRoles, roles: [...new Set([...ownRoles, ...delegated])].sort() };
}
