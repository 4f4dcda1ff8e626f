import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from './database.js';

const LIMIT_MS = 5_000;
const POLL_MS = 2;

/** A connection of the superuser that holds a lock until it is told to let go, and then another. */
export class LockHolder {
  private constructor(private readonly client: pg.Client) {}

  static async connect(db: TestDatabase): Promise<LockHolder> {
    const client = new pg.Client(db.urlFor('postgres'));
    await client.connect();
    return new LockHolder(client);
  }

  /** @param lock a statement that takes it until the transaction ends. */
  async hold(lock: string): Promise<void> {
    await this.client.query(`BEGIN; ${lock}`);
  }

  /** Waits until so many connections of the broker wait for a lock. @param expected may change meanwhile. */
  async untilWaiting(expected: number | (() => number)): Promise<void> {
    const start = performance.now();
    for (;;) {
      const { rows } = await this.client.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND usename = 'concordat_app' AND wait_event_type = 'Lock'`,
      );
      // The snapshot of the statistics is kept for a transaction.
      await this.client.query('SELECT pg_stat_clear_snapshot()');
      const count = typeof expected === 'number' ? expected : expected();
      if (rows[0]?.waiting === count) {
        return;
      }
      await delay(POLL_MS);
      if (performance.now() - start > LIMIT_MS) {
        throw new Error(`${String(rows[0]?.waiting)} wait, not ${String(count)}`);
      }
    }
  }

  async release(): Promise<void> {
    await this.client.query('COMMIT');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
