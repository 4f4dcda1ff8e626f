import { Module } from '@nestjs/common';
import { GrantsModule } from './grants.module.js';

/** For the worker alone: what grants do without being asked. */
@Module({ imports: [GrantsModule] })
export class GrantsJobsModule {}
