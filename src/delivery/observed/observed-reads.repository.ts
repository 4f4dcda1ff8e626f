import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { CitedEvent, MatchedGrant } from './matching.rules.js';
import type { ObservedRead, ReadGroup, WatchedDataset } from './observed.types.js';

type GroupRow = Omit<ReadGroup, 'bytes'> & { readonly bytes: string };

/** Reads that stores' logs told of, and what the broker knows that explains them. */
@Injectable()
export class ObservedReadsRepository {
  async datasets(manager: EntityManager, storeId: string): Promise<readonly WatchedDataset[]> {
    return manager.query<WatchedDataset[]>(
      `SELECT id, prefix, organisation_id AS "organisationId" FROM dataset WHERE store_id = $1`,
      [storeId],
    );
  }

  async known(
    manager: EntityManager,
    storeId: string,
    requestIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ id: string }[]>(
      'SELECT request_id AS id FROM observed_read WHERE store_id = $1 AND request_id = ANY ($2)',
      [storeId, requestIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Events that a read may name, with the object each is about: that stands in the part of the payload that is in clear. */
  async events(
    manager: EntityManager,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, CitedEvent>> {
    const rows = await manager.query<(Omit<CitedEvent, 'bytes'> & { bytes: string | null })[]>(
      `SELECT e.id, e.type, e.occurred_at AS "occurredAt", e.grant_id AS "grantId", e.bytes,
         (SELECT f ->> 1 FROM audit_payload p, jsonb_array_elements(convert_from(substring(p.body FROM 33), 'UTF8')::jsonb) f
          WHERE p.event_id = e.id AND p.subject_id = '00000000-0000-0000-0000-000000000000' AND f ->> 0 = 'objectId')
           AS "objectId"
       FROM audit_event e WHERE e.id = ANY ($1::uuid[]) AND e.type IN ('object.opened', 'object.url-issued')`,
      [ids],
    );
    return new Map(
      rows.map((row) => [row.id, { ...row, bytes: row.bytes === null ? null : Number(row.bytes) }]),
    );
  }

  async grants(
    manager: EntityManager,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, MatchedGrant>> {
    const rows = await manager.query<MatchedGrant[]>(
      `SELECT g.id, g.store_id AS "storeId", d.prefix FROM grants g JOIN dataset d ON d.id = g.dataset_id
       WHERE g.id = ANY ($1::uuid[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async credentialsIssued(
    manager: EntityManager,
    grantIds: readonly string[],
    from: Date,
    to: Date,
  ): Promise<ReadonlyMap<string, readonly Date[]>> {
    const rows = await manager.query<{ grantId: string; issued: Date[] }[]>(
      `SELECT grant_id AS "grantId", array_agg(occurred_at) AS issued FROM audit_event
       WHERE grant_id = ANY ($1::uuid[]) AND type = 'object.credential-issued' AND occurred_at BETWEEN $2 AND $3
       GROUP BY grant_id`,
      [grantIds, from, to],
    );
    return new Map(rows.map(({ grantId, issued }) => [grantId, issued]));
  }

  async taken(
    manager: EntityManager,
    eventIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await manager.query<{ id: string; bytes: string }[]>(
      `SELECT cited_event_id AS id, sum(bytes) AS bytes FROM observed_read
       WHERE cited_event_id = ANY ($1::uuid[]) AND (verdict = 'stream' OR reason = 'more_than_opened')
       GROUP BY cited_event_id`,
      [eventIds],
    );
    return new Map(rows.map(({ id, bytes }) => [id, Number(bytes)]));
  }

  async insert(tx: Tx, storeId: string, reads: readonly ObservedRead[]): Promise<void> {
    const column = <K extends keyof ObservedRead>(name: K): ObservedRead[K][] =>
      reads.map((read) => read[name]);
    await tx.query(
      `INSERT INTO observed_read (store_id, request_id, read_at, dataset_id, object_name, bytes, requester, verdict, reason,
         unexplained_bytes, grant_id, cited_event_id)
       SELECT $1, r.* FROM unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[],
         $9::text[], $10::bigint[], $11::uuid[], $12::uuid[]) r ON CONFLICT DO NOTHING`,
      [
        storeId,
        column('requestId'),
        column('at'),
        column('datasetId'),
        column('objectName'),
        column('bytes'),
        column('requester'),
        column('verdict'),
        column('reason'),
        column('unexplainedBytes'),
        column('grantId'),
        column('citedEventId'),
      ],
    );
  }

  /**
   * Groups that are to be told of: those of which nothing was said yet, and what came after to those whose hour is over.
   * @param settledBefore hours that end before this get no more lines, as far as stores can say.
   */
  async untold(
    tx: Tx,
    storeId: string,
    settledBefore: Date,
    limit: number,
  ): Promise<readonly ReadGroup[]> {
    const rows = await tx.query<GroupRow[]>(
      `SELECT g.*, d.organisation_id AS "organisationId" FROM (
         SELECT verdict, dataset_id AS "datasetId", grant_id AS "grantId",
           CASE verdict WHEN 'unmatched' THEN requester ELSE '' END AS requester, date_trunc('hour', read_at, 'UTC') AS hour,
           count(*)::int AS count,
           sum(CASE verdict WHEN 'unmatched' THEN unexplained_bytes ELSE bytes END) AS bytes,
           CASE WHEN min(object_name) = max(object_name) THEN min(object_name) END AS "objectName",
           min(request_id) AS "requestId", array_agg(DISTINCT reason ORDER BY reason) AS reasons
         FROM observed_read WHERE store_id = $1 AND audit_event_id IS NULL AND verdict IN ('observed', 'unmatched')
         GROUP BY 1, 2, 3, 4, 5) g
       JOIN dataset d ON d.id = g."datasetId"
       WHERE g.hour + interval '1 hour' <= $2 OR NOT EXISTS (
         SELECT FROM observed_read t WHERE t.store_id = $1 AND t.dataset_id = g."datasetId"
           AND t.read_at >= g.hour AND t.read_at < g.hour + interval '1 hour' AND t.verdict = g.verdict
           AND t.verdict IN ('observed', 'unmatched') AND t.audit_event_id IS NOT NULL
           AND t.grant_id IS NOT DISTINCT FROM g."grantId" AND (g.verdict = 'observed' OR t.requester = g.requester))
       ORDER BY g.verdict DESC, g.hour, g."datasetId", g.requester, g."grantId" LIMIT $3`,
      [storeId, settledBefore, limit],
    );
    return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
  }

  async markTold(tx: Tx, storeId: string, group: ReadGroup, auditEventId: string): Promise<void> {
    await tx.query(
      `UPDATE observed_read SET audit_event_id = $7 WHERE store_id = $1 AND audit_event_id IS NULL AND verdict = $2
         AND verdict IN ('observed', 'unmatched') AND dataset_id = $3 AND grant_id IS NOT DISTINCT FROM $4
         AND (verdict = 'observed' OR requester = $5) AND date_trunc('hour', read_at, 'UTC') = $6`,
      [
        storeId,
        group.verdict,
        group.datasetId,
        group.grantId,
        group.requester,
        group.hour,
        auditEventId,
      ],
    );
  }

  /** Whoever answers for the dataset at its owner's, and the operator's officers, while they hold those roles. */
  async alarmed(
    manager: EntityManager,
    datasetId: string,
    today: string,
  ): Promise<readonly { personId: string; email: string; title: string }[]> {
    return manager.query<{ personId: string; email: string; title: string }[]>(
      `SELECT DISTINCT p.id AS "personId", p.email, d.title
       FROM dataset d CROSS JOIN live_role($2) l JOIN organisation o ON o.id = l.organisation_id
         JOIN person p ON p.id = l.person_id AND p.email IS NOT NULL
       WHERE d.id = $1 AND ((l.organisation_id = d.organisation_id AND l.role = 'data_owner')
         OR (o.is_operator AND l.role = 'ig_officer'))
       ORDER BY p.id`,
      [datasetId, today],
    );
  }

  async forget(manager: EntityManager, storeId: string, before: Date): Promise<void> {
    await manager.query('DELETE FROM observed_read WHERE store_id = $1 AND read_at < $2', [
      storeId,
      before,
    ]);
  }
}
