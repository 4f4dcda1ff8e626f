import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { ManifestEntry, SealAttempt, SealedManifest, Skipped } from './sealing.types.js';

export interface NewVersion {
  readonly version: string;
  readonly objectCount: number;
  readonly sizeBytes: bigint;
  readonly skipped: Skipped;
  readonly sealedAt: Date;
  readonly auditEventId: string;
}

type DraftRow = Pick<ManifestEntry, 'name' | 'etag'> & { readonly size: string };

const COPY_ROWS = 10_000;

/** Which datasets wait for a seal, what an attempt has listed so far, and the sealed versions. */
@Injectable()
export class SealingRepository {
  /**
   * Gives one due dataset to this attempt, and drops what another listed before it. Two workers never get the same one.
   * @param busyStores whose datasets wait for another time.
   * @param retryAt when the next may take it over, unless this one finishes or postpones that.
   */
  async claim(
    tx: Tx,
    attemptId: string,
    busyStores: readonly string[],
    now: Date,
    retryAt: Date,
  ): Promise<SealAttempt | undefined> {
    const [attempt] = await tx.query<SealAttempt[]>(
      `SELECT $2::text AS id, d.id AS "datasetId", d.organisation_id AS "organisationId", d.store_id AS "storeId", d.prefix
       FROM dataset d JOIN partner_store s ON s.id = d.store_id AND s.status = 'ready'
       WHERE d.seal_due_at <= $1 AND d.store_id <> ALL ($3::uuid[]) ORDER BY d.seal_due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED`,
      [now, attemptId, busyStores],
    );
    if (attempt) {
      const { datasetId } = attempt;
      await tx.query('UPDATE dataset SET seal_claim = $2, seal_due_at = $3 WHERE id = $1', [
        datasetId,
        attemptId,
        retryAt,
      ]);
      await tx.query('DELETE FROM manifest_draft WHERE dataset_id = $1', [datasetId]);
    }
    return attempt;
  }

  /** Keeps the claim for longer. @returns false when it is lost: to another attempt, or because the owner asked again. */
  async holdClaim(
    manager: EntityManager,
    { id, datasetId }: SealAttempt,
    retryAt: Date,
    fault: string | null = null,
  ): Promise<boolean> {
    return isOneRow(
      await manager.query(
        `UPDATE dataset SET seal_due_at = $3, seal_fault = $4 WHERE id = $1 AND seal_claim = $2`,
        [datasetId, id, retryAt, fault],
      ),
    );
  }

  /** @returns how many were added: fewer than given when a name stands there already. */
  async addDrafts(
    tx: Tx,
    { id, datasetId }: SealAttempt,
    entries: readonly ManifestEntry[],
  ): Promise<number> {
    const [row] = await tx.query<{ added: number }[]>(
      `WITH added AS (
         INSERT INTO manifest_draft (dataset_id, attempt_id, name, size, etag, last_modified)
         SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
         ON CONFLICT DO NOTHING RETURNING 1)
       SELECT count(*)::int AS added FROM added`,
      [
        datasetId,
        id,
        entries.map(({ name }) => name),
        entries.map(({ size }) => size),
        entries.map(({ etag }) => etag),
        entries.map(({ lastModified }) => lastModified),
      ],
    );
    return row?.added ?? 0;
  }

  /** In byte order of name. @param after the last name of the page before; the empty string for the first. */
  async drafts(
    manager: EntityManager,
    { id, datasetId }: SealAttempt,
    after: string,
    limit: number,
  ): Promise<readonly Omit<ManifestEntry, 'lastModified'>[]> {
    const rows = await manager.query<DraftRow[]>(
      `SELECT name, size, etag FROM manifest_draft
       WHERE dataset_id = $1 AND attempt_id = $2 AND name > $3 ORDER BY name LIMIT $4`,
      [datasetId, id, after, limit],
    );
    return rows.map(({ name, size, etag }) => ({ name, size: Number(size), etag }));
  }

  async dropDrafts(manager: EntityManager, { id, datasetId }: SealAttempt): Promise<void> {
    await manager.query('DELETE FROM manifest_draft WHERE dataset_id = $1 AND attempt_id = $2', [
      datasetId,
      id,
    ]);
  }

  /** Writes the version with its manifest. One that is there already is the same to the byte, and stays as it is. */
  async insertVersion(tx: Tx, attempt: SealAttempt, version: NewVersion): Promise<void> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO dataset_version (dataset_id, version, object_count, size_bytes, skipped, sealed_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING version`,
      [
        attempt.datasetId,
        version.version,
        version.objectCount,
        String(version.sizeBytes),
        version.skipped,
        version.sealedAt,
        version.auditEventId,
      ],
    );
    if (inserted.length > 0) {
      await this.copyDrafts(tx, attempt, version.version);
    }
  }

  /** Makes the version the dataset's current one. @returns false when the attempt has lost its claim. */
  async finish(
    tx: Tx,
    { id, datasetId }: SealAttempt,
    version: string,
    auditEventId: string,
  ): Promise<boolean> {
    return isOneRow(
      await tx.query(
        `UPDATE dataset SET sealed_version = $3, seal_due_at = NULL, seal_claim = NULL, seal_fault = NULL,
           audit_event_id = $4 WHERE id = $1 AND seal_claim = $2`,
        [datasetId, id, version, auditEventId],
      ),
    );
  }

  async findManifest(
    manager: EntityManager,
    datasetId: string,
    version: string | null,
  ): Promise<SealedManifest | null> {
    const [row] = await manager.query<
      { objectCount: number; sizeBytes: string; skipped: Skipped; sealedAt: Date }[]
    >(
      `SELECT object_count AS "objectCount", size_bytes AS "sizeBytes", skipped, sealed_at AS "sealedAt"
       FROM dataset_version WHERE dataset_id = $1 AND version = $2`,
      [datasetId, version],
    );
    return row
      ? { ...row, sizeBytes: Number(row.sizeBytes), sealedAt: row.sealedAt.toISOString() }
      : null;
  }

  // In pieces, so that no statement of a large manifest meets the time limit of one.
  private async copyDrafts(tx: Tx, { id, datasetId }: SealAttempt, version: string): Promise<void> {
    for (let after: string | null = ''; after !== null;) {
      const [row]: { last: string | null }[] = await tx.query(
        `WITH copied AS (
           INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified)
           SELECT dataset_id, $3, name, size, etag, last_modified FROM manifest_draft
           WHERE dataset_id = $1 AND attempt_id = $2 AND name > $4 ORDER BY name LIMIT ${String(COPY_ROWS)}
           RETURNING name)
         SELECT max(name) AS last FROM copied`,
        [datasetId, id, version, after],
      );
      after = row?.last ?? null;
    }
  }
}

// What TypeORM gives for an UPDATE: the rows and how many they are.
function isOneRow(result: unknown): boolean {
  return (result as [unknown[], number])[1] === 1;
}
