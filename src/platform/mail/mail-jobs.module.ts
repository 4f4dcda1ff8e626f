import { Module } from '@nestjs/common';
import { MailModule } from './mail.module.js';
import { MailJobs } from './mail.jobs.js';

/** For the worker alone: `serve` puts mails into the outbox and sends none. */
@Module({ imports: [MailModule], providers: [MailJobs] })
export class MailJobsModule {}
