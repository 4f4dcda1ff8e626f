import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';

/** How far a store's access log has been read, and what was found. */
export interface AccessLogState {
  readonly storeId: string;
  readonly readAt: Date | null;
  readonly newestLineAt: Date | null;
  readonly lines: number;
  readonly unreadableLines: number;
  readonly unreadObjects: number;
  readonly unmatchedReads: number;
  readonly lastUnmatchedAt: Date | null;
  readonly fault: string | null;
}

@Injectable()
export class AccessLogsRepository {
  /** The log is read from `since` on, to the second as logs are written, from the beginning of what the place lists. */
  async begin(tx: Tx, storeId: string, since: Date): Promise<void> {
    await tx.query(
      `INSERT INTO access_log (store_id, since, read_due_at) VALUES ($1, date_trunc('second', $2::timestamptz), $2)
       ON CONFLICT (store_id) DO UPDATE SET since = excluded.since, read_due_at = $2, claim = NULL, floor_key = '', read_at = NULL,
         fault = NULL`,
      [storeId, since],
    );
    await tx.query('DELETE FROM access_log_object WHERE store_id = $1', [storeId]);
  }

  /** It is read no more; what was found stays. */
  async end(tx: Tx, storeId: string): Promise<void> {
    await tx.query(
      `UPDATE access_log SET read_due_at = 'infinity', claim = NULL WHERE store_id = $1`,
      [storeId],
    );
  }

  async states(
    manager: EntityManager,
    storeIds: readonly string[],
  ): Promise<ReadonlyMap<string, AccessLogState>> {
    const rows = await manager.query<AccessLogState[]>(
      `SELECT l.store_id AS "storeId", l.read_at AS "readAt", l.newest_line_at AS "newestLineAt", l.lines::float8 AS lines,
         l.unreadable_lines::float8 AS "unreadableLines", l.unread_objects::float8 AS "unreadObjects", l.fault,
         u.reads::float8 AS "unmatchedReads", u.last AS "lastUnmatchedAt"
       FROM access_log l, LATERAL (
         SELECT count(*) AS reads, max(r.read_at) AS last FROM observed_read r
         WHERE r.store_id = l.store_id AND r.verdict = 'unmatched') u
       WHERE l.store_id = ANY ($1::uuid[])`,
      [storeIds],
    );
    return new Map(rows.map((row) => [row.storeId, row]));
  }

  async prefixesOf(manager: EntityManager, storeId: string): Promise<readonly string[]> {
    const rows = await manager.query<{ prefix: string }[]>(
      'SELECT prefix FROM dataset WHERE store_id = $1',
      [storeId],
    );
    return rows.map(({ prefix }) => prefix);
  }
}
