import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { Sealing } from './sealing/sealing.service.js';

const EVERY_MS = 1_000;

/** Seals what was published or is to be sealed again. */
@Injectable()
export class CatalogueJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(sealing: Sealing) {
    this.job = new RepeatedJob('seals_failed', EVERY_MS, (signal) => sealing.sealDue(signal));
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
