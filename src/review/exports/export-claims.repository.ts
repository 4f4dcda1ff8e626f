import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { ExportClaim, ExportEnd } from './export.types.js';
import { EXPORT_COLUMNS } from './exports.repository.js';

const LIVE = `('queued', 'running', 'ready')`;

/** What a maker has come to. */
export interface MadeSoFar {
  readonly written: number;
  readonly chunks: number;
  readonly bytes: number;
}

// Somebody was erased since: what the export says of them is to be read by nobody.
const ERASED = `EXISTS (SELECT FROM erasure p WHERE p.erased_at >= x.created_at AND (p.person_id = x.person_id OR EXISTS (
  SELECT FROM audit_export_event l JOIN audit_event e ON e.id = l.event_id
  WHERE l.export_id = x.id AND e.person_ids @> ARRAY[p.person_id])))`;

/** The life of exports: who makes one, what was made of it, and its end. */
@Injectable()
export class ExportClaimsRepository {
  /** Takes one that is due, from its beginning: what a dead maker left of it goes. @param id absent: whichever is due. */
  async claim(
    tx: Tx,
    claim: string,
    { now, until, id }: { readonly now: Date; readonly until: Date; readonly id?: string },
  ): Promise<ExportClaim | undefined> {
    const [due] = await tx.query<{ id: string }[]>(
      `SELECT id FROM audit_export WHERE status IN ('queued', 'running') AND due_at <= $1 AND ($2::uuid IS NULL OR id = $2)
       ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [now, id ?? null],
    );
    if (!due) {
      return undefined;
    }
    await tx.query('DELETE FROM audit_export_chunk WHERE export_id = $1', [due.id]);
    const [[row]] = await tx.query<[ExportClaim[], number]>(
      `UPDATE audit_export x SET status = 'running', claim = $2, due_at = $3, attempts = attempts + 1, written = 0,
         chunks = 0, bytes = 0 WHERE id = $1 RETURNING ${EXPORT_COLUMNS}, x.claim`,
      [due.id, claim, until],
    );
    return row;
  }

  /** Keeps the claim, and the row's lock until COMMIT. @returns false when it is lost. */
  async hold(tx: Tx, { id, claim }: ExportClaim, until: Date, made: MadeSoFar): Promise<boolean> {
    const [, held] = await tx.query<[unknown[], number]>(
      `UPDATE audit_export SET due_at = $3, written = $4, chunks = $5, bytes = $6
       WHERE id = $1 AND claim = $2 AND status = 'running'`,
      [id, claim, until, made.written, made.chunks, made.bytes],
    );
    return held > 0;
  }

  async addChunk(tx: Tx, exportId: string, n: number, body: Buffer): Promise<void> {
    await tx.query('INSERT INTO audit_export_chunk (export_id, n, body) VALUES ($1, $2, $3)', [
      exportId,
      n,
      body,
    ]);
  }

  async finish(
    manager: EntityManager,
    { id, claim, count }: ExportClaim,
    { sha256, expiresAt }: { readonly sha256: Buffer; readonly expiresAt: Date },
  ): Promise<void> {
    await manager.query(
      `UPDATE audit_export SET status = 'ready', claim = NULL, written = $3, sha256 = $4, expires_at = $5
       WHERE id = $1 AND claim = $2`,
      [id, claim, count, sha256, expiresAt],
    );
  }

  /** To be made again. @param counts false: a try that says nothing against it. */
  async postpone(
    manager: EntityManager,
    { id, claim }: ExportClaim,
    dueAt: Date,
    counts: boolean,
  ): Promise<void> {
    await manager.query(
      `UPDATE audit_export SET status = 'queued', claim = NULL, due_at = $3, attempts = attempts - $4
       WHERE id = $1 AND claim = $2`,
      [id, claim, dueAt, counts ? 0 : 1],
    );
  }

  /** Ends one: its content and its events go, its row tells why. @returns false when it had ended. */
  async end(
    tx: Tx,
    id: string,
    status: 'failed' | 'expired',
    reason: ExportEnd,
    claim: string | null = null,
  ): Promise<boolean> {
    const [, ended] = await tx.query<[unknown[], number]>(
      `UPDATE audit_export SET status = $2, reason = $3, claim = NULL
       WHERE id = $1 AND status IN ${LIVE} AND ($4::uuid IS NULL OR claim = $4)`,
      [id, status, reason, claim],
    );
    if (ended > 0) {
      await tx.query('DELETE FROM audit_export_chunk WHERE export_id = $1', [id]);
      await tx.query('DELETE FROM audit_export_event WHERE export_id = $1', [id]);
    }
    return ended > 0;
  }

  async findPastExpiry(manager: EntityManager, now: Date): Promise<readonly string[]> {
    return this.ids(
      manager,
      `SELECT id FROM audit_export WHERE status IN ${LIVE} AND expires_at <= $1 ORDER BY expires_at LIMIT 100`,
      [now],
    );
  }

  /** Those that say something of people who were erased since. @param id absent: of all. */
  async findErased(manager: EntityManager, id: string | null): Promise<readonly string[]> {
    return this.ids(
      manager,
      `SELECT x.id FROM audit_export x
       WHERE x.status IN ${LIVE} AND ($1::uuid IS NULL OR x.id = $1) AND ${ERASED}
       ORDER BY x.expires_at LIMIT 100`,
      [id],
    );
  }

  async findUnsettled(manager: EntityManager): Promise<readonly string[]> {
    return this.ids(
      manager,
      `SELECT id FROM audit_export WHERE status IN ('failed', 'expired') AND settled_at IS NULL ORDER BY id LIMIT 100`,
      [],
    );
  }

  async settle(manager: EntityManager, id: string, now: Date): Promise<void> {
    await manager.query('UPDATE audit_export SET settled_at = $2 WHERE id = $1', [id, now]);
  }

  async forget(manager: EntityManager, endedBefore: Date): Promise<void> {
    await manager.query(
      `DELETE FROM audit_export WHERE id IN (
         SELECT id FROM audit_export WHERE settled_at IS NOT NULL AND expires_at < $1 LIMIT 100)`,
      [endedBefore],
    );
  }

  private async ids(
    manager: EntityManager,
    sql: string,
    params: readonly unknown[],
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(sql, [...params]);
    return rows.map(({ id }) => id);
  }
}
