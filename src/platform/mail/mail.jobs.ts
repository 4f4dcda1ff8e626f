import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../jobs/repeated-job.js';
import { MailDelivery } from './mail-delivery.service.js';
import { Outbox } from './outbox.js';

const DELIVER_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 3_600_000;

/** Sends waiting mails every 5 s; forgets old ones every hour. */
@Injectable()
export class MailJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(delivery: MailDelivery, outbox: Outbox) {
    this.jobs = [
      new RepeatedJob('mail_delivery_failed', DELIVER_EVERY_MS, (signal) =>
        delivery.deliverDue(signal),
      ),
      new RepeatedJob('mail_forgetting_failed', FORGET_EVERY_MS, () => outbox.forget()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) {
      job.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
  }
}
