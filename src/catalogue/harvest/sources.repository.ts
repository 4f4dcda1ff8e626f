import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { HarvestFormat, HarvestVisibility } from './harvest.types.js';

export interface SourceRow {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly format: HarvestFormat;
  readonly url: string;
  readonly everyHours: number;
  readonly visibility: HarvestVisibility;
  readonly status: 'active' | 'stopped';
  readonly dueAt: Date;
  readonly isBeingRead: boolean;
  readonly fullReadAt: Date | null;
  /** Runs in a row that failed, and why the last one did. */
  readonly failures: number;
  readonly fault: string | null;
}

/** What its owner says of a source. */
export type SourceDescription = Pick<
  SourceRow,
  'organisationId' | 'name' | 'format' | 'url' | 'everyHours' | 'visibility'
>;

export type SourceChange = Partial<Pick<SourceRow, 'name' | 'everyHours' | 'status'>>;

const SELECT = `
  SELECT id, organisation_id AS "organisationId", name, format, url, every_hours AS "everyHours", visibility, status,
    due_at AS "dueAt", claim IS NOT NULL AS "isBeingRead", full_read_at AS "fullReadAt", failures, fault
  FROM harvest_source`;

/** Other catalogues that an organisation has read here. */
@Injectable()
export class SourcesRepository {
  /** @returns false where the organisation has one of this name or address. */
  async insert(
    tx: Tx,
    id: string,
    source: SourceDescription,
    dueAt: Date,
    auditEventId: string,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO harvest_source (id, organisation_id, name, format, url, every_hours, visibility, status, due_at,
         audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $9) ON CONFLICT DO NOTHING RETURNING id`,
      [
        ...[id, source.organisationId, source.name, source.format, source.url, source.everyHours],
        ...[source.visibility, dueAt, auditEventId],
      ],
    );
    return rows.length === 1;
  }

  async find(manager: EntityManager, id: string): Promise<SourceRow | undefined> {
    const [row] = await manager.query<SourceRow[]>(`${SELECT} WHERE id = $1`, [id]);
    return row;
  }

  async lock(tx: Tx, id: string): Promise<SourceRow | undefined> {
    const [row] = await tx.query<SourceRow[]>(`${SELECT} WHERE id = $1 FOR UPDATE`, [id]);
    return row;
  }

  /** By when they were registered, of these organisations; null: of all. */
  async list(
    manager: EntityManager,
    organisationIds: readonly string[] | null,
    after: string | null,
    limit: number,
  ): Promise<SourceRow[]> {
    return manager.query<SourceRow[]>(
      `${SELECT} WHERE ($1::uuid[] IS NULL OR organisation_id = ANY ($1)) AND ($2::uuid IS NULL OR id > $2)
       ORDER BY id LIMIT $3`,
      [organisationIds, after, limit],
    );
  }

  async isNameTaken(tx: Tx, { id, organisationId }: SourceRow, name: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'SELECT FROM harvest_source WHERE organisation_id = $1 AND name = $2 AND id <> $3',
      [organisationId, name, id],
    );
    return rows.length > 0;
  }

  async update(tx: Tx, id: string, change: SourceChange, auditEventId: string): Promise<void> {
    const { name, everyHours, status } = change;
    await tx.query(
      `UPDATE harvest_source SET name = coalesce($2, name), every_hours = coalesce($3, every_hours),
         status = coalesce($4, status), audit_event_id = $5,
         claim = CASE WHEN $4 = 'stopped' THEN NULL ELSE claim END
       WHERE id = $1`,
      [id, name ?? null, everyHours ?? null, status ?? null, auditEventId],
    );
  }

  /** All of it, as soon as a worker is free; one that is being read is read to its end first. */
  async makeDue(tx: Tx, id: string, now: Date, auditEventId: string): Promise<void> {
    await tx.query(
      `UPDATE harvest_source SET is_full_due = true, audit_event_id = $3,
         due_at = CASE WHEN claim IS NULL THEN least(due_at, $2) ELSE due_at END
       WHERE id = $1`,
      [id, now, auditEventId],
    );
  }
}
