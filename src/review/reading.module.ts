import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { Offices } from './offices.service.js';
import { Pseudonyms } from './pseudonyms.service.js';
import { TrailReading } from './trail-reading.service.js';

/** Who may read the trail, and the event of their reading: for the search and for every report. */
@Module({
  imports: [AuditModule, IdentityModule],
  providers: [Offices, Pseudonyms, TrailReading, AuditEventsRepository],
  exports: [Offices, Pseudonyms, TrailReading, AuditEventsRepository],
})
export class ReadingModule {}
