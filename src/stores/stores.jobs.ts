import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Config } from '../config/config.js';
import { DailyJob } from '../platform/jobs/daily-job.js';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { StoreProbing } from './store-probing.service.js';

const EVERY_MS = 60_000;
const NIGHTLY = { hour: 2, minute: 30 };
/** What was probed so lately is not probed again at a start, or at night. */
const FRESH_HOURS = 1;

/** Probes stores at the start and each night, and again before a probe is too old to grant on. */
@Injectable()
export class StoresJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedJob;
  private readonly nightly: DailyJob;
  private isStarted = false;

  constructor(probing: StoreProbing, @Inject(Config) { databaseUrl }: Pick<Config, 'databaseUrl'>) {
    this.repeated = new RepeatedJob('store_probes_failed', EVERY_MS, async (signal) => {
      const hours = this.isStarted ? undefined : FRESH_HOURS;
      this.isStarted = true;
      await probing.probeDue(signal, hours);
    });
    this.nightly = new DailyJob(databaseUrl, 'store-probes', NIGHTLY, () =>
      probing.probeDue(undefined, FRESH_HOURS),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    this.repeated.start();
    await this.nightly.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
    await this.nightly.stop();
  }
}
