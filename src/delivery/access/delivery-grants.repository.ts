import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { DeliveryGrant, ProgramReading } from '../delivery.types.js';

type GrantRow = Omit<DeliveryGrant, 'maxBytes' | 'feedAfter'> & {
  readonly feedAfter: string | null;
  readonly maxBytes: string | null;
};

/** What a guarded update of a grant asks for. */
export interface Charge {
  readonly grantId: string;
  readonly epoch: number;
  readonly now: Date;
  readonly bytes: number;
  /** 1 when the object was not counted before. */
  readonly newObjects: 0 | 1;
}

/** The grants table as delivery reads and charges it (grants-and-delivery section 4). */
@Injectable()
export class DeliveryGrantsRepository {
  /** @returns undefined for a grant that is not there, and for one on neither a sealed version nor a feed. */
  async find(manager: EntityManager, id: string): Promise<DeliveryGrant | undefined> {
    const [row] = await manager.query<GrantRow[]>(
      `SELECT g.id, g.access_request_id AS "accessRequestId", g.person_id AS "personId",
         g.organisation_id AS "organisationId", g.provider_id AS "providerId", g.project_id AS "projectId",
         g.agreement_id AS "agreementId", g.agreement_version AS "agreementVersion", g.dataset_id AS "datasetId",
         g.dataset_version AS "datasetVersion", d.prefix, g.store_id AS "storeId", g.delivery, g.status,
         g.feed_after AS "feedAfter", g.expires_at AS "expiresAt", g.epoch, g.jkt, g.max_bytes AS "maxBytes", g.max_downloads AS "maxDownloads"
       FROM grants g JOIN dataset d ON d.id = g.dataset_id WHERE g.id = $1`,
      [id],
    );
    if (!row || (row.datasetVersion === null && row.feedAfter === null)) {
      return undefined;
    }
    const { feedAfter, maxBytes } = row;
    return { ...row, feedAfter: toNumber(feedAfter), maxBytes: toNumber(maxBytes) };
  }

