import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { RateLimitsModule } from '../platform/rate-limits/rate-limits.module.js';
import { AccessGuard } from './access.guard.js';
import { Authorisation } from './authorisation.service.js';
import { CountedRefusals } from './counted-refusals.js';
import { KnownOperations } from './known-operations.js';
import { OidcModule } from './oidc.module.js';
import { SignInService } from './sign-in.service.js';
import { PrincipalRepository } from './principal.repository.js';
import { PrincipalService } from './principal.service.js';
import { RefusalRate } from './refusal-rate.js';
import { RefusalsInterceptor } from './refusals.interceptor.js';
import { Refusals } from './refusals.service.js';
import { SignInGuard } from './sign-in.guard.js';
import { SignInPages } from './sign-in.pages.js';

/** Who is calling, and the default-deny guard in front of every route. Needs the port `OperationDecision`, bound by policy. */
@Module({
  imports: [AuditModule, OidcModule, RateLimitsModule],
  controllers: [SignInPages],
  providers: [
    Authorisation,
    CountedRefusals,
    KnownOperations,
    SignInService,
    PrincipalRepository,
    PrincipalService,
    RefusalRate,
    Refusals,
    SignInGuard,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: RefusalsInterceptor },
  ],
  exports: [Authorisation, CountedRefusals, PrincipalService, RefusalRate],
})
export class IdentityModule {}
