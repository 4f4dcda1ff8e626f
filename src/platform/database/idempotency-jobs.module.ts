import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../jobs/repeated-job.js';
import { Idempotency } from './idempotency.js';

const EVERY_MS = 60_000;

@Injectable()
class IdempotencyJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(idempotency: Idempotency) {
    this.job = new RepeatedJob('idempotency_sweep_failed', EVERY_MS, () => idempotency.forgetOld());
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}

/** For the worker alone: forgets the answers to Idempotency-Keys of yesterday. */
@Module({ providers: [IdempotencyJobs] })
export class IdempotencyJobsModule {}
