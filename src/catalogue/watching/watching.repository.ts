import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { WatchedFeed } from '../dataset.view.js';
import type { ManifestEntry } from '../sealing/sealing.types.js';

/** One look at a feed's prefix. */
export interface Watch {
  readonly id: string;
  readonly datasetId: string;
  readonly storeId: string;
  readonly prefix: string;
}

/** A part of the listing that is complete: every object after `after` and up to `upTo` is in it. */
export interface ListedPart {
  readonly entries: readonly ManifestEntry[];
  /** The last name of the part before, the empty string for the first. */
  readonly after: string;
  /** Null: to the end. */
  readonly upTo: string | null;
}

/** Which feeds are to be looked at, and what was seen of them (grants-and-delivery section 7). */
@Injectable()
export class WatchingRepository {
  /** A published feed is watched from the next look on. */
  async enrol(manager: EntityManager, now: Date): Promise<void> {
    await manager.query(
      `INSERT INTO feed (dataset_id, watch_due_at)
       SELECT d.id, $1 FROM dataset d WHERE d.kind = 'feed' AND d.status = 'published' AND d.store_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM feed f WHERE f.dataset_id = d.id)
       ON CONFLICT DO NOTHING`,
      [now],
    );
  }

  /**
   * Gives one due feed to this look. Two workers never get the same one.
   * @param retryAt when another may take it over, unless this one ends or postpones that.
   */
  async claim(tx: Tx, watchId: string, now: Date, retryAt: Date): Promise<Watch | undefined> {
    const [watch] = await tx.query<Watch[]>(
      `SELECT $2::text AS id, d.id AS "datasetId", d.store_id AS "storeId", d.prefix
       FROM feed f JOIN dataset d ON d.id = f.dataset_id AND d.status = 'published'
         JOIN partner_store s ON s.id = d.store_id AND s.status = 'ready'
       WHERE f.watch_due_at <= $1 ORDER BY f.watch_due_at LIMIT 1 FOR UPDATE OF f SKIP LOCKED`,
      [now, watchId],
    );
    if (watch) {
      await tx.query('UPDATE feed SET watch_claim = $2, watch_due_at = $3 WHERE dataset_id = $1', [
        watch.datasetId,
        watchId,
        retryAt,
      ]);
    }
    return watch;
  }

  /** Keeps the claim, and the row's lock until COMMIT. @returns the last number given; undefined when the claim is lost. */
  async hold(tx: Tx, { id, datasetId }: Watch, retryAt: Date): Promise<bigint | undefined> {
    const [rows] = await tx.query<[{ lastNumber: string }[], number]>(
      `UPDATE feed SET watch_due_at = $3 WHERE dataset_id = $1 AND watch_claim = $2
       RETURNING last_number AS "lastNumber"`,
      [datasetId, id, retryAt],
    );
    return rows[0] && BigInt(rows[0].lastNumber);
  }

  /**
   * Numbers what is new or changed in a part of the listing, oldest first, then what is gone from it.
   * @param lastNumber as `hold` gave it.
   * @returns how many numbers were given.
   */
  async note(
    tx: Tx,
    { datasetId }: Watch,
    { entries, after, upTo }: ListedPart,
    lastNumber: bigint,
    now: Date,
  ): Promise<number> {
    const [rows] = await tx.query<[{ given: number }[], number]>(
      `WITH listed AS (
         SELECT * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[]) l (name, size, etag, last_modified)),
       known AS (
         SELECT o.name, e.size, e.etag, e.last_modified FROM feed_object o
           JOIN feed_entry e ON e.dataset_id = o.dataset_id AND e.number = o.number
         WHERE o.dataset_id = $1 AND o.name > $6 AND ($7::text IS NULL OR o.name <= $7)),
       changes AS (
         SELECT 'available' AS change, l.* FROM listed l
         WHERE NOT EXISTS (SELECT FROM known k WHERE k.name = l.name COLLATE "C" AND k.etag = l.etag)
         UNION ALL
         SELECT 'withdrawn', k.* FROM known k WHERE NOT EXISTS (SELECT FROM listed l WHERE l.name COLLATE "C" = k.name)),
       numbered AS (
         SELECT $8::bigint + row_number() OVER (ORDER BY change, last_modified, name COLLATE "C") AS number, * FROM changes),
       entered AS (
         INSERT INTO feed_entry (dataset_id, number, change, name, size, etag, last_modified, noticed_at)
         SELECT $1, number, change, name, size, etag, last_modified, $9 FROM numbered),
       arrived AS (
         INSERT INTO feed_object (dataset_id, name, number)
         SELECT $1, name, number FROM numbered WHERE change = 'available'
         ON CONFLICT (dataset_id, name) DO UPDATE SET number = excluded.number),
       gone AS (
         DELETE FROM feed_object o USING numbered n
         WHERE n.change = 'withdrawn' AND o.dataset_id = $1 AND o.name = n.name COLLATE "C"),
       counted AS (SELECT count(*)::int AS given FROM numbered)
       UPDATE feed SET last_number = last_number + counted.given FROM counted WHERE dataset_id = $1
       RETURNING counted.given`,
      [
        datasetId,
        entries.map(({ name }) => name),
        entries.map(({ size }) => size),
        entries.map(({ etag }) => etag),
        entries.map(({ lastModified }) => lastModified),
        after,
        upTo,
        String(lastNumber),
        now,
      ],
    );
    return rows[0]?.given ?? 0;
  }

  /** The whole prefix was looked at. */
  async finish(tx: Tx, { id, datasetId }: Watch, now: Date, dueAt: Date): Promise<void> {
    await tx.query(
      `UPDATE feed SET watched_at = $3, watch_due_at = $4, watch_claim = NULL, watch_fault = NULL
       WHERE dataset_id = $1 AND watch_claim = $2`,
      [datasetId, id, now, dueAt],
    );
  }

  async postpone(
    manager: EntityManager,
    { id, datasetId }: Watch,
    dueAt: Date,
    fault: string | null,
  ): Promise<void> {
    await manager.query(
      `UPDATE feed SET watch_due_at = $3, watch_claim = NULL, watch_fault = $4
       WHERE dataset_id = $1 AND watch_claim = $2`,
      [datasetId, id, dueAt, fault],
    );
  }

  /** After a time in which nobody looked, what came in it is not new: a grant waits for the next look. */
  async forget(tx: Tx, datasetId: string, now: Date): Promise<void> {
    await tx.query('UPDATE feed SET watched_at = NULL, watch_due_at = $2 WHERE dataset_id = $1', [
      datasetId,
      now,
    ]);
  }

  /** @returns null for what is no feed, or was never looked at. */
  async status(manager: EntityManager, datasetId: string): Promise<WatchedFeed | null> {
    const [row] = await manager.query<
      { lastNumber: string; watchedAt: Date | null; fault: string | null }[]
    >(
      `SELECT last_number AS "lastNumber", watched_at AS "watchedAt", watch_fault AS fault
       FROM feed WHERE dataset_id = $1`,
      [datasetId],
    );
    return row
      ? {
          lastNumber: Number(row.lastNumber),
          watchedAt: row.watchedAt?.toISOString() ?? null,
          fault: row.fault,
        }
      : null;
  }
}
