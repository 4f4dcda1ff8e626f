import { Module } from '@nestjs/common';
import { RequestsJobs } from './requests.jobs.js';
import { RequestsModule } from './requests.module.js';

/** For the worker alone: `serve` compares dates and moves no request that nobody asked about. */
@Module({ imports: [RequestsModule], providers: [RequestsJobs] })
export class RequestsJobsModule {}
