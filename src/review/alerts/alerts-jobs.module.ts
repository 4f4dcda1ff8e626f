import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../../platform/jobs/repeated-job.js';
import { AlertMail } from './alert-mail.js';
import { AlertSweep } from './alert-sweep.service.js';
import { AlertsModule } from './alerts.module.js';

const EVERY_MS = 5_000;

/** Looks for what is unusual, on one worker at a time. */
@Injectable()
class AlertJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(sweep: AlertSweep, mail: AlertMail) {
    this.job = new RepeatedJob('alerts_failed', EVERY_MS, async (signal) => {
      try {
        await sweep.sweep(signal);
      } finally {
        await mail.tell();
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

/** For the worker alone. */
@Module({ imports: [AlertsModule], providers: [AlertJobs] })
export class AlertsJobsModule {}
