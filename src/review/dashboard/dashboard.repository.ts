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

export interface FlowRow {
  readonly ownerId: string;
  readonly owner: string;
  readonly datasetId: string;
  readonly dataset: string;
  readonly recipientId: string;
  readonly recipient: string;
  readonly downloads: number;
}

export interface VolumeRow {
  readonly recipientId: string;
  readonly recipient: string;
  readonly bytes: number;
}

/** The largest: the rest of them is in the accounting of disclosures. */
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

const FLOW = `SELECT g.provider_id AS "ownerId", o.name AS owner, g.dataset_id AS "datasetId", d.title AS dataset,
    g.organisation_id AS "recipientId", r.name AS recipient, count(*)::int AS downloads
  FROM audit_event e JOIN grants g ON g.id = e.grant_id JOIN organisation o ON o.id = g.provider_id
    JOIN dataset d ON d.id = g.dataset_id JOIN organisation r ON r.id = g.organisation_id
  WHERE e.type IN ${DELIVERIES} AND e.occurred_at >= $2 AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)
  GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY downloads DESC, g.provider_id, g.dataset_id, g.organisation_id
  LIMIT ${String(PATHS)}`;

const VOLUME = `SELECT g.organisation_id AS "recipientId", r.name AS recipient,
    coalesce(sum(e.bytes), 0)::float8 AS bytes
  FROM audit_event e JOIN grants g ON g.id = e.grant_id JOIN organisation r ON r.id = g.organisation_id
  WHERE e.type IN ${DELIVERIES} AND e.occurred_at >= $2 AND ($1::uuid[] IS NULL OR e.organisation_ids && $1)
  GROUP BY 1, 2 ORDER BY bytes DESC, g.organisation_id LIMIT ${String(RECIPIENTS)}`;

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
