import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { Role } from '../../identity/roles.js';
import type { Tx } from '../../platform/database/database.js';
import { MembershipEntity, MembershipRoleEntity } from './membership.entity.js';

export interface MemberRow {
  readonly id: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly position: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly roles: readonly Role[];
  /** Of each role: its first London day, and its last where it has one of its own. */
  readonly roleDays: readonly {
    readonly role: Role;
    readonly startsOn: string;
    readonly endsOn: string | null;
  }[];
}

const MEMBERS = `
  SELECT m.id, m.person_id AS "personId", m.organisation_id AS "organisationId", p.pseudonym, p.name, m.position,
    m.starts_on::text AS "startsOn", m.ends_on::text AS "endsOn", coalesce((SELECT jsonb_agg(r.role ORDER BY r.role)
      FROM membership_role r WHERE r.membership_id = m.id AND r.ended_at IS NULL), '[]') AS roles,
    coalesce((SELECT jsonb_agg(jsonb_build_object('role', r.role, 'startsOn', r.starts_on, 'endsOn', r.ends_on)
      ORDER BY r.role) FROM membership_role r WHERE r.membership_id = m.id AND r.ended_at IS NULL), '[]') AS "roleDays"
  FROM membership m JOIN person p ON p.id = m.person_id`;

@Injectable()
export class MembershipsRepository {
  async insert(tx: Tx, membership: MembershipEntity): Promise<void> {
    await tx.insert(MembershipEntity, membership);
  }

  async insertRole(tx: Tx, role: MembershipRoleEntity): Promise<void> {
    await tx.insert(MembershipRoleEntity, role);
  }

  /** A membership that no act has ended; its dates may still be in the future or past. */
  async find(manager: EntityManager, id: string): Promise<MembershipEntity | null> {
    return manager.findOneBy(MembershipEntity, { id, endedAt: IsNull() });
  }

  /** Every one of the person's that no act has ended. */
  async findOpenOf(manager: EntityManager, personId: string): Promise<MembershipEntity[]> {
    return manager.find(MembershipEntity, {
      where: { personId, endedAt: IsNull() },
      order: { id: 'ASC' },
    });
  }

  async findOf(
    manager: EntityManager,
    personId: string,
    organisationId: string,
  ): Promise<MembershipEntity | null> {
    return manager.findOneBy(MembershipEntity, { personId, organisationId, endedAt: IsNull() });
  }

  /** The same, on a day of its own, of an active person. @param today a London day. */
  async findLiveOf(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    today: string,
  ): Promise<MembershipEntity | null> {
    return manager
      .createQueryBuilder(MembershipEntity, 'membership')
      .innerJoin(
        'person',
        'person',
        `person.id = membership.person_id AND person.status = 'active'`,
      )
      .where('membership.person_id = :personId', { personId })
      .andWhere('membership.organisation_id = :organisationId', { organisationId })
      .andWhere('membership.ended_at IS NULL AND membership.starts_on <= :today', { today })
      .andWhere('(membership.ends_on IS NULL OR membership.ends_on >= :today)')
      .getOne();
  }

  async findRoles(manager: EntityManager, membershipId: string): Promise<MembershipRoleEntity[]> {
    return manager.findBy(MembershipRoleEntity, { membershipId, endedAt: IsNull() });
  }

  async endRole(tx: Tx, id: string, endedAt: Date, auditEventId: string): Promise<void> {
    await tx.update(MembershipRoleEntity, { id }, { endedAt, auditEventId });
  }

  async end(tx: Tx, id: string, endedAt: Date, auditEventId: string): Promise<void> {
    await tx.update(MembershipEntity, { id }, { endedAt, auditEventId });
  }

  /** Whether the person is an administrator of the broker, and how many others are. @param today a London day. */
  async countAdministrators(
    manager: EntityManager,
    personId: string,
    today: string,
  ): Promise<{ readonly isOne: boolean; readonly others: number }> {
    const [row] = await manager.query<{ isOne: boolean; others: number }[]>(
      `SELECT count(*) FILTER (WHERE person_id = $1) > 0 AS "isOne",
         count(DISTINCT person_id) FILTER (WHERE person_id <> $1)::int AS others
       FROM live_role($2) WHERE role = 'platform_admin'`,
      [personId, today],
    );
    return row ?? { isOne: false, others: 0 };
  }

  async findMember(manager: EntityManager, id: string): Promise<MemberRow | undefined> {
    const [row] = await manager.query<MemberRow[]>(`${MEMBERS} WHERE m.id = $1`, [id]);
    return row;
  }

  async listMembers(
    manager: EntityManager,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<MemberRow[]> {
    return manager.query<MemberRow[]>(
      `${MEMBERS} WHERE m.organisation_id = $1 AND m.ended_at IS NULL AND ($2::uuid IS NULL OR m.id > $2)
       ORDER BY m.id LIMIT $3`,
      [organisationId, after, limit],
    );
  }

  /** Undefined when there is no such organisation, or it is closed. */
  async isOperator(manager: EntityManager, organisationId: string): Promise<boolean | undefined> {
    const [row] = await manager.query<{ isOperator: boolean }[]>(
      `SELECT is_operator AS "isOperator" FROM organisation WHERE id = $1 AND status <> 'closed'`,
      [organisationId],
    );
    return row?.isOperator;
  }
}
