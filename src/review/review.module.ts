import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AuditEventsApi } from './audit-events.api.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditEventsService } from './audit-events.service.js';
import { DisclosuresApi } from './disclosures/disclosures.api.js';
import { DisclosuresRepository } from './disclosures/disclosures.repository.js';
import { Disclosures } from './disclosures/disclosures.service.js';
import { FormsModule } from './forms/forms.module.js';
import { ReconciliationApi } from './reports/reconciliation/reconciliation.api.js';
import { ReconciliationRepository } from './reports/reconciliation/reconciliation.repository.js';
import { Reconciliation } from './reports/reconciliation/reconciliation.service.js';

@Module({
  imports: [AuditModule, IdentityModule, FormsModule],
  controllers: [AuditEventsApi, DisclosuresApi, ReconciliationApi],
  providers: [
    AuditEventsService,
    AuditEventsRepository,
    Disclosures,
    DisclosuresRepository,
    Reconciliation,
    ReconciliationRepository,
  ],
})
export class ReviewModule {}
