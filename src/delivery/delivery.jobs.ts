import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { LostStreams } from './stream/lost-streams.service.js';

const EVERY_MS = 10_000;

/** Ends what dead nodes left open. */
@Injectable()
export class DeliveryJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(lost: LostStreams) {
    this.job = new RepeatedJob('lost_streams_failed', EVERY_MS, (signal) => lost.settleAll(signal));
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
