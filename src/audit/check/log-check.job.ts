import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Config } from '../../config/config.js';
import { DailyJob } from '../../platform/jobs/daily-job.js';
import { LogHalt } from '../publisher/log-halt.js';
import { LogCheck } from './log-check.service.js';

const NIGHTLY = { hour: 3, minute: 0 };
/** A million events take some minutes. */
const LIMIT_SECONDS = 6 * 3_600;
const SAY_EVERY = 1_000_000;

/** Compares database and published log each night, on one of the workers. */
@Injectable()
export class LogCheckJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(LogCheckJob.name);
  private readonly job: DailyJob;

  constructor(
    private readonly check: LogCheck,
    @Inject(Config) { databaseUrl }: Pick<Config, 'databaseUrl'>,
  ) {
    this.job = new DailyJob(databaseUrl, 'log-check', NIGHTLY, () => this.run(), LIMIT_SECONDS);
  }

  onApplicationBootstrap(): Promise<void> {
    return this.job.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.job.stop();
  }

  private async run(): Promise<void> {
    let done = 0;
    try {
      const { size } = await this.check.run((more, total) => {
        if (Math.floor((done + more) / SAY_EVERY) > Math.floor(done / SAY_EVERY)) {
          this.log.log({ msg: 'The log is being checked', done: done + more, of: Number(total) });
        }
        done += more;
      });
      this.log.log({ msg: 'The log is what the database has', events: Number(size) });
    } catch (error) {
      // Said by the halt; to try again would find the same.
      if (!(error instanceof LogHalt)) {
        throw error;
      }
    }
  }
}
