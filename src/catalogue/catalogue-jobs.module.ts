import { Module } from '@nestjs/common';
import { CatalogueJobs } from './catalogue.jobs.js';
import { CatalogueModule } from './catalogue.module.js';

/** For the worker alone: `serve` lists no store. */
@Module({ imports: [CatalogueModule], providers: [CatalogueJobs] })
export class CatalogueJobsModule {}
