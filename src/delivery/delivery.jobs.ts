import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { LogSweep } from './observed/log-sweep.service.js';
import { LostStreams } from './stream/lost-streams.service.js';

const EVERY_MS = 10_000;
/** Looks whether a log is due; how often one is, the configuration says. */
const LOGS_EVERY_MS = 2_000;

/** Ends what dead nodes left open, and reads what stores say was read. */
@Injectable()
export class DeliveryJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(lost: LostStreams, logs: LogSweep) {
    this.jobs = [
      new RepeatedJob('lost_streams_failed', EVERY_MS, (signal) => lost.settleAll(signal)),
      new RepeatedJob('access_logs_failed', LOGS_EVERY_MS, (signal) => logs.readDue(signal)),
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
