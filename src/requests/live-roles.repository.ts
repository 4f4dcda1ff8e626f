import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role } from '../identity/roles.js';

/** Somebody in a role of an organisation. */
export interface HeldRole {
  readonly personId: string;
  readonly organisationId: string;
  readonly role: Role;
}

@Injectable()
export class LiveRolesRepository {
  /** True when the membership and the role in it hold on that London day, of an active person and organisation. */
  async holds(
    manager: EntityManager,
    { personId, organisationId, role }: HeldRole,
    today: string,
  ): Promise<boolean> {
    const [row] = await manager.query<{ holds: boolean }[]>(
      `SELECT EXISTS (SELECT FROM membership m
         JOIN membership_role r ON r.membership_id = m.id AND r.role = $3 AND r.ended_at IS NULL
           AND r.starts_on <= $4 AND (r.ends_on IS NULL OR r.ends_on >= $4)
         JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
         JOIN person p ON p.id = m.person_id AND p.status = 'active'
         WHERE m.person_id = $1 AND m.organisation_id = $2 AND m.ended_at IS NULL AND m.starts_on <= $4
           AND (m.ends_on IS NULL OR m.ends_on >= $4)) AS holds`,
      [personId, organisationId, role, today],
    );
    return row?.holds === true;
  }
}
