import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AuditEventsApi } from './audit-events.api.js';
import { AuditEventsService } from './audit-events.service.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { DisclosuresApi } from './disclosures/disclosures.api.js';
import { DisclosuresRepository } from './disclosures/disclosures.repository.js';
import { Disclosures } from './disclosures/disclosures.service.js';
import { ExportsModule } from './exports/exports.module.js';
import { FormsModule } from './forms/forms.module.js';
import { ReadingModule } from './reading.module.js';
import { RevealModule } from './reveal/reveal.module.js';
import { ReportsModule } from './reports/reports.module.js';

@Module({
  imports: [
    AuditModule,
    IdentityModule,
    ReadingModule,
    FormsModule,
    ReportsModule,
    ExportsModule,
    RevealModule,
    AlertsModule,
  ],
  controllers: [AuditEventsApi, DisclosuresApi],
  providers: [AuditEventsService, Disclosures, DisclosuresRepository],
  exports: [AuditEventsService, Disclosures],
})
export class ReviewModule {}
