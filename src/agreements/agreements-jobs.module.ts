import { Module } from '@nestjs/common';
import { AgreementsModule } from './agreements.module.js';
import { AgreementsJobs } from './agreements.jobs.js';

/** For the worker alone: `serve` moves nothing by date. */
@Module({ imports: [AgreementsModule], providers: [AgreementsJobs] })
export class AgreementsJobsModule {}
