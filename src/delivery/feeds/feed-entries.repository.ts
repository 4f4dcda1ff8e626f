import { Injectable } from '@nestjs/common';
import { rfc3339 } from '../../platform/database/rfc3339.js';
import { Database } from '../../platform/database/database.js';
import type { DeliveryGrant, ManifestEntry } from '../delivery.types.js';

type FeedGrant = Pick<DeliveryGrant, 'datasetId' | 'feedAfter'>;

/** What lies in a feed now, with the number of its arrival. */
export interface FeedObject extends ManifestEntry {
  readonly number: number;
}

/** One thing that happened in a feed. */
export interface FeedEntry {
  readonly number: number;
  readonly change: 'available' | 'withdrawn';
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  /** RFC 3339. */
  readonly lastModified: string;
  readonly noticedAt: string;
  /** False for what went away that had been there before the grant began: its name is not the grant's to know. */
  readonly isVisible: boolean;
}

/** From where one follower of a feed wants to go on. */
export interface FeedPosition extends FeedGrant {
  readonly id: string;
  readonly after: number;
}

type Row<T> = Omit<T, 'number' | 'size'> & { readonly number: string; readonly size: string };

const OBJECT = `e.number, e.name, e.size, e.etag, ${rfc3339('e.last_modified')} AS "lastModified", NULL AS "versionId", NULL AS sha256`;

/** The numbered entries of feeds, as grants may see them. They never change: reads need no transaction. */
@Injectable()
export class FeedEntriesRepository {
  constructor(private readonly database: Database) {}

  async find({ datasetId, feedAfter }: FeedGrant, name: string): Promise<FeedObject | undefined> {
    const [row] = await this.database.manager.query<Row<FeedObject>[]>(
      `SELECT ${OBJECT} FROM feed_object o
         JOIN feed_entry e ON e.dataset_id = o.dataset_id AND e.number = o.number
       WHERE o.dataset_id = $1 AND o.name = $2 AND o.number > $3`,
      [datasetId, name, feedAfter],
    );
    return row && withNumbers(row);
  }

  /** What is there now, in the order of its arrival. @param after the number before the page. */
  async objects(
    { datasetId }: FeedGrant,
    after: number,
    limit: number,
  ): Promise<readonly FeedObject[]> {
    const rows = await this.database.manager.query<Row<FeedObject>[]>(
      `SELECT ${OBJECT} FROM feed_object o
         JOIN feed_entry e ON e.dataset_id = o.dataset_id AND e.number = o.number
       WHERE o.dataset_id = $1 AND o.number > $2 ORDER BY o.number LIMIT $3`,
      [datasetId, after, limit],
    );
    return rows.map(withNumbers);
  }

  /** The entries after each position, at most `limit` for each, in one SELECT for any number of followers. */
  async after(
    positions: readonly FeedPosition[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly FeedEntry[]>> {
    const rows = await this.database.manager.query<(Row<FeedEntry> & { readonly id: string })[]>(
      `SELECT p.id, e.number, e.change, e.name, e.size, e.etag, ${rfc3339('e.last_modified')} AS "lastModified",
         ${rfc3339('e.noticed_at')} AS "noticedAt", (e.change = 'available' OR EXISTS (
           SELECT FROM feed_entry a WHERE a.dataset_id = e.dataset_id AND a.name = e.name AND a.number < e.number
             AND a.number > p.feed_after)) AS "isVisible"
       FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[]) p (id, dataset_id, feed_after, after)
         CROSS JOIN LATERAL (SELECT * FROM feed_entry e
           WHERE e.dataset_id = p.dataset_id AND e.number > p.after ORDER BY e.number LIMIT $5) e
       ORDER BY p.id, e.number`,
      [
        positions.map(({ id }) => id),
        positions.map(({ datasetId }) => datasetId),
        positions.map(({ feedAfter }) => feedAfter),
        positions.map(({ after }) => after),
        limit,
      ],
    );
    return Map.groupBy(rows.map(withNumbers), ({ id }) => id);
  }
}

// bigint comes as text; a feed does not get to 2^53 entries.
function withNumbers<T extends { readonly number: string; readonly size: string }>(row: T) {
  return { ...row, number: Number(row.number), size: Number(row.size) };
}
