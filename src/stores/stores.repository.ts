import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { StoreEntity } from './store.entity.js';

export type StoreChange = Partial<Omit<StoreEntity, 'id' | 'organisationId'>> & {
  readonly auditEventId: string;
};

/** When a store is due for another probe. */
export interface ProbeDue {
  /** Stores that passed before this. */
  readonly passedBefore: Date;
  /** Ready stores that failed before this: sooner, so that an outage closes no store for a day. */
  readonly failedBefore: Date;
}

@Injectable()
export class StoresRepository {
  /** @returns false when another store of the organisation has the name. */
  async insert(tx: Tx, store: StoreEntity): Promise<boolean> {
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(StoreEntity)
      .values(store)
      .orIgnore()
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length === 1;
  }

  async update(tx: Tx, id: string, change: StoreChange): Promise<void> {
    await tx.update(StoreEntity, { id }, change);
  }

  async find(manager: EntityManager, id: string): Promise<StoreEntity | null> {
    return manager.findOneBy(StoreEntity, { id });
  }

  /** Newest first. @param after the id of the last store of the page before. */
  async list(
    manager: EntityManager,
    organisationIds: readonly string[],
    after: string | null,
    limit: number,
  ): Promise<StoreEntity[]> {
    const query = manager
      .createQueryBuilder(StoreEntity, 'store')
      .where('store.organisation_id = ANY(:organisationIds)', { organisationIds })
      .orderBy('store.id', 'DESC')
      .take(limit);
    if (after !== null) {
      query.andWhere('store.id < :after', { after });
    }
    return query.getMany();
  }

  /** How many published or frozen datasets lie in the store. */
  async countLiveDatasets(manager: EntityManager, id: string): Promise<number> {
    const [row] = await manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM dataset WHERE store_id = $1 AND status IN ('published', 'frozen')`,
      [id],
    );
    return row?.count ?? 0;
  }

  /** A prefix that the store's key can read, taken from a dataset that is not withdrawn; published ones first. */
  async findPrefix(manager: EntityManager, id: string): Promise<string | undefined> {
    const [row] = await manager.query<{ prefix: string }[]>(
      `SELECT prefix FROM dataset WHERE store_id = $1 AND status <> 'withdrawn'
       ORDER BY status = 'published' DESC, id LIMIT 1`,
      [id],
    );
    return row?.prefix;
  }

  async findProbeDue(
    manager: EntityManager,
    { passedBefore, failedBefore }: ProbeDue,
    limit: number,
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM partner_store WHERE status = 'ready'
         AND (probed_at IS NULL OR probed_at < CASE WHEN probe_passed THEN $1 ELSE $2 END::timestamptz)
       ORDER BY probed_at NULLS FIRST LIMIT $3`,
      [passedBefore, failedBefore, limit],
    );
    return rows.map(({ id }) => id);
  }
}
