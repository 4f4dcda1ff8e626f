import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';

/** The console's first page shows the start of each list; this many rows. */
export const FIRST_PAGE = 10;

/** An agreement of the caller's organisations, in its current version. */
export interface AgreementRow {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly status: string;
  readonly endsAt: Date | null;
  /** The places of the caller's own organisations in it. */
  readonly places: readonly {
    readonly organisation: string;
    readonly dataRole: string;
    readonly status: string;
  }[];
}

export interface DatasetRow {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly organisation: string;
  readonly access: string;
  readonly kind: string;
  readonly status: string;
}

export interface GrantRow {
  readonly id: string;
  readonly dataset: string;
  readonly project: string;
  readonly agreement: string;
  readonly delivery: string;
  readonly status: string;
  readonly expiresAt: Date;
}

const AGREEMENTS = `
  SELECT a.id, a.reference, v.title, v.status, v.ends_at AS "endsAt", coalesce((
      SELECT jsonb_agg(jsonb_build_object('organisation', o.name, 'dataRole', p.data_role, 'status', p.status)
        ORDER BY o.name)
      FROM agreement_party p JOIN organisation o ON o.id = p.organisation_id
      WHERE p.agreement_id = a.id AND p.organisation_id = ANY($1) AND p.since_version <= v.version
        AND coalesce(p.until_version, v.version) >= v.version), '[]'::jsonb) AS places
  FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.current_version
  WHERE coalesce(v.organisation_id, a.organisation_id) = ANY($1) OR EXISTS (
    SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.organisation_id = ANY($1)
      AND p.since_version <= v.version AND coalesce(p.until_version, v.version) >= v.version)
  ORDER BY a.id DESC LIMIT $2`;

// Visibility as domain.md section 8: public, the owner's own, or of a party to an agreement in force on it.
const DATASETS = `
  SELECT d.id, d.title, d.description, o.name AS organisation, d.access, d.kind, d.status
  FROM dataset d JOIN organisation o ON o.id = d.organisation_id
  WHERE d.status IN ('published', 'frozen') AND (d.visibility = 'public' OR d.organisation_id = ANY($1)
    OR (d.visibility = 'parties' AND EXISTS (
      SELECT FROM agreement_item i
        JOIN agreement a ON a.id = i.agreement_id AND a.current_version = i.version
        JOIN agreement_version v ON v.agreement_id = i.agreement_id AND v.version = i.version AND v.status = 'active'
        JOIN agreement_party p ON p.agreement_id = i.agreement_id AND p.status = 'active'
      WHERE i.dataset_id = d.id AND p.organisation_id = ANY($1) AND v.ends_at > $3
        AND (p.ends_at IS NULL OR p.ends_at > $3))))
  ORDER BY d.title, d.id LIMIT $2`;

const GRANTS = `
  SELECT g.id, d.title AS dataset, p.title AS project, a.reference AS agreement, g.delivery, g.status,
    g.expires_at AS "expiresAt"
  FROM grants g JOIN dataset d ON d.id = g.dataset_id JOIN project p ON p.id = g.project_id
    JOIN agreement a ON a.id = g.agreement_id
  WHERE g.person_id = $1 ORDER BY g.id DESC LIMIT $2`;

/** What the first page shows, read across the slices' tables. One row more than a page tells that there are more. */
@Injectable()
export class HomeRepository {
  constructor(private readonly database: Database) {}

  async agreementsOf(organisationIds: readonly string[]): Promise<readonly AgreementRow[]> {
    return this.database.manager.query<AgreementRow[]>(AGREEMENTS, [
      organisationIds,
      FIRST_PAGE + 1,
    ]);
  }

  /** @param now agreements that ended by then open nothing. */
  async datasetsFor(organisationIds: readonly string[], now: Date): Promise<readonly DatasetRow[]> {
    return this.database.manager.query<DatasetRow[]>(DATASETS, [
      organisationIds,
      FIRST_PAGE + 1,
      now,
    ]);
  }

  async grantsOf(personId: string): Promise<readonly GrantRow[]> {
    return this.database.manager.query<GrantRow[]>(GRANTS, [personId, FIRST_PAGE + 1]);
  }
}
