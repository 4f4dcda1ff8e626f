import { Module } from '@nestjs/common';
import { GrantsJobs } from './grants.jobs.js';
import { GrantsModule } from './grants.module.js';

/** For the worker alone: `serve` compares dates and writes no end that nobody asked about. */
@Module({ imports: [GrantsModule], providers: [GrantsJobs] })
export class GrantsJobsModule {}
