import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { uuidV7Factory } from '../../src/kernel/ids.js';
import type { Statement } from '../statements/recorded-statements.js';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const newIds = uuidV7Factory(systemClock);

/** Waits for the disk as a COMMIT does: what the page wrote is flushed too, and then taken back. */
const FLUSH_AND_FORGET = `SELECT pg_logical_emit_message(false, 'bench', '', true); ROLLBACK`;

/**
 * Sends what was recorded again, over as many connections as the broker used, one statement after the other. What was
 * written is not kept: its secrets are bound to the ids that it had.
 */
export class Replay {
  private readonly clients = new Map<string, pg.Client>();

  constructor(
    private readonly urls: Readonly<Record<Statement['database'], string>>,
    private readonly statements: readonly Statement[],
    /** What the broker wrote has ids that are younger than this, in Unix milliseconds; it is written under new ones. */
    private readonly since: number,
  ) {}

  /** Opens the connections, which a broker has open too. */
  async open(): Promise<void> {
    for (const { connection, database } of this.statements) {
      if (!this.clients.has(connection)) {
        const client = new pg.Client(this.urls[database]);
        this.clients.set(connection, client);
        await client.connect();
      }
    }
  }

  /** @returns how long it took, in milliseconds. */
  async run(): Promise<number> {
    const ids = new Map<string, string>();
    const filled = this.statements.map((statement) => ({
      ...statement,
      params: statement.params.map((value) => (value === null ? null : this.renew(value, ids))),
    }));
    const startedAt = performance.now();
    for (const { connection, name, sql, params } of filled) {
      const client = this.clients.get(connection);
      await (params.length > 0
        ? client?.query({ text: sql, values: params, ...(name !== undefined && { name }) })
        : client?.query(/^COMMIT/i.test(sql) ? FLUSH_AND_FORGET : sql));
    }
    return performance.now() - startedAt;
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) {
      await client.end();
    }
  }

  private renew(text: string, ids: Map<string, string>): string {
    return text.replaceAll(ID, (id) => {
      if (parseInt(id.replace('-', '').slice(0, 12), 16) < this.since) {
        return id;
      }
      const known = ids.get(id) ?? newIds.next();
      ids.set(id, known);
      return known;
    });
  }
}
