import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

export interface Backlog {
  readonly pendingEvents: number;
  readonly queuedExports: number;
  readonly unsentMails: number;
  readonly failedStores: number;
  readonly unsealedDatasets: number;
  readonly failedHarvests: number;
  readonly namesCountries: boolean;
}

export interface KeyRow {
  readonly kid: string;
  readonly purpose: string;
  readonly state: string;
  readonly since: Date;
}

export interface StoreRow {
  readonly id: string;
  readonly name: string;
  readonly organisation: string;
  readonly status: string;
  readonly probedAt: Date | null;
  readonly probePassed: boolean | null;
}

/** As many keys and stores as the page shows. */
const SHOWN = 50;

const BACKLOG = `SELECT
  (SELECT count(*)::int FROM audit_pending) AS "pendingEvents",
  (SELECT count(*)::int FROM audit_export WHERE status IN ('queued', 'running')) AS "queuedExports",
  (SELECT count(*)::int FROM mail_outbox WHERE status <> 'sent') AS "unsentMails",
  (SELECT count(*)::int FROM partner_store WHERE status <> 'retired' AND NOT probe_passed) AS "failedStores",
  (SELECT count(*)::int FROM dataset WHERE seal_fault IS NOT NULL) AS "unsealedDatasets",
  (SELECT count(*)::int FROM harvest_source WHERE fault IS NOT NULL) AS "failedHarvests",
  EXISTS (SELECT FROM agreement_version WHERE status = 'active' AND jsonb_array_length(terms -> 'countries') > 0)
    AS "namesCountries"`;

/** What the administrator looks after, across the slices' tables. */
@Injectable()
export class AdministrationRepository {
  constructor(private readonly database: Database) {}

  async backlog(): Promise<Backlog> {
    const [row] = await this.database.manager.query<Backlog[]>(BACKLOG);
    if (!row) {
      throw new Error('A count without a row');
    }
    return row;
  }

  keys(): Promise<KeyRow[]> {
    return this.database.manager.query<KeyRow[]>(
      `SELECT kid, purpose, state, since FROM signing_key ORDER BY since DESC, kid LIMIT ${String(SHOWN)}`,
    );
  }

  stores(): Promise<StoreRow[]> {
    return this.database.manager.query<StoreRow[]>(
      `SELECT s.id, s.name, o.name AS organisation, s.status, s.probed_at AS "probedAt", s.probe_passed AS "probePassed"
       FROM partner_store s JOIN organisation o ON o.id = s.organisation_id WHERE s.status <> 'retired'
       ORDER BY s.probe_passed NULLS FIRST, o.name, s.name LIMIT ${String(SHOWN)}`,
    );
  }
}
