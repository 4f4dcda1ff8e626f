import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import { DELIVERIES } from '../reports/disclosure-types.js';

export interface DashboardCounts {
  readonly openAlerts: number;
  readonly refusals: number;
  readonly overdueReviews: number;
  readonly lapsesSoon: number;
  readonly overdueClosures: number;
  readonly unexplainedReads: number;
}

export interface DayRow {
  readonly day: string;
  readonly value: number;
}

/** Ids are null of what stands together. */
export interface FlowRow {
  readonly ownerId: string | null;
  readonly owner: string;
  readonly datasetId: string | null;
  readonly dataset: string;
  readonly recipientId: string | null;
  readonly recipient: string;
  readonly downloads: number;
}

export interface VolumeRow {
  readonly recipientId: string | null;
  readonly recipient: string;
  /** Bytes. */
  readonly bytes: number;
}

/** The largest by name; the rest stand together, so that what is summed up is all of it. */
const PATHS = 20;
const RECIPIENTS = 20;

const COUNTS = `SELECT
  (SELECT count(*)::int FROM audit_alert l WHERE l.status = 'open'
    AND ($1::uuid[] IS NULL OR l.organisation_ids && $1)) AS "openAlerts",
  (SELECT count(*)::int FROM audit_event e WHERE e.outcome <> 'success' AND e.occurred_at >= $2
    AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)) AS refusals,
  (SELECT count(*)::int FROM agreement_version v WHERE v.status = 'active'
    AND coalesce(v.next_review_on, v.terms ->> 'reviewOn') <= $3
    AND ($1::uuid[] IS NULL OR EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = v.agreement_id
      AND p.organisation_id = ANY($1)))) AS "overdueReviews",
  (SELECT count(*)::int FROM grants g WHERE g.status IN ('issued', 'active') AND g.expires_at > $4 AND g.expires_at <= $5
    AND ($1::uuid[] IS NULL OR g.organisation_id = ANY($1) OR g.provider_id = ANY($1))) AS "lapsesSoon",
  (SELECT count(*)::int FROM closure c WHERE c.status IN ('due', 'overdue') AND c.due_at <= $4
    AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1) OR c.provider_id = ANY($1))) AS "overdueClosures",
  (SELECT count(*)::int FROM audit_event e WHERE e.type = 'object.read-unmatched' AND e.occurred_at >= $2
    AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)) AS "unexplainedReads"`;

const DAYS = `SELECT to_char(e.occurred_at AT TIME ZONE 'Europe/London', 'YYYY-MM-DD') AS day, count(*)::int AS value
  FROM audit_event e WHERE e.occurred_at >= $2 AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)
  GROUP BY 1 ORDER BY 1`;

/** Of what is not among the largest `limit`: one name for all of them, and no id. */
const named = (column: string, limit: number): string =>
  `CASE WHEN place <= ${String(limit)} THEN ${column} ELSE 'All others' END`;
const known = (column: string, limit: number): string =>
  `CASE WHEN place <= ${String(limit)} THEN ${column} END`;

const FLOW = `WITH path AS (
  SELECT g.provider_id, o.name AS owner, g.dataset_id, d.title, g.organisation_id, r.name AS recipient,
    count(*) AS downloads, row_number() OVER (ORDER BY count(*) DESC, g.provider_id, g.dataset_id, g.organisation_id) AS place
  FROM audit_event e JOIN grants g ON g.id = e.grant_id JOIN organisation o ON o.id = g.provider_id
    JOIN dataset d ON d.id = g.dataset_id JOIN organisation r ON r.id = g.organisation_id
  WHERE e.type IN ${DELIVERIES} AND e.occurred_at >= $2 AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)
  GROUP BY 1, 2, 3, 4, 5, 6)
  SELECT ${known('provider_id', PATHS)} AS "ownerId", ${named('owner', PATHS)} AS owner,
    ${known('dataset_id', PATHS)} AS "datasetId", ${named('title', PATHS)} AS dataset,
    ${known('organisation_id', PATHS)} AS "recipientId", ${named('recipient', PATHS)} AS recipient,
    sum(downloads)::int AS downloads
  FROM path GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY min(place)`;

const VOLUME = `WITH volume AS (
  SELECT g.organisation_id, r.name AS recipient, coalesce(sum(e.bytes), 0) AS bytes,
    row_number() OVER (ORDER BY coalesce(sum(e.bytes), 0) DESC, g.organisation_id) AS place
  FROM audit_event e JOIN grants g ON g.id = e.grant_id JOIN organisation r ON r.id = g.organisation_id
  WHERE e.type IN ${DELIVERIES} AND e.occurred_at >= $2 AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)
  GROUP BY 1, 2)
  SELECT ${known('organisation_id', RECIPIENTS)} AS "recipientId", ${named('recipient', RECIPIENTS)} AS recipient,
    sum(bytes)::float8 AS bytes
  FROM volume GROUP BY 1, 2 ORDER BY min(place)`;

/** What the officer's first page counts, across the slices' tables. `sees`: whose facts; null: everybody's (R5.8). */
@Injectable()
export class DashboardRepository {
  // eslint-disable-next-line max-params -- the two ends of two spans of time
  async counts(
    tx: Tx,
    sees: readonly string[] | null,
    since: Date,
    today: string,
    now: Date,
    soon: Date,
  ): Promise<DashboardCounts> {
    const [row] = await tx.query<DashboardCounts[]>(COUNTS, [sees, since, today, now, soon]);
    if (!row) {
      throw new Error('A count without a row');
    }
    return row;
  }

  days(tx: Tx, sees: readonly string[] | null, since: Date): Promise<DayRow[]> {
    return tx.query<DayRow[]>(DAYS, [sees, since]);
  }

  flow(tx: Tx, sees: readonly string[] | null, since: Date): Promise<FlowRow[]> {
    return tx.query<FlowRow[]>(FLOW, [sees, since]);
  }

  volume(tx: Tx, sees: readonly string[] | null, since: Date): Promise<VolumeRow[]> {
    return tx.query<VolumeRow[]>(VOLUME, [sees, since]);
  }
}
