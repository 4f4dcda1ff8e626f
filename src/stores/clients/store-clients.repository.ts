import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { PublicKeyDto } from './store-client.dto.js';

export interface StoreClientRow {
  readonly id: string;
  readonly storeId: string;
  readonly name: string;
  readonly kid: string;
  readonly jwk: Pick<PublicKeyDto, 'kty' | 'crv' | 'x' | 'y'>;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

const COLUMNS = `id, store_id AS "storeId", name, kid, public_jwk AS jwk, created_at AS "createdAt", ended_at AS "endedAt"`;

@Injectable()
export class StoreClientsRepository {
  async insert(tx: Tx, row: Omit<StoreClientRow, 'endedAt'>, auditEventId: string): Promise<void> {
    await tx.query(
      `INSERT INTO store_client (id, store_id, name, kid, public_jwk, created_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [row.id, row.storeId, row.name, row.kid, row.jwk, row.createdAt, auditEventId],
    );
  }

  /** The event that added it stays in its row. */
  async end(tx: Tx, id: string, endedAt: Date, endedEventId: string): Promise<void> {
    await tx.query('UPDATE store_client SET ended_at = $2, ended_event_id = $3 WHERE id = $1', [
      id,
      endedAt,
      endedEventId,
    ]);
  }

  async countLive(tx: Tx, storeId: string): Promise<number> {
    const [row] = await tx.query<{ live: number }[]>(
      'SELECT count(*)::int AS live FROM store_client WHERE store_id = $1 AND ended_at IS NULL',
      [storeId],
    );
    return row?.live ?? 0;
  }

  async find(manager: EntityManager, id: string): Promise<StoreClientRow | undefined> {
    const [row] = await manager.query<StoreClientRow[]>(
      `SELECT ${COLUMNS} FROM store_client WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** Newest first. @param after the id before the page. */
  async list(
    manager: EntityManager,
    storeId: string,
    after: string | null,
    limit: number,
  ): Promise<StoreClientRow[]> {
    return manager.query<StoreClientRow[]>(
      `SELECT ${COLUMNS} FROM store_client
       WHERE store_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [storeId, after, limit],
    );
  }
}
