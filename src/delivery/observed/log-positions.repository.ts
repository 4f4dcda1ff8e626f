import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { LineCounts, LogClaim } from './observed.types.js';

/** How far the logs of stores have been read. */
@Injectable()
export class LogPositionsRepository {
  /** Gives one log that is due to this worker. Two never get the same one. */
  async claim(tx: Tx, claimId: string, now: Date, retryAt: Date): Promise<LogClaim | undefined> {
    const [claim] = await tx.query<LogClaim[]>(
      `SELECT $2::text AS id, l.store_id AS "storeId", l.since, l.floor_key AS "floorKey"
       FROM access_log l JOIN partner_store s ON s.id = l.store_id AND s.status <> 'retired' AND s.access_log IS NOT NULL
       WHERE l.read_due_at <= $1 ORDER BY l.read_due_at LIMIT 1 FOR UPDATE OF l SKIP LOCKED`,
      [now, claimId],
    );
    if (claim) {
      await tx.query('UPDATE access_log SET claim = $2, read_due_at = $3 WHERE store_id = $1', [
        claim.storeId,
        claimId,
        retryAt,
      ]);
    }
    return claim;
  }

  /** Keeps the claim, and the row's lock until COMMIT. @returns false when it is lost. */
  async hold(tx: Tx, { id, storeId }: LogClaim, retryAt: Date): Promise<boolean> {
    const [, held] = await tx.query<[unknown[], number]>(
      'UPDATE access_log SET read_due_at = $3 WHERE store_id = $1 AND claim = $2',
      [storeId, id, retryAt],
    );
    return held > 0;
  }

  async add(tx: Tx, storeId: string, { lines, unreadable, newestAt }: LineCounts): Promise<void> {
    await tx.query(
      `UPDATE access_log SET lines = lines + $2, unreadable_lines = unreadable_lines + $3,
         newest_line_at = greatest(newest_line_at, $4) WHERE store_id = $1`,
      [storeId, lines, unreadable, newestAt],
    );
  }

  /** @param isRead false for one that was given up. */
  async settle(tx: Tx, storeId: string, key: string, isRead: boolean): Promise<void> {
    await tx.query(
      'INSERT INTO access_log_object (store_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [storeId, key],
    );
    if (!isRead) {
      await tx.query(
        'UPDATE access_log SET unread_objects = unread_objects + 1 WHERE store_id = $1',
        [storeId],
      );
    }
  }

  /** Of these log objects, those that are settled. */
  async settled(
    manager: EntityManager,
    storeId: string,
    keys: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ key: string }[]>(
      'SELECT key FROM access_log_object WHERE store_id = $1 AND key = ANY ($2)',
      [storeId, keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** @param readAt null where log objects are left for the next time. */
  async finish(
    tx: Tx,
    { id, storeId }: LogClaim,
    end: { readonly floorKey: string; readonly readAt: Date | null; readonly dueAt: Date },
  ): Promise<void> {
    await tx.query(
      `UPDATE access_log SET floor_key = $3, read_at = coalesce($4, read_at), read_due_at = $5, claim = NULL, fault = NULL
       WHERE store_id = $1 AND claim = $2`,
      [storeId, id, end.floorKey, end.readAt, end.dueAt],
    );
    await tx.query('DELETE FROM access_log_object WHERE store_id = $1 AND key <= $2', [
      storeId,
      end.floorKey,
    ]);
  }

  async postpone(
    manager: EntityManager,
    { id, storeId }: LogClaim,
    dueAt: Date,
    fault: string | null,
  ): Promise<void> {
    await manager.query(
      `UPDATE access_log SET read_due_at = $3, claim = NULL, fault = coalesce($4, fault) WHERE store_id = $1 AND claim = $2`,
      [storeId, id, dueAt, fault],
    );
  }
}
