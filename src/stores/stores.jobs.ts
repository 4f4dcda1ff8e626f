import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { StoreProbing } from './store-probing.service.js';

const EVERY_MS = 60_000;

/** Probes stores again before their last probe is too old to grant on. */
@Injectable()
export class StoresJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(probing: StoreProbing) {
    this.job = new RepeatedJob('store_probes_failed', EVERY_MS, (signal) =>
      probing.probeDue(signal),
    );
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
