import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import type { ProbeCheck } from '../platform/object-store/probe-check.js';

export interface KeptProbe {
  readonly id: string;
  readonly ranAt: Date;
  readonly passed: boolean;
  readonly checks: readonly ProbeCheck[];
}

/** About a quarter of a year, at one a night. */
const KEPT = 100;

@Injectable()
export class StoreProbesRepository {
  /** Keeps a result, and of a store's the newest hundred. */
  async keep(tx: Tx, storeId: string, { id, ranAt, passed, checks }: KeptProbe): Promise<void> {
    await tx.query(
      'INSERT INTO store_probe (id, store_id, ran_at, passed, checks) VALUES ($1, $2, $3, $4, $5)',
      [id, storeId, ranAt, passed, JSON.stringify(checks)],
    );
    await tx.query(
      `DELETE FROM store_probe WHERE store_id = $1 AND id <= (
         SELECT id FROM store_probe WHERE store_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
      [storeId, KEPT],
    );
  }

  /** Newest first. @param after the id before the page. */
  async list(
    manager: EntityManager,
    storeId: string,
    after: string | null,
    limit: number,
  ): Promise<KeptProbe[]> {
    return manager.query<KeptProbe[]>(
      `SELECT id, ran_at AS "ranAt", passed, checks FROM store_probe
       WHERE store_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [storeId, after, limit],
    );
  }
}
