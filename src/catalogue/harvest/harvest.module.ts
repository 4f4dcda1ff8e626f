import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { CatalogueModule } from '../catalogue.module.js';
import { HARVEST_LIMITS, HarvestLimits } from './harvest-limits.js';
import { HarvestReports } from './harvest-reports.service.js';
import { HarvestSources } from './harvest-sources.service.js';
import { HarvestApi } from './harvest.api.js';
import { Harvesting } from './harvesting.service.js';
import { Intake } from './intake.service.js';
import { SourceClient } from './reading/source-client.js';
import { SourcePages } from './reading/source-pages.service.js';
import { RecordWriting } from './record-writing.service.js';
import { RecordsRepository } from './records.repository.js';
import { RunEnds } from './run-ends.service.js';
import { RunsRepository } from './runs.repository.js';
import { SourcesRepository } from './sources.repository.js';

@Module({
  imports: [AuditModule, IdentityModule, CatalogueModule],
  controllers: [HarvestApi],
  providers: [
    HarvestSources,
    HarvestReports,
    Harvesting,
    Intake,
    RecordWriting,
    RunEnds,
    SourceClient,
    SourcePages,
    SourcesRepository,
    RunsRepository,
    RecordsRepository,
    { provide: HarvestLimits, useValue: HARVEST_LIMITS },
  ],
  exports: [HarvestReports, Harvesting, HarvestSources],
})
export class HarvestModule {}
