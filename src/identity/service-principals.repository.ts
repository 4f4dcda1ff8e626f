import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { LiveMembership } from './principal.js';
import type { Role } from './roles.js';

/** A program that may call now: whose it is, who answers for it, and as what it acts. */
export interface ServicePrincipal {
  readonly accountableId: string;
  /** Of the accountable person. */
  readonly pseudonym: string;
  readonly name: string;
  readonly membership: LiveMembership;
}

// It has no role that its accountable person does not hold today, themselves: what a deputy lends is not lent on.
const LOAD_SERVICE = `
  SELECT s.accountable_id AS "accountableId", p.pseudonym, s.name, jsonb_build_object('membershipId', m.id,
      'organisationId', o.id, 'organisationName', o.name, 'isOperator', o.is_operator, 'position', s.name,
      'roles', jsonb_agg(DISTINCT l.role)) AS membership
  FROM service_account s
    JOIN live_role($3) l ON l.person_id = s.accountable_id AND l.organisation_id = s.organisation_id
      AND l.delegation_id IS NULL AND l.role = ANY (s.roles)
    JOIN organisation o ON o.id = s.organisation_id
    JOIN membership m ON m.person_id = s.accountable_id AND m.organisation_id = o.id AND m.ended_at IS NULL
    JOIN person p ON p.id = s.accountable_id
  WHERE s.issuer = $1 AND s.client_id = $2 AND s.status = 'active'
  GROUP BY s.id, p.id, m.id, o.id`;

/** Asked at every request: a program that was disabled, or whose accountable person has left, is nobody at once. */
@Injectable()
export class ServicePrincipals {
  constructor(private readonly database: Database) {}

  /** @param today the London day on which roles are judged. */
  async find(
    issuer: string,
    clientId: string,
    today: string,
  ): Promise<ServicePrincipal | undefined> {
    const [row] = await this.database.manager.query<
      (ServicePrincipal & { readonly membership: { readonly roles: readonly Role[] } })[]
    >(LOAD_SERVICE, [issuer, clientId, today]);
    return row;
  }
}
