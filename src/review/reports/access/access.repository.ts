import type { NamedDataset, NamedOrganisation, NamedReference, NamedVersion } from '../names.js';
import {
  datasetOf,
  organisationOf,
  pseudonymOf,
  referenceOf,
  versionAt,
  versionOf,
} from '../names.js';
import { DELIVERIES, DISCLOSURES } from '../disclosure-types.js';
import { GRANT_SIGHT, Params, type Statement } from '../statement.js';
import type { Reader } from '../reports.service.js';

/** Where the next page starts, and the instant that the first was asked of. */
export interface AccessPosition {
  readonly at: string;
  readonly issuedAt: string;
  readonly id: string;
  readonly [key: string]: string;
}

export interface AccessQuestion {
  readonly datasetId: string;
  readonly at: Date;
}

/** Somebody who could reach a dataset at an instant. */
export interface AccessRow {
  readonly grantId: string;
  readonly at: Date;
  readonly pseudonym: string | null;
  readonly organisation: NamedOrganisation;
  readonly provider: NamedOrganisation;
  readonly dataset: NamedDataset;
  readonly project: NamedReference;
  readonly accessRequest: NamedReference;
  readonly agreement: NamedVersion;
  readonly delivery: string;
  readonly isEnded: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  readonly reachableUntil: Date;
  readonly deliveries: number;
  readonly bytes: string;
  readonly firstReadAt: Date | null;
  readonly lastReadAt: Date | null;
  readonly issuedUses: number;
}

// What was fetched by URL or with credentials goes on until those end, whatever happens to the grant.
const ENDS_AT = 'least(coalesce(g.ended_at, g.expires_at), g.expires_at)';
const REACHABLE_UNTIL = `${ENDS_AT} + make_interval(secs =>
  CASE WHEN g.delivery IN ('presign', 'sts') THEN g.max_revocation_seconds ELSE 0 END)`;

const READ = `LATERAL (SELECT count(*) FILTER (WHERE e.type IN ${DELIVERIES})::int AS deliveries,
    coalesce(sum(e.bytes) FILTER (WHERE e.type IN ${DELIVERIES}), 0) AS bytes,
    min(e.occurred_at) FILTER (WHERE e.type IN ${DELIVERIES}) AS first_at,
    max(e.occurred_at) FILTER (WHERE e.type IN ${DELIVERIES}) AS last_at,
    count(*) FILTER (WHERE e.type NOT IN ${DELIVERIES})::int AS issued
  FROM audit_event e WHERE e.grant_id = g.id AND e.type IN ${DISCLOSURES})`;

/** Oldest grant first. */
export function accessStatement(
  { datasetId, at }: AccessQuestion,
  { sees }: Reader,
  { after, limit }: { readonly after: AccessPosition | null; readonly limit: number },
): Statement {
  const params = new Params();
  const instant = `${params.bind(after?.at ?? at.toISOString())}::timestamptz`;
  const where = params.where([
    ['g.dataset_id = ?', datasetId],
    [`g.issued_at <= ${instant}`],
    [`${REACHABLE_UNTIL} > ${instant}`],
    [GRANT_SIGHT, sees],
    after && [
      `(g.issued_at, g.id) > (${params.bind(after.issuedAt)}::timestamptz, ${params.bind(after.id)}::uuid)`,
    ],
  ]);
  const sql = `
    SELECT g.id AS "grantId", ${instant} AS at, ${pseudonymOf('p')} AS pseudonym, ${organisationOf('o')} AS organisation,
      ${organisationOf('q')} AS provider, ${datasetOf('d')} AS dataset, ${referenceOf('j')} AS project,
      ${referenceOf('r')} AS "accessRequest", ${versionOf('a', 'v')} AS agreement, g.delivery,
      ${ENDS_AT} <= ${instant} AS "isEnded", g.issued_at AS "issuedAt", g.expires_at AS "expiresAt",
      g.ended_at AS "endedAt", g.end_reason AS "endReason", ${REACHABLE_UNTIL} AS "reachableUntil",
      read.deliveries, read.bytes, read.first_at AS "firstReadAt", read.last_at AS "lastReadAt",
      read.issued AS "issuedUses"
    FROM (SELECT g.* FROM grants g ${where} ORDER BY g.issued_at, g.id LIMIT ${params.bind(limit)}) g
      JOIN person p ON p.id = g.person_id
      JOIN organisation o ON o.id = g.organisation_id
      JOIN organisation q ON q.id = g.provider_id
      JOIN dataset d ON d.id = g.dataset_id
      JOIN project j ON j.id = g.project_id
      JOIN access_request r ON r.id = g.access_request_id
      JOIN agreement a ON a.id = g.agreement_id
      ${versionAt('g', instant)}
      CROSS JOIN ${READ} read
    ORDER BY g.issued_at, g.id`;
  return { sql, params: params.values };
}
