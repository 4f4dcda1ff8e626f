import { Module } from '@nestjs/common';
import { ExportsJobs } from './exports.jobs.js';
import { ExportsModule } from './exports.module.js';

/** For the worker alone. */
@Module({ imports: [ExportsModule], providers: [ExportsJobs] })
export class ExportsJobsModule {}
