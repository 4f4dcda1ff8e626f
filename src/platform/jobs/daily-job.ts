import { Logger } from '@nestjs/common';
import { SteadyClient } from '../database/steady-client.js';
import { PgBoss } from 'pg-boss';

/** Apart from the broker's own tables: pg-boss makes and changes what is in it. */
const SCHEMA = 'jobs';
const ZONE = 'Europe/London';
const RETRIES = 10;
const RETRY_DELAY_SECONDS = 60;
const LIMIT_SECONDS = 900;
const POOL_SIZE = 2;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Brings pg-boss's schema to the installed version, and lets the application's role use what is in it. Repeatable.
 * @param url login of the database's owner, who alone may change it.
 */
export async function migrateJobs(url: string): Promise<void> {
  const boss = new PgBoss({ ...options(url), migrate: true, createSchema: true, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    await boss.getDb().executeSql(
      `GRANT USAGE ON SCHEMA ${SCHEMA} TO concordat_app;
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO concordat_app;
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO concordat_app;
       GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO concordat_app;`,
    );
  } finally {
    await boss.stop({ graceful: false });
  }
}

function options(url: string) {
  return {
    connectionString: url,
    schema: SCHEMA,
    max: POOL_SIZE,
    Client: SteadyClient,
    supervise: false,
  } as const;
}

/** What a worker does once a day at a London time, of any number of workers one; tried again when it fails. */
export class DailyJob {
  private readonly log = new Logger(DailyJob.name);
  private readonly boss: PgBoss;

  /**
   * @param name names the queue, and the job in the log.
   * @param at minute and hour of a London day.
   * @param work is done at least once a day: it must bear being done twice.
   * @param limitSeconds after which it is taken for dead and done again.
   */
  constructor(
    url: string,
    private readonly name: string,
    private readonly at: { readonly hour: number; readonly minute: number },
    private readonly work: () => Promise<unknown>,
    private readonly limitSeconds = LIMIT_SECONDS,
  ) {
    this.boss = new PgBoss({
      ...options(url),
      migrate: false,
      createSchema: false,
      supervise: true,
    });
    // A lost connection is opened again; without a listener the first one would end the process.
    this.boss.on('error', (error) => {
      this.log.error({ msg: 'The job queue failed', code: 'job_queue_failed', err: error });
    });
  }

  async start(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(this.name, {
      policy: 'exclusive',
      retryLimit: RETRIES,
      retryDelay: RETRY_DELAY_SECONDS,
      expireInSeconds: this.limitSeconds,
    });
    const cron = `${String(this.at.minute)} ${String(this.at.hour)} * * *`;
    await this.boss.schedule(this.name, cron, null, { tz: ZONE, missed: 'once' });
    await this.boss.work(this.name, () => this.run());
  }

  /** Does it now as well, on one of the workers. */
  async ask(): Promise<void> {
    await this.boss.send(this.name);
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS });
  }

  private async run(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.log.error({ msg: 'A daily job failed', code: this.name, err: error });
      throw error;
    }
  }
}
