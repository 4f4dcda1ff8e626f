import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { UsedProofs } from './dpop/used-proofs.service.js';

const EVERY_MS = 10_000;
const AT_ONCE = 10_000;

/** Forgets DPoP proofs that nobody would take any more. */
@Injectable()
export class IdentityJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(proofs: UsedProofs, @Inject(Clock) clock: Clock) {
    this.job = new RepeatedJob('used_proofs_failed', EVERY_MS, async (signal) => {
      let forgotten = AT_ONCE;
      while (forgotten === AT_ONCE && !signal.aborted) {
        forgotten = await proofs.forget(clock.now(), AT_ONCE);
      }
    });
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
