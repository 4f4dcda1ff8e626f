import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../../platform/jobs/repeated-job.js';
import { ExportEnds } from './export-ends.service.js';
import { ExportMaking } from './export-making.service.js';

const MAKE_EVERY_MS = 1_000;
const END_EVERY_MS = 5_000;

/** Makes the exports that nobody waits for, and ends those that are past their day. */
@Injectable()
export class ExportsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(making: ExportMaking, ends: ExportEnds) {
    this.jobs = [
      new RepeatedJob('exports_failed', MAKE_EVERY_MS, (signal) => making.makeDue(signal)),
      new RepeatedJob('export_ends_failed', END_EVERY_MS, (signal) => ends.sweep(signal)),
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
