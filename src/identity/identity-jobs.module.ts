import { Module } from '@nestjs/common';
import { IdentityJobs } from './identity.jobs.js';
import { IdentityModule } from './identity.module.js';

/** For the worker alone. */
@Module({ imports: [IdentityModule], providers: [IdentityJobs] })
export class IdentityJobsModule {}
