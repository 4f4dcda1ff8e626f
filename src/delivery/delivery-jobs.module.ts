import { Module } from '@nestjs/common';
import { DeliveryJobs } from './delivery.jobs.js';
import { DeliveryModule } from './delivery.module.js';

/** For the worker alone: whoever serves ends its own streams. */
@Module({ imports: [DeliveryModule], providers: [DeliveryJobs] })
export class DeliveryJobsModule {}
