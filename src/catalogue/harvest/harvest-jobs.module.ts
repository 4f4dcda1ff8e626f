import { Module } from '@nestjs/common';
import { HarvestModule } from './harvest.module.js';
import { HarvestJobs } from './harvest.jobs.js';

/** For the worker alone: `serve` reads no other catalogue. */
@Module({ imports: [HarvestModule], providers: [HarvestJobs] })
export class HarvestJobsModule {}
