import { Module } from '@nestjs/common';
import { PayloadEraser } from '../audit/eraser/payload-eraser.js';
import { Retention } from '../audit/eraser/retention.service.js';
import { ErasureJobs } from './erasure.jobs.js';
import { ErasureModule } from './erasure.module.js';
import { RestoredPeople } from './restored-people.service.js';
import { UnfinishedErasures } from './unfinished-erasures.service.js';

/** For the worker alone: nobody else has the eraser's login. */
@Module({
  imports: [ErasureModule],
  providers: [PayloadEraser, Retention, UnfinishedErasures, RestoredPeople, ErasureJobs],
})
export class ErasureJobsModule {}
