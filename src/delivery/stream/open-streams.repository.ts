import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';

/** How long the worker waits for a node that says nothing of a stream. */
export const LEASE_MS = 60_000;

export interface OpenStreamRow {
  readonly id: string;
  readonly grantId: string;
  readonly nodeId: string;
  readonly objectName: string;
  readonly reservedBytes: number;
  /** As events write it; null for a whole object. */
  readonly range: string | null;
  /** The decision that let it through; null for one that was opened before this was noted. */
  readonly decisionId: string | null;
  readonly openedAt: Date;
  readonly leaseUntil: Date;
  readonly openedEventId: string;
}

export type LostStream = Pick<
  OpenStreamRow,
  'grantId' | 'objectName' | 'reservedBytes' | 'range' | 'decisionId'
>;

/** The streams of all nodes, each under a lease: a node that dies leaves its rows behind. */
@Injectable()
export class OpenStreamsRepository {
  async insert(tx: Tx, row: OpenStreamRow): Promise<void> {
    await tx.query(
      `INSERT INTO open_stream (id, grant_id, node_id, object_name, reserved_bytes, opened_at, lease_until,
         opened_event_id, byte_range, decision_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        row.id,
        row.grantId,
        row.nodeId,
        row.objectName,
        row.reservedBytes,
        row.openedAt,
        row.leaseUntil,
        row.openedEventId,
        row.range,
        row.decisionId,
      ],
    );
  }

  /** Claims the end of a stream: only one of node and worker writes it. */
  async remove(tx: Tx, id: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(
      'DELETE FROM open_stream WHERE id = $1',
      [id],
    );
    return removed > 0;
  }

  async renew(tx: Tx, ids: readonly string[], leaseUntil: Date): Promise<void> {
    await tx.query('UPDATE open_stream SET lease_until = $2 WHERE id = ANY ($1::uuid[])', [
      ids,
      leaseUntil,
    ]);
  }

  /** Takes a stream whose lease ran out, past those that another worker is taking. */
  async takeLost(tx: Tx, now: Date): Promise<LostStream | undefined> {
    const [rows] = await tx.query<
      [(Omit<LostStream, 'reservedBytes'> & { reservedBytes: string })[], number]
    >(
      `DELETE FROM open_stream WHERE id = (
         SELECT id FROM open_stream WHERE lease_until < $1 ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING grant_id AS "grantId", object_name AS "objectName", reserved_bytes AS "reservedBytes",
         byte_range AS range, decision_id AS "decisionId"`,
      [now],
    );
    const [row] = rows;
    return row && { ...row, reservedBytes: Number(row.reservedBytes) };
  }
}
