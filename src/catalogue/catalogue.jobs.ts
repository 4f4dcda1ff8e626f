import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { Profiling } from './profile/profiling.service.js';
import { Sealing } from './sealing/sealing.service.js';
import { Watching } from './watching/watching.service.js';

const EVERY_MS = 1_000;

/** Seals what was published or is to be sealed again, watches the feeds that are due, and reads the samples that owners asked for. */
@Injectable()
export class CatalogueJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(sealing: Sealing, watching: Watching, profiling: Profiling) {
    this.jobs = [
      new RepeatedJob('seals_failed', EVERY_MS, (signal) => sealing.sealDue(signal)),
      new RepeatedJob('watches_failed', EVERY_MS, (signal) => watching.watchDue(signal)),
      new RepeatedJob('profiles_failed', EVERY_MS, (signal) => profiling.profileDue(signal)),
    ];
  }

  onApplicationBootstrap(): void {
    this.jobs.forEach((job) => {
      job.start();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
  }
}
