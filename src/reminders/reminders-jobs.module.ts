import { Module } from '@nestjs/common';
import { RemindersJobs } from './reminders.jobs.js';
import { RemindersModule } from './reminders.module.js';

/** For the worker alone. */
@Module({ imports: [RemindersModule], providers: [RemindersJobs] })
export class RemindersJobsModule {}
