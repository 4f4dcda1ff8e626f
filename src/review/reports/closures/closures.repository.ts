import { DISCLOSURES } from '../disclosure-types.js';
import {
  datasetOf,
  organisationOf,
  pseudonymOf,
  referenceOf,
  versionOf,
  type NamedDataset,
  type NamedOrganisation,
  type NamedReference,
  type NamedVersion,
} from '../names.js';
import type { Reader } from '../reports.service.js';
import { Params, type Statement } from '../statement.js';

/** What a closure that is not at its end waits for: a certificate, a late one, or somebody to verify it. */
export const OPEN_CLOSURE_STATES = ['due', 'overdue', 'attested'] as const;
export type OpenClosureState = (typeof OPEN_CLOSURE_STATES)[number];

export interface ClosurePosition {
  readonly dueAt: string;
  readonly id: string;
  readonly [key: string]: string;
}

/** Null is no filter. */
export interface ClosureQuestion {
  readonly state: OpenClosureState | null;
  /** Who owes the certificate. */
  readonly organisationId: string | null;
  readonly agreementId: string | null;
  readonly projectId: string | null;
  readonly now: Date;
}

/** Data that somebody still has, for all that is known. */
export interface OpenClosureRow {
  readonly id: string;
  readonly state: OpenClosureState;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly organisation: NamedOrganisation;
  readonly provider: NamedOrganisation;
  readonly project: NamedReference;
  readonly agreement: NamedVersion;
  /** What the agreement asks for: `destroy`, `return` or `archive`. */
  readonly disposal: string | null;
  readonly datasets: readonly NamedDataset[];
  readonly isFetched: boolean;
  readonly certificateHash: string | null;
  readonly attestedAt: Date | null;
  readonly attestedBy: string | null;
}

// Past its day it is overdue, written or not: dates act by comparison (R3.25).
const STATES: Readonly<Record<OpenClosureState, (now: string) => string>> = {
  due: (now) => `c.status = 'due' AND c.due_at > ${now}`,
  overdue: (now) => `(c.status = 'overdue' OR c.status = 'due' AND c.due_at <= ${now})`,
  attested: () => `c.status = 'attested'`,
};

const OF_USE = `g.project_id = c.project_id AND g.agreement_id = c.agreement_id
  AND g.organisation_id = c.organisation_id AND g.provider_id = c.provider_id`;

/** What has waited longest first. */
export function closuresStatement(
  { state, organisationId, agreementId, projectId, now }: ClosureQuestion,
  { sees }: Reader,
  { after, limit }: { readonly after: ClosurePosition | null; readonly limit: number },
): Statement {
  const params = new Params();
  const instant = `${params.bind(now.toISOString())}::timestamptz`;
  const where = params.where([
    [`c.status IN ('due', 'overdue', 'attested')`],
    state && [STATES[state](instant)],
    ['c.organisation_id = ?', organisationId],
    ['c.agreement_id = ?', agreementId],
    ['c.project_id = ?', projectId],
    ['(c.organisation_id = ANY(?::uuid[]) OR c.provider_id = ANY(?::uuid[]))', sees],
    after && [
      `(c.due_at, c.id) > (${params.bind(after.dueAt)}::timestamptz, ${params.bind(after.id)}::uuid)`,
    ],
  ]);
  const sql = `
    SELECT c.id, CASE WHEN ${STATES.overdue(instant)} THEN 'overdue' ELSE c.status END AS state,
      c.opened_at AS "openedAt", c.due_at AS "dueAt", ${organisationOf('o')} AS organisation,
      ${organisationOf('q')} AS provider, ${referenceOf('j')} AS project, ${versionOf('a', 'v')} AS agreement,
      v.terms ->> 'disposal' AS disposal, d.datasets,
      EXISTS (SELECT FROM grants g JOIN audit_event e ON e.grant_id = g.id AND e.type IN ${DISCLOSURES}
        WHERE ${OF_USE}) AS "isFetched",
      c.certificate_hash AS "certificateHash", c.attested_at AS "attestedAt", ${pseudonymOf('p')} AS "attestedBy"
    FROM (SELECT c.* FROM closure c ${where} ORDER BY c.due_at, c.id LIMIT ${params.bind(limit)}) c
      JOIN organisation o ON o.id = c.organisation_id
      JOIN organisation q ON q.id = c.provider_id
      JOIN project j ON j.id = c.project_id
      JOIN agreement a ON a.id = c.agreement_id
      JOIN LATERAL (SELECT v.* FROM agreement_version v WHERE v.agreement_id = c.agreement_id AND v.version =
        (SELECT max(g.agreement_version) FROM grants g WHERE ${OF_USE})) v ON true
      CROSS JOIN LATERAL (SELECT jsonb_agg(${datasetOf('d')} ORDER BY d.title, d.id) AS datasets FROM dataset d
        WHERE d.id IN (SELECT g.dataset_id FROM grants g WHERE ${OF_USE})) d
      LEFT JOIN person p ON p.id = c.attested_by
    ORDER BY c.due_at, c.id`;
  return { sql, params: params.values };
}
