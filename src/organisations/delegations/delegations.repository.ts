import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { Role } from '../../identity/roles.js';
import type { Tx } from '../../platform/database/database.js';
import { DelegationEntity } from './delegation.entity.js';
import type { DelegableRole } from './delegation.rules.js';

/** A delegation with the two people and their organisation. */
export interface DelegationRow extends Omit<DelegationEntity, 'endedAt' | 'auditEventId'> {
  readonly organisationId: string;
  readonly giverId: string;
  readonly giverPseudonym: string;
  readonly deputyPseudonym: string;
  readonly endedAt: Date | null;
}

/** Which open delegations something ends. */
export type DelegationsOf =
  | { readonly givenBy: string; readonly organisationId: string; readonly role?: string }
  | { readonly deputyId: string; readonly organisationId: string };

const SELECT = `
  SELECT d.id, d.membership_id AS "membershipId", m.organisation_id AS "organisationId", d.role,
    m.person_id AS "giverId", g.pseudonym AS "giverPseudonym", d.deputy_id AS "deputyId",
    p.pseudonym AS "deputyPseudonym", d.starts_on::text AS "startsOn", d.ends_on::text AS "endsOn", d.reason,
    d.ended_at AS "endedAt", d.ended_by AS "endedBy"
  FROM delegation d JOIN membership m ON m.id = d.membership_id JOIN person g ON g.id = m.person_id
    JOIN person p ON p.id = d.deputy_id`;

@Injectable()
export class DelegationsRepository {
  async insert(tx: Tx, delegation: DelegationEntity): Promise<void> {
    await tx.insert(DelegationEntity, delegation);
  }

  async find(manager: EntityManager, id: string): Promise<DelegationRow | undefined> {
    const [row] = await manager.query<DelegationRow[]>(`${SELECT} WHERE d.id = $1`, [id]);
    return row;
  }

  /** Newest first. */
  async list(
    manager: EntityManager,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<DelegationRow[]> {
    return manager.query<DelegationRow[]>(
      `${SELECT} WHERE m.organisation_id = $1 AND ($2::uuid IS NULL OR d.id < $2) ORDER BY d.id DESC LIMIT $3`,
      [organisationId, after, limit],
    );
  }

  /** Locks the row. @returns false when the delegation has ended. */
  async lockOpen(tx: Tx, id: string): Promise<boolean> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (
      (await tx.findOne(DelegationEntity, { where: { id, endedAt: IsNull() }, lock })) !== null
    );
  }

  async end(
    tx: Tx,
    id: string,
    ended: Pick<DelegationEntity, 'endedAt' | 'endedBy' | 'auditEventId'>,
  ): Promise<void> {
    await tx.update(DelegationEntity, { id }, ended);
  }

  /** Those whose last day is over. @param today a London day. */
  async findDue(manager: EntityManager, today: string, limit: number): Promise<DelegationRow[]> {
    return manager.query<DelegationRow[]>(
      `${SELECT} WHERE d.ended_at IS NULL AND d.ends_on < $1 ORDER BY d.ends_on LIMIT $2`,
      [today, limit],
    );
  }

  /** What a person does or will do as a deputy in an organisation. */
  async openRolesOf(
    manager: EntityManager,
    deputyId: string,
    organisationId: string,
    today: string,
  ): Promise<Role[]> {
    const rows = await manager.query<{ role: DelegableRole }[]>(
      `SELECT d.role FROM delegation d JOIN membership m ON m.id = d.membership_id
       WHERE d.deputy_id = $1 AND m.organisation_id = $2 AND d.ended_at IS NULL AND d.ends_on >= $3`,
      [deputyId, organisationId, today],
    );
    return rows.map(({ role }) => role);
  }

  /** True when the same duty is lent to the same person on one of these days already. */
  async overlaps(
    manager: EntityManager,
    {
      membershipId,
      role,
      deputyId,
      startsOn,
      endsOn,
    }: Pick<DelegationEntity, 'membershipId' | 'role' | 'deputyId' | 'startsOn' | 'endsOn'>,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM delegation WHERE membership_id = $1 AND role = $2 AND deputy_id = $3 AND ended_at IS NULL
         AND starts_on <= $5 AND ends_on >= $4 LIMIT 1`,
      [membershipId, role, deputyId, startsOn, endsOn],
    );
    return rows.length > 0;
  }

  /** Open delegations that rest on a membership, or on a role in it. */
  async findOpen(manager: EntityManager, of: DelegationsOf): Promise<DelegationRow[]> {
    const isGiver = 'givenBy' in of;
    return manager.query<DelegationRow[]>(
      `${SELECT} WHERE ${isGiver ? 'm.person_id' : 'd.deputy_id'} = $1 AND m.organisation_id = $2
         AND ($3::text IS NULL OR d.role = $3) AND d.ended_at IS NULL ORDER BY d.id`,
      [isGiver ? of.givenBy : of.deputyId, of.organisationId, isGiver ? (of.role ?? null) : null],
    );
  }
}
