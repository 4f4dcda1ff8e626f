import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { HoldScope } from './hold.types.js';

export interface HoldRow {
  readonly id: string;
  readonly scopeType: HoldScope;
  readonly scopeId: string;
  readonly reason: string;
  readonly placedAt: Date;
  readonly releasedAt: Date | null;
}

const COLUMNS = `id, scope_type AS "scopeType", scope_id AS "scopeId", reason, placed_at AS "placedAt",
  released_at AS "releasedAt"`;

/** Where the thing is that a hold is on; an erased person has nothing left to hold. */
const THINGS: Readonly<Record<HoldScope, string>> = {
  person: `SELECT FROM person WHERE id = $1 AND status <> 'erased' FOR SHARE`,
  agreement: 'SELECT FROM agreement WHERE id = $1',
  dataset: 'SELECT FROM dataset WHERE id = $1',
  grant: 'SELECT FROM grants WHERE id = $1',
};

@Injectable()
export class HoldsRepository {
  async exists(tx: Tx, type: HoldScope, id: string): Promise<boolean> {
    return (await tx.query<unknown[]>(THINGS[type], [id])).length > 0;
  }

  /** @returns false when one is on it already. */
  async insert(
    tx: Tx,
    hold: HoldRow,
    { placedBy, auditEventId }: { readonly placedBy: string; readonly auditEventId: string },
  ): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO retention_hold (id, scope_type, scope_id, reason, placed_by, placed_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
      [hold.id, hold.scopeType, hold.scopeId, hold.reason, placedBy, hold.placedAt, auditEventId],
    );
    return inserted.length === 1;
  }

  /** Locks the row, so that it is released once. */
  async findForRelease(tx: Tx, id: string): Promise<HoldRow | undefined> {
    const [row] = await tx.query<HoldRow[]>(
      `SELECT ${COLUMNS} FROM retention_hold WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  /** The words of somebody who was erased meanwhile were needed while it stood, and go with it. */
  async release(
    tx: Tx,
    id: string,
    by: { readonly personId: string; readonly at: Date; readonly auditEventId: string },
  ): Promise<void> {
    await tx.query(
      `UPDATE retention_hold h SET released_by = $2, released_at = $3, audit_event_id = $4, reason = CASE
         WHEN EXISTS (SELECT FROM erasure e WHERE e.person_id = h.placed_by) THEN 'Erased.' ELSE reason END
       WHERE id = $1`,
      [id, by.personId, by.at, by.auditEventId],
    );
  }

  /** Newest first. */
  async list(
    manager: EntityManager,
    after: string | null,
    limit: number,
  ): Promise<readonly HoldRow[]> {
    return manager.query<HoldRow[]>(
      `SELECT ${COLUMNS} FROM retention_hold WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
      [after, limit],
    );
  }
}
