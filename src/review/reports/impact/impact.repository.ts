import type { StopType } from '../../../grants/impact/impact.rules.js';
import { organisationOf, versionOf, type NamedOrganisation, type NamedVersion } from '../names.js';
import type { Reader } from '../reports.service.js';
import { GRANT_SIGHT, Params, type Statement } from '../statement.js';

/** What stops, and which grants end with it. */
export interface Stopping {
  readonly type: StopType;
  readonly id: string;
  /** Of an agreement, and of a party in one. */
  readonly agreementId: string | null;
  readonly grantIds: readonly string[];
}

/** A party to be told, under one agreement. */
export interface ToldRow {
  readonly organisation: NamedOrganisation;
  readonly agreement: NamedVersion;
  readonly dataRole: string;
  readonly isLead: boolean;
  readonly queryContact: string | null;
  readonly breachContact: string | null;
  /** How many of the grants that end are held there, and on data from there. */
  readonly held: number;
  readonly provided: number;
  readonly noticeDays: number;
  readonly breachHours: number;
  readonly disposal: string;
  readonly disposalDays: number;
}

/** More than anybody writes to. */
export const MAX_TOLD = 500;

/** Of these grants, those that the reader may know of. */
export function seenGrantsStatement(grantIds: readonly string[], { sees }: Reader): Statement {
  const params = new Params();
  const where = params.where([
    ['g.id = ANY(?::uuid[])', grantIds],
    [GRANT_SIGHT, sees],
  ]);
  return { sql: `SELECT g.id FROM grants g ${where}`, params: params.values };
}

const ITEM_IN_FORCE = `agreement_item i JOIN agreement_version w ON w.agreement_id = i.agreement_id
  AND w.version = i.version AND w.status IN ('active', 'suspended')`;

/** Agreements that go on without what stops, or end with it, whether or not anybody holds a grant. `?` is its id. */
const AGREEMENTS_OF: Partial<Record<StopType, string>> = {
  organisation: 'SELECT y.agreement_id FROM agreement_party y WHERE y.organisation_id = ?',
  dataset: `SELECT i.agreement_id FROM ${ITEM_IN_FORCE} WHERE i.dataset_id = ?`,
  store: `SELECT i.agreement_id FROM ${ITEM_IN_FORCE} JOIN dataset x ON x.id = i.dataset_id WHERE x.store_id = ?`,
};

/** Each party once for each agreement. @returns one more than `MAX_TOLD` where there are more. */
export function toldStatement(
  { type, id, agreementId, grantIds }: Stopping,
  { sees }: Reader,
): Statement {
  const params = new Params();
  const ending = `SELECT g.agreement_id, g.organisation_id, g.provider_id FROM grants g
    WHERE g.id = ANY(${params.bind(grantIds)}::uuid[])`;
  const of = AGREEMENTS_OF[type]?.replace('?', `${params.bind(id)}::uuid`);
  const whole = agreementId === null ? of : `SELECT ${params.bind(agreementId)}::uuid`;
  const where = params.where([
    [
      `EXISTS (SELECT FROM agreement_party z WHERE z.agreement_id = a.id AND z.status IN ('active', 'suspended')
        AND z.organisation_id = ANY(?::uuid[]))`,
      sees,
    ],
  ]);
  const sql = `
    WITH ending AS (${ending}),
      concerned AS (
        SELECT agreement_id, organisation_id, 1 AS held, 0 AS provided FROM ending
        UNION ALL SELECT agreement_id, provider_id, 0, 1 FROM ending
        ${
          whole === undefined
            ? ''
            : `UNION ALL SELECT y.agreement_id, y.organisation_id, 0, 0 FROM agreement_party y
          WHERE y.agreement_id IN (${whole}) AND y.status IN ('active', 'suspended')`
        }),
      told AS (SELECT agreement_id, organisation_id, sum(held)::int AS held, sum(provided)::int AS provided
        FROM concerned GROUP BY 1, 2)
    SELECT ${organisationOf('o')} AS organisation, ${versionOf('a', 'v')} AS agreement, y.data_role AS "dataRole",
      y.is_lead AS "isLead", t.held, t.provided, coalesce(y.terms, p.terms) ->> 'queryContact' AS "queryContact",
      coalesce(y.terms, p.terms) ->> 'breachContact' AS "breachContact",
      (v.terms ->> 'noticeDays')::int AS "noticeDays", (v.terms ->> 'breachHours')::int AS "breachHours",
      v.terms ->> 'disposal' AS disposal, (v.terms ->> 'disposalDays')::int AS "disposalDays"
    FROM told t
      JOIN agreement a ON a.id = t.agreement_id
      JOIN agreement_version v ON v.agreement_id = a.id AND v.status IN ('active', 'suspended')
      JOIN agreement_party y ON y.agreement_id = a.id AND y.organisation_id = t.organisation_id
      JOIN organisation o ON o.id = t.organisation_id
      LEFT JOIN LATERAL (SELECT x AS terms FROM jsonb_array_elements(v.terms -> 'parties') x
        WHERE x ->> 'organisationId' = o.id::text LIMIT 1) p ON true
    ${where}
    ORDER BY a.reference, y.is_lead DESC, o.name, o.id LIMIT ${String(MAX_TOLD + 1)}`;
  return { sql, params: params.values };
}
