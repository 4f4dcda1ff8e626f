import { Module } from '@nestjs/common';
import { AuditModule } from '../../src/audit/audit.module.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import { CountedRefusals } from '../../src/identity/counted-refusals.js';
import { PersonAccessRepository } from '../../src/identity/person-access.repository.js';
import { PersonAccess } from '../../src/identity/person-access.service.js';
import { PublicReads } from '../../src/identity/public-reads.js';
import { RateLimitsModule } from '../../src/platform/rate-limits/rate-limits.module.js';

/** Stands for identity where nobody signs in: who calls is the test's to say. */
@Module({
  imports: [AuditModule, RateLimitsModule],
  providers: [Authorisation, CountedRefusals, PersonAccess, PersonAccessRepository, PublicReads],
  exports: [Authorisation, CountedRefusals, PersonAccess, PublicReads],
})
export class NobodySignsIn {}
