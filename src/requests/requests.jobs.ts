import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { DueRequests } from './lifecycle/due-requests.service.js';

const EVERY_MS = 5_000;

/** Every 5 s: writes the moves of requests that have fallen due. */
@Injectable()
export class RequestsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(due: DueRequests) {
    this.job = new RepeatedJob('request_sweep_failed', EVERY_MS, (signal) => due.sweep(signal));
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
