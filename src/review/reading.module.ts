import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { Offices } from './offices.service.js';
import { TrailReading } from './trail-reading.service.js';

/** Who may read the trail, and the event of their reading: for the search and for every report. */
@Module({
  imports: [AuditModule, IdentityModule],
  providers: [Offices, TrailReading, AuditEventsRepository],
  exports: [Offices, TrailReading, AuditEventsRepository],
})
export class ReadingModule {}
