import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FieldError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import type { SourcePage } from './reading/source-page.js';
import type { HarvestChange, HarvestFormat, HarvestVisibility } from './harvest.types.js';

/** A turn of a worker at a source: it goes on with the run that has begun, or begins one. */
export interface Turn {
  readonly claim: string;
  readonly runId: string;
  readonly isFull: boolean;
  readonly cursor: string | null;
  /** Only its end is left to do. */
  readonly isAllRead: boolean;
  readonly attempts: number;
  readonly startedAt: Date;
  readonly source: TurnSource;
}

export interface TurnSource {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly format: HarvestFormat;
  readonly url: string;
  readonly everyHours: number;
  readonly visibility: HarvestVisibility;
  readonly isFullDue: boolean;
  readonly readFrom: Date | null;
  readonly fullReadAt: Date | null;
  readonly etag: string | null;
  readonly failures: number;
}

/** What happened to the records of a page. */
export interface PageCounts {
  readonly seen: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly vanished: number;
  readonly returned: number;
}

/** A line of the report. */
export interface ReportEntry {
  readonly change: HarvestChange;
  readonly identifier: string | null;
  readonly title: string | null;
  readonly datasetId: string | null;
  readonly sameAs: string | null;
  readonly reasons: readonly FieldError[];
}

export interface RunRow extends PageCounts {
  readonly id: string;
  readonly sourceId: string;
  readonly isFull: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: 'completed' | 'failed' | null;
  readonly fault: string | null;
  readonly pages: number;
  readonly total: number | null;
  readonly isSteady: boolean;
}

const SELECT_RUN = `
  SELECT id, source_id AS "sourceId", is_full AS "isFull", started_at AS "startedAt", ended_at AS "endedAt", outcome, fault,
    pages, total, is_steady AS "isSteady", seen, added, changed, unchanged, refused, duplicates, vanished, returned
  FROM harvest_run`;

/** Readings of sources: whose turn it is, how far a reading came, and what it found. */
@Injectable()
export class RunsRepository {
  /** Gives one source that is due to this turn; two workers never get the same one. @param retryAt when another may take it. */
  async claim(tx: Tx, claim: string, now: Date, retryAt: Date): Promise<TurnSource | undefined> {
    const [source] = await tx.query<TurnSource[]>(
      `SELECT s.id, s.organisation_id AS "organisationId", s.name, s.format, s.url, s.every_hours AS "everyHours",
         s.visibility, s.is_full_due AS "isFullDue", s.read_from AS "readFrom", s.full_read_at AS "fullReadAt", s.etag,
         s.failures
       FROM harvest_source s JOIN organisation o ON o.id = s.organisation_id AND o.status = 'active'
       WHERE s.status = 'active' AND s.due_at <= $1 ORDER BY s.due_at LIMIT 1 FOR UPDATE OF s SKIP LOCKED`,
      [now],
    );
    if (source) {
      await tx.query('UPDATE harvest_source SET claim = $2, due_at = $3 WHERE id = $1', [
        source.id,
        claim,
        retryAt,
      ]);
    }
    return source;
  }

  /** The run that the source's last turn left open, counted as tried once more. */
  async goOn(tx: Tx, sourceId: string): Promise<Omit<Turn, 'claim' | 'source'> | undefined> {
    const [rows] = await tx.query<[Omit<Turn, 'claim' | 'source'>[], number]>(
      `UPDATE harvest_run SET attempts = attempts + 1 WHERE source_id = $1 AND ended_at IS NULL
       RETURNING id AS "runId", is_full AS "isFull", cursor, is_all_read AS "isAllRead", attempts, started_at AS "startedAt"`,
      [sourceId],
    );
    return rows[0];
  }

