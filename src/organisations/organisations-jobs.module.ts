import { Module } from '@nestjs/common';
import { OrganisationsJobs } from './organisations.jobs.js';
import { OrganisationsModule } from './organisations.module.js';

/** For the worker alone: `serve` compares dates and writes no end that nobody asked about. */
@Module({ imports: [OrganisationsModule], providers: [OrganisationsJobs] })
export class OrganisationsJobsModule {}
