import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { AuditEventRow } from '../audit-event.view.js';
import { searchStatement, type EventPage } from '../audit-events.repository.js';
import type { AuditSearch } from '../audit-search.js';
import type { ExportFormat, ExportRow, ExportSubjects } from './export.types.js';

/** What a new export is, apart from what the database fills in. */
export interface NewExport extends ExportSubjects {
  readonly id: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly sees: readonly string[] | null;
  readonly format: ExportFormat;
  readonly filters: readonly string[];
  readonly count: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly auditEventId: string;
}

/** An event of an export, and what it committed to. */
export interface CommittedEventRow extends AuditEventRow {
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly leaf: Buffer;
  readonly digests: Buffer;
}

export const EXPORT_COLUMNS = `x.id, x.person_id AS "personId", x.organisation_id AS "organisationId", x.sees, x.format,
  x.filters, x.grant_id AS "grantId", x.access_request_id AS "accessRequestId", x.agreement_id AS "agreementId",
  x.event_count AS count, x.written, x.status, x.reason, x.created_at AS "createdAt", x.attempts, x.chunks,
  x.bytes::float8 AS bytes, x.sha256, x.expires_at AS "expiresAt"`;

/** Exports as whoever asked for them sees them, and the events in them. */
@Injectable()
export class ExportsRepository {
  async insert(tx: Tx, row: NewExport): Promise<void> {
    await tx.query(
      `INSERT INTO audit_export (id, person_id, organisation_id, sees, format, filters, grant_id, access_request_id,
         agreement_id, event_count, status, created_at, due_at, expires_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, $11, $12, $13)`,
      [
        row.id,
        row.personId,
        row.organisationId,
        row.sees,
        row.format,
        row.filters,
        row.grantId,
        row.accessRequestId,
        row.agreementId,
        row.count,
        row.createdAt,
        row.expiresAt,
        row.auditEventId,
      ],
    );
  }

  /** The ids of what is found, oldest first. */
  async search(tx: Tx, search: AuditSearch, page: EventPage): Promise<readonly string[]> {
    const { sql, params } = searchStatement(search, page);
    const [row] = await tx.query<{ ids: string[] }[]>(
      `SELECT coalesce(array_agg(id ORDER BY "occurredAt", id), '{}') AS ids FROM (${sql}) found`,
      params,
    );
    return row?.ids ?? [];
  }

  async insertEvents(tx: Tx, exportId: string, eventIds: readonly string[]): Promise<void> {
    await tx.query(
      `INSERT INTO audit_export_event (export_id, n, event_id)
       SELECT $1, o - 1, id FROM unnest($2::uuid[]) WITH ORDINALITY AS t(id, o)`,
      [exportId, eventIds],
    );
  }

  async events(
    manager: EntityManager,
    exportId: string,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<readonly CommittedEventRow[]> {
    return manager.query<CommittedEventRow[]>(
      `SELECT e.id, e.type, e.occurred_at AS "occurredAt", e.outcome, e.organisation_ids AS "organisationIds",
         e.target_type AS "targetType", e.target_id AS "targetId", e.leaf, e.digests
       FROM audit_export_event l JOIN audit_event e ON e.id = l.event_id
       WHERE l.export_id = $1 AND l.n >= $2 AND l.n < $2 + $3 ORDER BY l.n`,
      [exportId, from, limit],
    );
  }

  async countKept(tx: Tx, personId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM audit_export
       WHERE person_id = $1 AND status IN ('queued', 'running', 'ready')`,
      [personId],
    );
    return row?.count ?? 0;
  }

  async find(manager: EntityManager, id: string): Promise<ExportRow | undefined> {
    const [row] = await manager.query<ExportRow[]>(
      `SELECT ${EXPORT_COLUMNS} FROM audit_export x WHERE x.id = $1`,
      [id],
    );
    return row;
  }

  /** A person's own, newest first. */
  async list(
    manager: EntityManager,
    personId: string,
    after: string | null,
    limit: number,
  ): Promise<readonly ExportRow[]> {
    return manager.query<ExportRow[]>(
      `SELECT ${EXPORT_COLUMNS} FROM audit_export x
       WHERE x.person_id = $1 AND ($2::uuid IS NULL OR x.id < $2) ORDER BY x.id DESC LIMIT $3`,
      [personId, after, limit],
    );
  }

  /** One part of the content, encrypted; undefined when it is no longer there. */
  async chunk(manager: EntityManager, exportId: string, n: number): Promise<Buffer | undefined> {
    const [row] = await manager.query<{ body: Buffer }[]>(
      'SELECT body FROM audit_export_chunk WHERE export_id = $1 AND n = $2',
      [exportId, n],
    );
    return row?.body;
  }
}
