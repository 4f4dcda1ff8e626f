import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { LiveMembership } from './principal.js';
import { ROLES, type Role } from './roles.js';

export interface PersonRow {
  readonly id: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly status: 'active' | 'suspended' | 'erased';
  readonly memberships: readonly LiveMembership[];
}

interface Row extends Omit<PersonRow, 'memberships'> {
  readonly memberships: readonly (Omit<LiveMembership, 'roles'> & { readonly roles: string[] })[];
}

// Live: started and not ended by date or act, in an active organisation (domain.md section 10, Membership).
const LOAD_PERSON = `
  SELECT p.id, p.pseudonym, p.name, p.status, coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'membershipId', m.id, 'organisationId', o.id, 'organisationName', o.name, 'isOperator', o.is_operator,
      'position', m.position, 'roles', coalesce((
        SELECT jsonb_agg(r.role ORDER BY r.role) FROM membership_role r
        WHERE r.membership_id = m.id AND r.ended_at IS NULL AND r.starts_on <= $3
          AND (r.ends_on IS NULL OR r.ends_on >= $3)), '[]'::jsonb)) ORDER BY o.name)
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
    const [row] = await this.database.manager.query<Row[]>(LOAD_PERSON, [issuer, subject, today]);
    return row && { ...row, memberships: row.memberships.map(withKnownRoles) };
  }
}

function withKnownRoles(membership: Row['memberships'][number]): LiveMembership {
  return {
    ...membership,
    roles: membership.roles.filter((role): role is Role => ROLES.some((known) => known === role)),
  };
}