  async begin(tx: Tx, runId: string, sourceId: string, isFull: boolean, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO harvest_run (id, source_id, is_full, started_at, attempts) VALUES ($1, $2, $3, $4, 1)`,
      [runId, sourceId, isFull, now],
    );
    await tx.query('UPDATE harvest_source SET is_full_due = false WHERE id = $1', [sourceId]);
  }

  /** Keeps the claim, and the source's row until COMMIT. @returns false when the claim is lost. */
  async hold(tx: Tx, { claim, source }: Turn, retryAt: Date): Promise<boolean> {
    const [, held] = await tx.query<[unknown[], number]>(
      'UPDATE harvest_source SET due_at = $3 WHERE id = $1 AND claim = $2',
      [source.id, claim, retryAt],
    );
    return held === 1;
  }

  /** Ends the turn. @param dueAt when the source has its next one. */
  async release(
    manager: EntityManager,
    { claim, source }: Turn,
    now: Date,
    dueAt: Date,
  ): Promise<void> {
    // Somebody may have asked for a reading while this one went on.
    await manager.query(
      `UPDATE harvest_source SET claim = NULL, due_at = CASE WHEN is_full_due THEN $3 ELSE $4::timestamptz END
       WHERE id = $1 AND claim = $2`,
      [source.id, claim, now, dueAt],
    );
  }

  /** Notes a part; where it has news the run gets on, and new attempts. @returns how many records the run has met. */
  async note(
    tx: Tx,
    runId: string,
    page: Pick<SourcePage, 'cursor' | 'isLast' | 'isWhole' | 'total'> & {
      readonly isNews: boolean;
    },
    counts: PageCounts,
    entries: readonly ReportEntry[],
  ): Promise<number> {
    const [[row]] = await tx.query<[{ seen: number }[], number]>(
      `UPDATE harvest_run SET cursor = $2, is_all_read = $3, is_full = $4, pages = pages + 1,
         attempts = CASE WHEN $6 THEN 0 ELSE attempts END,
         is_steady = is_steady AND (total IS NULL OR total = $5)
           AND (NOT $3 OR coalesce(total, $5) IS NULL OR seen + $7 >= coalesce(total, $5)),
         total = coalesce(total, $5)
       WHERE id = $1 RETURNING seen`,
      [...[runId, page.cursor, page.isLast, page.isWhole, page.total, page.isNews], counts.seen],
    );
    await this.add(tx, runId, counts, entries);
    return (row?.seen ?? 0) + counts.seen;
  }

  /** Adds to the report. */
  async add(
    tx: Tx,
    runId: string,
    counts: PageCounts,
    entries: readonly ReportEntry[],
  ): Promise<void> {
    const [[row]] = await tx.query<[{ first: number }[], number]>(
      `UPDATE harvest_run SET seen = seen + $2, added = added + $3, changed = changed + $4, unchanged = unchanged + $5,
         refused = refused + $6, duplicates = duplicates + $7, vanished = vanished + $8, returned = returned + $9,
         entries = entries + $10
       WHERE id = $1 RETURNING entries - $10 AS first`,
      [
        ...[runId, counts.seen, counts.added, counts.changed, counts.unchanged, counts.refused],
        ...[counts.duplicates, counts.vanished, counts.returned, entries.length],
      ],
    );
    await tx.query(
      `INSERT INTO harvest_entry (run_id, number, change, identifier, title, dataset_id, same_as, reasons)
       SELECT $1, $2 + e.at, e.change, e.identifier, e.title, e.dataset_id, e.same_as, e.reasons
       FROM unnest($3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::jsonb[])
         WITH ORDINALITY AS e (change, identifier, title, dataset_id, same_as, reasons, at)`,
      [
        ...[runId, row?.first ?? 0, entries.map(({ change }) => change)],
        ...[entries.map(({ identifier }) => identifier), entries.map(({ title }) => title)],
        ...[entries.map(({ datasetId }) => datasetId), entries.map(({ sameAs }) => sameAs)],
        entries.map(({ reasons }) => JSON.stringify(reasons)),
      ],
    );
  }

  async find(manager: EntityManager, runId: string): Promise<RunRow | undefined> {
    const [row] = await manager.query<RunRow[]>(`${SELECT_RUN} WHERE id = $1`, [runId]);
    return row;
  }

  /** Newest first. */
  async list(
    manager: EntityManager,
    sourceId: string,
    before: string | null,
    limit: number,
  ): Promise<RunRow[]> {
    return manager.query<RunRow[]>(
      `${SELECT_RUN} WHERE source_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [sourceId, before, limit],
    );
  }

  async entries(
    manager: EntityManager,
    runId: string,
    change: HarvestChange | null,
    after: number,
    limit: number,
  ): Promise<(ReportEntry & { readonly number: number })[]> {
    return manager.query(
      `SELECT number, change, identifier, title, dataset_id AS "datasetId", same_as AS "sameAs", reasons
       FROM harvest_entry WHERE run_id = $1 AND number > $2 AND ($3::text IS NULL OR change = $3)
       ORDER BY number LIMIT $4`,
      [runId, after, change, limit],
    );
  }

  async end(
    tx: Tx,
    { runId, source }: Turn,
    end: {
      readonly outcome: 'completed' | 'failed';
      readonly fault: string | null;
      readonly now: Date;
    },
  ): Promise<void> {
    const { outcome, fault, now } = end;
    await tx.query(
      'UPDATE harvest_run SET ended_at = $2, outcome = $3, fault = $4, cursor = NULL WHERE id = $1',
      [runId, now, outcome, fault],
    );
    await tx.query(
      `UPDATE harvest_source SET fault = $2, failures = CASE WHEN $2::text IS NULL THEN 0 ELSE failures + 1 END
       WHERE id = $1`,
      [source.id, fault],
    );
    await tx.query('DELETE FROM harvest_seen WHERE run_id = $1', [runId]);
  }

  /** What the next reading starts from. */
  async noteRead(
    tx: Tx,
    { source, startedAt }: Turn,
    isFull: boolean,
    etag: string | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE harvest_source SET read_from = $2, full_read_at = CASE WHEN $3 THEN $2 ELSE full_read_at END, etag = $4
       WHERE id = $1`,
      [source.id, startedAt, isFull, etag],
    );
  }

  /** Forgets the reports of all but the last runs; their counts stay. */
  async forgetOld(tx: Tx, sourceId: string, kept: number): Promise<void> {
    await tx.query(
      `DELETE FROM harvest_entry WHERE run_id IN (
         SELECT id FROM harvest_run WHERE source_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 10)`,
      [sourceId, kept],
    );
  }
}