  /** True while the program acts for the holder of the grant, in its organisation. */
  async isClientLive(
    manager: EntityManager,
    clientId: string,
    { personId, organisationId }: DeliveryGrant,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM service_account
       WHERE client_id = $1 AND accountable_id = $2 AND organisation_id = $3 AND status = 'active' LIMIT 1`,
      [clientId, personId, organisationId],
    );
    return rows.length > 0;
  }

  /** @returns the status of a grant that is live at this epoch, else undefined. */
  async liveStatus(
    manager: EntityManager,
    { grantId, epoch, now }: Pick<Charge, 'grantId' | 'epoch' | 'now'>,
  ): Promise<string | undefined> {
    const [row] = await manager.query<{ status: string }[]>(
      `SELECT status FROM grants
       WHERE id = $1 AND status IN ('issued', 'active') AND epoch = $2 AND expires_at > $3`,
      [grantId, epoch, now],
    );
    return row?.status;
  }

  /** @returns true when this grant has not counted the object before. */
  async countObject(tx: Tx, grantId: string, name: string): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      'INSERT INTO grant_object (grant_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name',
      [grantId, name],
    );
    return inserted.length > 0;
  }

  /**
   * Reserves under the guard of both budgets, in one UPDATE: of any number of parallel reads none gets past it (GD-13).
   * @returns the grant's status, or undefined when it is not live or a budget does not reach.
   */
  async charge(
    tx: Tx,
    { grantId, epoch, now, bytes, newObjects }: Charge,
  ): Promise<string | undefined> {
    const [rows] = await tx.query<[{ status: string }[], number]>(
      `UPDATE grants SET downloads = downloads + $5,
         bytes_reserved = bytes_reserved + CASE WHEN max_bytes IS NULL THEN 0 ELSE $4::bigint END
       WHERE id = $1 AND status IN ('issued', 'active') AND epoch = $2 AND expires_at > $3
         AND (max_bytes IS NULL OR bytes_delivered + bytes_reserved + $4::bigint <= max_bytes)
         AND (max_downloads IS NULL OR downloads + $5 <= max_downloads) RETURNING status`,
      [grantId, epoch, now, bytes, newObjects],
    );
    return rows[0]?.status;
  }

  /** @returns true for the one call that was the grant's first use. */
  async activate(tx: Tx, grantId: string): Promise<boolean> {
    const [, changed] = await tx.query<[unknown[], number]>(
      `UPDATE grants SET status = 'active' WHERE id = $1 AND status = 'issued'`,
      [grantId],
    );
    return changed > 0;
  }

  async setEvent(tx: Tx, grantId: string, auditEventId: string): Promise<void> {
    await tx.query('UPDATE grants SET audit_event_id = $2 WHERE id = $1', [grantId, auditEventId]);
  }

  /** Turns a reservation into what was delivered. From here on the row is locked, so that of many ends one is the last. */
  async settle(tx: Tx, grantId: string, reserved: number, delivered: number): Promise<void> {
    await tx.query(
      `UPDATE grants SET bytes_reserved = bytes_reserved - CASE WHEN max_bytes IS NULL THEN 0 ELSE $2::bigint END,
         bytes_delivered = bytes_delivered + CASE WHEN max_bytes IS NULL THEN 0 ELSE $3::bigint END
       WHERE id = $1`,
      [grantId, reserved, delivered],
    );
  }

  /** The object has come to its last byte. */
  async markDelivered(tx: Tx, grantId: string, name: string): Promise<void> {
    await tx.query(
      'UPDATE grant_object SET is_delivered = true WHERE grant_id = $1 AND name = $2 AND NOT is_delivered',
      [grantId, name],
    );
  }

  /** True when nothing is open, and every byte is gone or every object that was counted has come to its last byte. */
  async isUsedUp(tx: Tx, grantId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT FROM grants WHERE id = $1 AND status = 'active'
         AND NOT EXISTS (SELECT FROM open_stream WHERE grant_id = $1)
         AND (bytes_delivered >= max_bytes OR (downloads >= max_downloads
           AND NOT EXISTS (SELECT FROM grant_object WHERE grant_id = $1 AND NOT is_delivered)))`,
      [grantId],
    );
    return rows.length > 0;
  }

  async exhaust(tx: Tx, grantId: string, auditEventId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE grants SET status = 'exhausted', epoch = epoch + 1, ended_at = $3, end_reason = 'budget_exhausted',
         audit_event_id = $2 WHERE id = $1 AND status = 'active'`,
      [grantId, auditEventId, now],
    );
  }

  /** Which of these grants are live, and at which epoch: one SELECT for all streams of a node. */
  async liveEpochs(
    query: (sql: string, params: unknown[]) => Promise<{ id: string; epoch: number }[]>,
    grantIds: readonly string[],
    now: Date,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await query(
      `SELECT id, epoch FROM grants
       WHERE id = ANY ($1::uuid[]) AND status IN ('issued', 'active') AND expires_at > $2`,
      [grantIds, now],
    );
    return new Map(rows.map(({ id, epoch }) => [id, epoch]));
  }

  /** Of these, the programs that no longer act for the holder of their grant. */
  async stoppedPrograms(
    query: (sql: string, params: unknown[]) => Promise<ProgramReading[]>,
    reading: readonly ProgramReading[],
  ): Promise<readonly ProgramReading[]> {
    return query(
      `SELECT r.grant_id AS "grantId", r.client_id AS "clientId"
       FROM unnest($1::uuid[], $2::text[]) AS r (grant_id, client_id) JOIN grants g ON g.id = r.grant_id
       WHERE NOT EXISTS (SELECT FROM service_account s WHERE s.client_id = r.client_id
         AND s.accountable_id = g.person_id AND s.organisation_id = g.organisation_id AND s.status = 'active')`,
      [reading.map(({ grantId }) => grantId), reading.map(({ clientId }) => clientId)],
    );
  }
}

// bigint comes as text.
function toNumber(value: string | null): number | null {
  return value === null ? null : Number(value);
}
