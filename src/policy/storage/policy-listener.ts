import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../../config/config.js';

const TIMEOUT_MS = 2_000;

/** A connection of its own that hears of publications. It may be lost at any time: the poll does not depend on it. */
@Injectable()
export class PolicyListener {
  private client: pg.Client | undefined;
  private isClosed = false;

  constructor(@Inject(Config) private readonly config: Pick<Config, 'databaseUrl'>) {}

  /** Connects unless connected. `heard` is called, with nothing, for each publication. */
  async connect(heard: () => void): Promise<void> {
    if (this.client || this.isClosed) {
      return;
    }
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concordat-policy-listener',
    });
    this.client = client;
    client.on('notification', heard);
    client.on('error', () => {
      this.drop(client);
    });
    client.on('end', () => {
      this.drop(client);
    });
    try {
      await client.connect();
      await client.query('LISTEN concordat_policy');
    } catch (error) {
      this.drop(client);
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.end().catch(() => undefined);
  }

  private drop(client: pg.Client): void {
    if (this.client === client) {
      this.client = undefined;
    }
  }
}
