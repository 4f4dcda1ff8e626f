import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Config } from '../config/config.js';
import { DailyJob } from '../platform/jobs/daily-job.js';
import { Reminders } from './reminders.service.js';

/** Before people start their day. */
const AT = { hour: 7, minute: 0 };

/** Once a day, by one of the workers. */
@Injectable()
export class RemindersJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: DailyJob;

  constructor(@Inject(Config) { databaseUrl }: Config, reminders: Reminders) {
    this.job = new DailyJob(databaseUrl, 'reminders', AT, () => reminders.remind());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
