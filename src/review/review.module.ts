import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AuditEventsApi } from './audit-events.api.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditEventsService } from './audit-events.service.js';
import { FormsModule } from './forms/forms.module.js';

@Module({
  imports: [AuditModule, IdentityModule, FormsModule],
  controllers: [AuditEventsApi],
  providers: [AuditEventsService, AuditEventsRepository],
})
export class ReviewModule {}
