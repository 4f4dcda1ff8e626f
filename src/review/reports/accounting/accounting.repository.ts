import { NOBODY, SEED_BYTES } from '../../../audit/event-preparation.js';
import { DELIVERIES } from '../disclosure-types.js';
import {
  datasetOf,
  organisationOf,
  versionOf,
  type NamedDataset,
  type NamedOrganisation,
  type NamedVersion,
} from '../names.js';
import type { Reader } from '../reports.service.js';
import { GRANT_SIGHT, Params, type Statement } from '../statement.js';

export interface AccountingQuestion {
  /** Whose data. */
  readonly organisationId: string;
  readonly from: string;
  /** Not included. */
  readonly to: string;
}

/** What one recipient was given of one dataset under one version. */
export interface AccountingRow {
  readonly recipient: NamedOrganisation;
  readonly dataset: NamedDataset;
  readonly agreement: NamedVersion;
  readonly people: number;
  readonly deliveries: number;
  /** Distinct objects whose names are kept. */
  readonly objects: number;
  readonly bytes: string;
  readonly feedPages: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** More groups than anybody reads at once: a shorter span has fewer. */
export const MAX_GROUPS = 1000;

// From when to when each version was in force: an amendment moves the grants on as it starts (R3.1).
const SPANS = `
  SELECT v.agreement_id, v.version, v.title, v.version_hash,
    CASE WHEN lag(v.version) OVER by_version IS NULL THEN '-infinity' ELSE v.activated_at END AS since,
    coalesce(lead(v.activated_at) OVER by_version, 'infinity') AS until
  FROM agreement_version v
  WHERE v.agreement_id IN (SELECT agreement_id FROM of_owner) AND (v.activated_at IS NOT NULL OR v.version = 1)
  WINDOW by_version AS (PARTITION BY v.agreement_id ORDER BY v.version)`;

// The name as it is written in the payload, still as JSON: what it says does not matter, only which it is.
const OBJECT_NAME = `substring(convert_from(substr(y.body, ${String(SEED_BYTES + 1)}), 'UTF8')
  from '\\["objectId",("(?:[^"\\\\]|\\\\.)*")\\]')`;

/** Who was given most comes first. @returns one group more than `MAX_GROUPS` where there are more. */
export function accountingStatement(
  { organisationId, from, to }: AccountingQuestion,
  { sees }: Reader,
): Statement {
  const params = new Params();
  const where = params.where([
    ['g.provider_id = ?', organisationId],
    [GRANT_SIGHT, sees],
  ]);
  const since = `${params.bind(from)}::timestamptz`;
  const until = `${params.bind(to)}::timestamptz`;
  const sql = `
    WITH of_owner AS (SELECT g.id, g.person_id, g.organisation_id, g.dataset_id, g.agreement_id FROM grants g ${where}),
      spans AS (${SPANS}),
      sums AS (
        SELECT g.organisation_id, g.dataset_id, g.agreement_id, s.version, s.title, s.version_hash,
          count(DISTINCT g.person_id)::int AS people,
          count(*) FILTER (WHERE e.type <> 'feed.delivered')::int AS deliveries,
          count(DISTINCT (g.dataset_id, ${OBJECT_NAME})) FILTER (WHERE ${OBJECT_NAME} IS NOT NULL)::int AS objects,
          coalesce(sum(e.bytes), 0) AS bytes, count(*) FILTER (WHERE e.type = 'feed.delivered')::int AS feed_pages,
          min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at
        FROM of_owner g
          JOIN audit_event e ON e.grant_id = g.id AND e.type IN ${DELIVERIES} AND e.occurred_at >= ${since}
            AND e.occurred_at < ${until}
          JOIN spans s ON s.agreement_id = g.agreement_id AND e.occurred_at >= s.since AND e.occurred_at < s.until
          LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '${NOBODY}'
        GROUP BY 1, 2, 3, 4, 5, 6)
    SELECT ${organisationOf('o')} AS recipient, ${datasetOf('d')} AS dataset,
      ${versionOf('a', 't')} AS agreement, t.people, t.deliveries, t.objects, t.bytes, t.feed_pages AS "feedPages",
      t.first_at AS "firstAt", t.last_at AS "lastAt"
    FROM sums t
      JOIN organisation o ON o.id = t.organisation_id
      JOIN dataset d ON d.id = t.dataset_id
      JOIN agreement a ON a.id = t.agreement_id
    ORDER BY t.bytes DESC, t.deliveries DESC, o.id, d.id, a.id, t.version LIMIT ${String(MAX_GROUPS + 1)}`;
  return { sql, params: params.values };
}
