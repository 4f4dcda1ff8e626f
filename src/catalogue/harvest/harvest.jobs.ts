import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../../platform/jobs/repeated-job.js';
import { Harvesting } from './harvesting.service.js';

const EVERY_MS = 1_000;

/** Reads the other catalogues whose time has come. */
@Injectable()
export class HarvestJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(harvesting: Harvesting) {
    this.job = new RepeatedJob('harvests_failed', EVERY_MS, (signal) =>
      harvesting.harvestDue(signal),
    );
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.job.stop();
  }
}
