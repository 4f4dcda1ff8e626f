import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Retention } from '../audit/eraser/retention.service.js';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { RestoredPeople } from './restored-people.service.js';
import { UnfinishedErasures } from './unfinished-erasures.service.js';

const ERASE_EVERY_MS = 5_000;
const RESTORED_EVERY_MS = 60_000;
const RETENTION_EVERY_MS = 60_000;

/** What the worker deletes without being asked again: erasures that were decided, and what is past retention. */
@Injectable()
export class ErasureJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(unfinished: UnfinishedErasures, restored: RestoredPeople, retention: Retention) {
    this.jobs = [
      new RepeatedJob('erasure_sweep_failed', ERASE_EVERY_MS, (signal) => unfinished.sweep(signal)),
      new RepeatedJob('restored_people_failed', RESTORED_EVERY_MS, (signal) =>
        restored.sweep(signal),
      ),
      new RepeatedJob('retention_walk_failed', RETENTION_EVERY_MS, (signal) =>
        retention.walkOn(signal),
      ),
    ];
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) {
      job.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
  }
}
