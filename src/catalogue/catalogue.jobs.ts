import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { Sealing } from './sealing/sealing.service.js';
import { Watching } from './watching/watching.service.js';

const EVERY_MS = 1_000;

/** Seals what was published or is to be sealed again, and watches the feeds that are due. */
@Injectable()
export class CatalogueJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(sealing: Sealing, watching: Watching) {
    this.jobs = [
      new RepeatedJob('seals_failed', EVERY_MS, (signal) => sealing.sealDue(signal)),
      new RepeatedJob('watches_failed', EVERY_MS, (signal) => watching.watchDue(signal)),
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
