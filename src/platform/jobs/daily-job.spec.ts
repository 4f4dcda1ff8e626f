import { Logger } from '@nestjs/common';
import pg from 'pg';
import { emptyDatabase } from '../../../test/support/database.js';
import { DailyJob, migrateJobs } from './daily-job.js';

const AT = { hour: 7, minute: 0 };

describe('a daily job', () => {
  let owner: string;
  let app: string;
  let drop: () => Promise<unknown>;
  const started: DailyJob[] = [];

  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  beforeEach(async () => {
    ({ url: owner, drop } = await emptyDatabase());
    const url = new URL(owner);
    url.username = 'concordat_app';
    app = url.href;
    await migrateJobs(owner);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((job) => job.stop()));
    await drop();
  });

  const start = async (work: () => Promise<unknown>): Promise<DailyJob> => {
    const job = new DailyJob(app, 'reminders', AT, work);
    await job.start();
    started.push(job);
    return job;
  };
  const query = async <T>(sql: string): Promise<T[]> => {
    const client = new pg.Client(owner);
    await client.connect();
    try {
      return (await client.query(sql)).rows as T[];
    } finally {
      await client.end();
    }
  };

  it('is scheduled once by two workers, at a London time, as a role that owns nothing of it', async () => {
    await migrateJobs(owner);
    await start(() => Promise.resolve());
    await start(() => Promise.resolve());
    expect(await query('SELECT name, cron, timezone FROM jobs.schedule')).toEqual([
      { name: 'reminders', cron: '0 7 * * *', timezone: 'Europe/London' },
    ]);
    const owned = await query(
      `SELECT relname FROM pg_class WHERE relowner = 'concordat_app'::regrole`,
    );
    expect(owned).toEqual([]);
  });

  it('is done by one of two workers', async () => {
    const done = Promise.withResolvers<undefined>();
    let runs = 0;
    const work = (): Promise<unknown> => {
      runs += 1;
      done.resolve(undefined);
      return Promise.resolve();
    };
    const one = await start(work);
    const two = await start(work);
    await Promise.all([one.ask(), two.ask()]);
    await done.promise;
    await Promise.all(started.splice(0).map((job) => job.stop()));
    expect(runs).toBe(1);
  });

  it('stays in the queue when it fails, to be done again', async () => {
    const failed = Promise.withResolvers<undefined>();
    const job = await start(() => {
      failed.resolve(undefined);
      return Promise.reject(new Error('No'));
    });
    await job.ask();
    await failed.promise;
    await Promise.all(started.splice(0).map((running) => running.stop()));
    expect(
      await query('SELECT state, retry_limit FROM jobs.job WHERE name = $$reminders$$'),
    ).toEqual([{ state: 'retry', retry_limit: 10 }]);
  });
});
