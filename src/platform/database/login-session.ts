import pg from 'pg';

const TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** What a session of a login answers: rows of what was asked. */
export interface Session {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it selects
  query<Row extends pg.QueryResultRow>(
    text: string,
    params?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/**
 * One connection of a login that only one duty of the worker has. A lost one is replaced at the next use; `onConnect` sees
 * each new one first, and by throwing refuses it.
 */
export class LoginSession {
  private client: pg.Client | undefined;

  constructor(
    private readonly url: string,
    private readonly onConnect: (session: Session) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Not for use by two at once: transactions of one would be the other's. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      return await work(client);
    } catch (error) {
      // Whatever state it is in, nobody has to ask: the next use starts from a new one.
      await this.close();
      throw error;
    }
  }

  /** `work` in one transaction at READ COMMITTED. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.use(async (session) => {
      await session.query('BEGIN');
      const result = await work(session);
      await session.query('COMMIT');
      return result;
    });
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    if (this.client) {
      return this.client;
    }
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concordat',
      options: '-c synchronous_commit=on -c timezone=UTC',
    });
    // A connection that dies while it is idle is replaced at the next use; unheard, it would end the process.
    client.on('error', () => {
      if (this.client === client) {
        this.client = undefined;
      }
    });
    await client.connect();
    try {
      await this.onConnect(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    return client;
  }
}
