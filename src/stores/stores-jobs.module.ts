import { Module } from '@nestjs/common';
import { StoresJobs } from './stores.jobs.js';
import { StoresModule } from './stores.module.js';

/** For the worker alone: `serve` probes only when somebody asks. */
@Module({ imports: [StoresModule], providers: [StoresJobs] })
export class StoresJobsModule {}
