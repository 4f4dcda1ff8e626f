import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../../platform/jobs/repeated-job.js';
import { AlertSweep } from './alert-sweep.service.js';
import { AlertsModule } from './alerts.module.js';

const EVERY_MS = 5_000;

/** Looks for what is unusual, on one worker at a time. */
@Injectable()
class AlertJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(alerts: AlertSweep) {
    this.job = new RepeatedJob('alerts_failed', EVERY_MS, (signal) => alerts.sweep(signal));
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
