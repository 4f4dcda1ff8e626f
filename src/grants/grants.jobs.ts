import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { OverdueClosures } from './closure/overdue-closures.service.js';
import { DueExpiries } from './ending/due-expiries.service.js';
import { OldKeys } from './issue/old-keys.service.js';

const EVERY_MS = 5_000;

/** Every 5 s: writes the ends that have come and the certificates that are late, and forgets Idempotency-Keys of yesterday. */
@Injectable()
export class GrantsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(expiries: DueExpiries, closures: OverdueClosures, oldKeys: OldKeys) {
    this.job = new RepeatedJob('grant_sweep_failed', EVERY_MS, async (signal) => {
      await expiries.sweep(signal);
      await closures.sweep(signal);
      await oldKeys.forget(signal);
    });
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
