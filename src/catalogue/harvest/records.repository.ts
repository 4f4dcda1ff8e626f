import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';

/** A record of a source, as it was taken in. */
export interface KnownRecord {
  readonly datasetId: string;
  readonly identifier: string;
  readonly digest: string;
  readonly isVanished: boolean;
  readonly isWithdrawn: boolean;
}

/** Another dataset than the first, which the organisation may know of. */
const IS_KNOWN = `d.id <> $1 AND d.status <> 'withdrawn' AND (d.organisation_id = $2
  OR (d.visibility = 'public' AND d.status IN ('published', 'frozen')))`;

/** Records of other catalogues, as datasets of ours. */
@Injectable()
export class RecordsRepository {
  /** Notes that a run met these. @returns those that it had not met before. */
  async see(tx: Tx, runId: string, identifiers: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ identifier: string }[]>(
      `INSERT INTO harvest_seen (run_id, identifier) SELECT DISTINCT $1::uuid, i FROM unnest($2::text[]) i
       ON CONFLICT DO NOTHING RETURNING identifier`,
      [runId, identifiers],
    );
    return new Set(rows.map(({ identifier }) => identifier));
  }

  async known(
    tx: Tx,
    sourceId: string,
    identifiers: readonly string[],
  ): Promise<ReadonlyMap<string, KnownRecord>> {
    const rows = await tx.query<KnownRecord[]>(
      `SELECT d.id AS "datasetId", d.origin_identifier AS identifier, r.digest,
         d.origin_vanished_at IS NOT NULL AS "isVanished", d.status = 'withdrawn' AS "isWithdrawn"
       FROM dataset d JOIN harvest_record r ON r.dataset_id = d.id
       WHERE d.origin_source_id = $1 AND d.origin_identifier = ANY ($2)`,
      [sourceId, identifiers],
    );
    return new Map(rows.map((row) => [row.identifier, row]));
  }

  /** Until COMMIT nobody else changes it: a withdrawal waits, or was before. */
  async lock(tx: Tx, datasetId: string): Promise<void> {
    await tx.query('SELECT FROM dataset WHERE id = $1 FOR NO KEY UPDATE', [datasetId]);
  }

  async noteDigest(tx: Tx, datasetId: string, digest: string): Promise<void> {
    await tx.query(
      `INSERT INTO harvest_record (dataset_id, digest) VALUES ($1, $2)
       ON CONFLICT (dataset_id) DO UPDATE SET digest = excluded.digest`,
      [datasetId, digest],
    );
  }

  /**
   * Another dataset that says it is the same: of the same title and publisher, or with a file at the same address. Only of
   * what the organisation may know of.
   */
  async twinOf(
    tx: Tx,
    dataset: {
      readonly id: string;
      readonly organisationId: string;
      readonly title: string;
      readonly publisher: string;
      readonly downloadUrls: readonly string[];
    },
  ): Promise<{ readonly id: string; readonly isSameFile: boolean } | undefined> {
    const [twin] = await tx.query<{ id: string; isSameFile: boolean }[]>(
      `SELECT id, is_same_file AS "isSameFile" FROM (
         (SELECT d.id, true AS is_same_file FROM distribution t JOIN dataset d ON d.id = t.dataset_id
          WHERE t.download_url = ANY ($5) AND t.removed_at IS NULL AND ${IS_KNOWN} LIMIT 1)
         UNION ALL
         (SELECT d.id, false FROM dataset d
          WHERE lower(d.title) = lower($3) AND lower(d.publisher) = lower($4) AND ${IS_KNOWN} LIMIT 1)) twins
       ORDER BY is_same_file DESC LIMIT 1`,
      [dataset.id, dataset.organisationId, dataset.title, dataset.publisher, dataset.downloadUrls],
    );
    return twin;
  }

  /** Of a source, those that are not marked as gone yet; with a run, those that it did not meet. */
  async toVanish(
    tx: Tx,
    sourceId: string,
    runId: string | null,
    limit: number,
  ): Promise<
    readonly {
      readonly id: string;
      readonly organisationId: string;
      readonly identifier: string;
      readonly title: string;
    }[]
  > {
    return tx.query(
      `SELECT d.id, d.organisation_id AS "organisationId", d.origin_identifier AS identifier, d.title FROM dataset d
       WHERE d.origin_source_id = $1 AND d.origin_vanished_at IS NULL AND d.status <> 'withdrawn'
         AND ($2::uuid IS NULL OR NOT EXISTS (
           SELECT FROM harvest_seen s WHERE s.run_id = $2 AND s.identifier = d.origin_identifier))
       ORDER BY d.id LIMIT $3 FOR NO KEY UPDATE OF d`,
      [sourceId, runId, limit],
    );
  }

  async vanish(
    tx: Tx,
    ids: readonly string[],
    auditEventIds: readonly string[],
    now: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE dataset d SET origin_vanished_at = $3, audit_event_id = v.event_id
       FROM unnest($1::uuid[], $2::uuid[]) AS v (id, event_id) WHERE d.id = v.id`,
      [ids, auditEventIds, now],
    );
  }
}
