import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../../config/config.js';
import { Database } from '../../platform/database/database.js';

const TIMEOUT_MS = 2_000;

/** A connection of its own that hears of ended grants and asks about them; without it the pool's connections ask. */
@Injectable()
export class GrantListener {
  private client: pg.Client | undefined;
  private heard: () => void = () => undefined;
  private isClosed = false;

  constructor(
    @Inject(Config) private readonly config: Pick<Config, 'databaseUrl'>,
    private readonly database: Database,
  ) {}

  /** @param heard is called, with nothing, for each revocation and each cascade that ended grants. */
  onEnded(heard: () => void): void {
    this.heard = heard;
  }

  /** A query on the listening connection, opened again if it was lost. */
  async query<T extends object>(sql: string, params: readonly unknown[]): Promise<T[]> {
    const client = await this.connected();
    if (!client) {
      return this.database.manager.query<T[]>(sql, [...params]);
    }
    try {
      return (await client.query<T>(sql, [...params])).rows;
    } catch (error) {
      this.drop(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.end().catch(() => undefined);
  }

  // Listening starts before the first question, so that nothing ends between the two unheard.
  private async connected(): Promise<pg.Client | undefined> {
    if (this.client || this.isClosed) {
      return this.client;
    }
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concordat-grant-listener',
    });
    client.on('notification', () => {
      this.heard();
    });
    client.on('error', () => {
      this.drop(client);
    });
    client.on('end', () => {
      this.drop(client);
    });
    try {
      await client.connect();
      await client.query('LISTEN concordat_grants');
      this.client = client;
    } catch {
      // The pool may still have a connection: LiveWatch judges by whether anything answers at all.
      this.drop(client);
    }
    return this.client;
  }

  private drop(client: pg.Client): void {
    if (this.client === client) {
      this.client = undefined;
    }
    void client.end().catch(() => undefined);
  }
}
