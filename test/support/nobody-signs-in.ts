import { Module } from '@nestjs/common';
import { AuditModule } from '../../src/audit/audit.module.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import { CountedRefusals } from '../../src/identity/counted-refusals.js';
import { PrincipalRepository } from '../../src/identity/principal.repository.js';
import { PrincipalService } from '../../src/identity/principal.service.js';
import { PublicReads } from '../../src/identity/public-reads.js';
import { SignInRate } from '../../src/identity/sign-in-rate.js';
import { SignInService } from '../../src/identity/sign-in.service.js';
import { SignInSessions } from '../../src/identity/sign-in-sessions.js';
import { RateLimitsModule } from '../../src/platform/rate-limits/rate-limits.module.js';

/** Stands for identity where nobody signs in, without provider and guard: who calls is the test's to say. */
@Module({
  imports: [AuditModule, RateLimitsModule],
  providers: [
    Authorisation,
    CountedRefusals,
    PublicReads,
    PrincipalRepository,
    PrincipalService,
    SignInRate,
    SignInService,
    SignInSessions,
  ],
  exports: [Authorisation, CountedRefusals, PublicReads, SignInRate, SignInSessions],
})
export class NobodySignsIn {}
