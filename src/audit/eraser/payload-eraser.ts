import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { WorkerConfig } from '../../config/config.js';

const POOL_SIZE = 2;
const TIMEOUT_MS = 30_000;
const BATCH = 500;

/** Where a walk over old events goes on. */
export interface RetentionPosition {
  readonly occurredAt: Date;
  readonly id: string;
}

/**
 * Deletes payload rows, as the login that may do nothing else (audit-log section 10). It names rows; row security decides,
 * row by row, whether they may go.
 */
@Injectable()
export class PayloadEraser implements OnApplicationShutdown {
  private readonly pool: pg.Pool;

  constructor(
    @Inject(WorkerConfig) { eraserDatabaseUrl }: Pick<WorkerConfig, 'eraserDatabaseUrl'>,
  ) {
    this.pool = new pg.Pool({
      connectionString: eraserDatabaseUrl,
      max: POOL_SIZE,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      statement_timeout: TIMEOUT_MS,
      allowExitOnIdle: true,
    });
    // An idle connection that dies is replaced at the next call; without a listener it would end the process.
    this.pool.on('error', () => undefined);
  }

  /**
   * Deletes what is about an erased person: rows of events, and what decisions say of them. Repeatable.
   * @param signal stops it between two batches.
   * @returns false while something of them is held, or when it was stopped: nothing more can be done now.
   */
  async eraseSubject(personId: string, signal: AbortSignal): Promise<boolean> {
    if (await this.isHeld(personId)) {
      return false;
    }
    for (;;) {
      const { rowCount } = await this.pool.query(
        `DELETE FROM audit_payload WHERE subject_id = $1 AND event_id = ANY (ARRAY(
           SELECT p.event_id FROM audit_event e JOIN audit_payload p ON p.event_id = e.id AND p.subject_id = $1
           WHERE e.person_ids @> ARRAY[$1::uuid] LIMIT ${String(BATCH)}))`,
        [personId],
      );
      if (rowCount === 0) {
        break;
      }
      if (signal.aborted) {
        return false;
      }
    }
    await this.pool.query('SELECT blank_decisions_of($1)', [personId]);
    return true;
  }

  /**
   * Deletes the rows of one batch of old events that are past retention (R5.9).
   * @param after where the batch before ended; null for the oldest.
   * @returns where this one ended; null when no older event is left.
   */
  async eraseOld(after: RetentionPosition | null): Promise<RetentionPosition | null> {
    const { rows } = await this.pool.query<RetentionPosition>(
      `SELECT id, occurred_at AS "occurredAt" FROM audit_event
       WHERE occurred_at < now() - make_interval(years => (SELECT years FROM retention_rule))
         AND ($1::timestamptz IS NULL OR (occurred_at, id) > ($1, $2::uuid))
       ORDER BY occurred_at, id LIMIT ${String(BATCH)}`,
      [after?.occurredAt ?? null, after?.id ?? null],
    );
    await this.pool.query('DELETE FROM audit_payload WHERE event_id = ANY ($1::uuid[])', [
      rows.map(({ id }) => id),
    ]);
    return rows.length < BATCH ? null : (rows.at(-1) ?? null);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private async isHeld(personId: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ held: boolean }>('SELECT is_person_held($1) AS held', [
      personId,
    ]);
    return rows[0]?.held !== false;
  }
}
