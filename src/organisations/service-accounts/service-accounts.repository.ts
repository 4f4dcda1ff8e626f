import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { ServiceRole, ServiceStatus } from './service-account.rules.js';

export interface ServiceAccountRow {
  readonly id: string;
  readonly organisationId: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly name: string;
  readonly accountableId: string;
  readonly roles: readonly ServiceRole[];
  readonly status: ServiceStatus;
  readonly createdAt: Date;
}

/** Which active programs something stops. */
export type ServicesOf =
  | { readonly organisationId: string }
  | { readonly accountableId: string }
  | {
      readonly accountableId: string;
      readonly organisationId: string;
      /** Only those that act in it. */
      readonly role?: string;
    };

const SELECT = `
  SELECT id, organisation_id AS "organisationId", issuer, client_id AS "clientId", name,
    accountable_id AS "accountableId", roles, status, created_at AS "createdAt"
  FROM service_account`;

@Injectable()
export class ServiceAccountsRepository {
  /** @returns false when the client is registered already. */
  async insert(tx: Tx, row: ServiceAccountRow, auditEventId: string): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO service_account (id, organisation_id, issuer, client_id, name, accountable_id, roles, status,
         created_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
      [
        ...[row.id, row.organisationId, row.issuer, row.clientId, row.name, row.accountableId],
        ...[row.roles, row.status, row.createdAt, auditEventId],
      ],
    );
    return inserted.length === 1;
  }

  async find(manager: EntityManager, id: string): Promise<ServiceAccountRow | undefined> {
    const [row] = await manager.query<ServiceAccountRow[]>(`${SELECT} WHERE id = $1`, [id]);
    return row;
  }

  async lock(tx: Tx, id: string): Promise<ServiceAccountRow | undefined> {
    const [row] = await tx.query<ServiceAccountRow[]>(`${SELECT} WHERE id = $1 FOR UPDATE`, [id]);
    return row;
  }

  async lockActive(tx: Tx, of: ServicesOf): Promise<ServiceAccountRow[]> {
    const { organisationId, accountableId, role } = { role: undefined, ...of } as Partial<
      Record<'organisationId' | 'accountableId' | 'role', string>
    >;
    return tx.query<ServiceAccountRow[]>(
      `${SELECT} WHERE status = 'active' AND ($1::uuid IS NULL OR organisation_id = $1)
         AND ($2::uuid IS NULL OR accountable_id = $2) AND ($3::text IS NULL OR $3 = ANY (roles))
       ORDER BY id FOR UPDATE`,
      [organisationId ?? null, accountableId ?? null, role ?? null],
    );
  }

  async update(
    tx: Tx,
    id: string,
    change: {
      readonly status: ServiceStatus;
      readonly accountableId: string;
      readonly auditEventId: string;
    },
  ): Promise<void> {
    await tx.query(
      'UPDATE service_account SET status = $2, accountable_id = $3, audit_event_id = $4 WHERE id = $1',
      [id, change.status, change.accountableId, change.auditEventId],
    );
  }

  /** Tells every node to look at what is being read: a program that is stopped reads no further. */
  async notifyReaders(tx: Tx): Promise<void> {
    await tx.query('NOTIFY concordat_grants');
  }

  /** Of an active person in an active organisation: the roles they hold today, themselves. */
  async ownRolesOf(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    today: string,
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ role: string }[]>(
      `SELECT DISTINCT role FROM live_role($3)
       WHERE person_id = $1 AND organisation_id = $2 AND delegation_id IS NULL`,
      [personId, organisationId, today],
    );
    return rows.map(({ role }) => role);
  }

  /** What somebody answers for in an organisation. */
  async listOf(
    manager: EntityManager,
    accountableId: string,
    organisationId: string,
    limit: number,
  ): Promise<ServiceAccountRow[]> {
    return manager.query<ServiceAccountRow[]>(
      `${SELECT} WHERE accountable_id = $1 AND organisation_id = $2 AND status <> 'ended' ORDER BY id LIMIT $3`,
      [accountableId, organisationId, limit],
    );
  }

  /** Newest first. */
  async list(
    manager: EntityManager,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<ServiceAccountRow[]> {
    return manager.query<ServiceAccountRow[]>(
      `${SELECT} WHERE organisation_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [organisationId, after, limit],
    );
  }
}
