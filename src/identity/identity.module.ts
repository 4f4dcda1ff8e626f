import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { RateLimitsModule } from '../platform/rate-limits/rate-limits.module.js';
import { ApiIdentity } from './api-identity.service.js';
import { AccessGuard } from './access.guard.js';
import { Authorisation } from './authorisation.service.js';
import { CountedRefusals } from './counted-refusals.js';
import { DpopModule } from './dpop/dpop.module.js';
import { KnownOperations } from './known-operations.js';
import { OidcModule } from './oidc.module.js';
import { SignInRate } from './sign-in-rate.js';
import { SignInService } from './sign-in.service.js';
import { SignInSessions } from './sign-in-sessions.js';
import { PersonAccessRepository } from './person-access.repository.js';
import { PersonAccess } from './person-access.service.js';
import { PrincipalRepository } from './principal.repository.js';
import { PrincipalService } from './principal.service.js';
import { PublicReads } from './public-reads.js';
import { RefusalRate } from './refusal-rate.js';
import { RefusalsInterceptor } from './refusals.interceptor.js';
import { Refusals } from './refusals.service.js';
import { ServicePrincipals } from './service-principals.repository.js';
import { SignInGuard } from './sign-in.guard.js';
import { SignInPages } from './sign-in.pages.js';
import { PersonalTokenIdentity } from './tokens/personal-token-identity.service.js';
import { PersonalTokensApi } from './tokens/personal-tokens.api.js';
import { PersonalTokensRepository } from './tokens/personal-tokens.repository.js';
import { PersonalTokens } from './tokens/personal-tokens.service.js';

/** Who is calling, and the default-deny guard in front of every route. Needs the port `OperationDecision`, bound by policy. */
@Module({
  imports: [AuditModule, DpopModule, OidcModule, RateLimitsModule],
  controllers: [PersonalTokensApi, SignInPages],
  providers: [
    ApiIdentity,
    Authorisation,
    CountedRefusals,
    KnownOperations,
    PersonAccess,
    PersonAccessRepository,
    PersonalTokenIdentity,
    PersonalTokens,
    PersonalTokensRepository,
    SignInRate,
    SignInService,
    SignInSessions,
    PrincipalRepository,
    PrincipalService,
    PublicReads,
    RefusalRate,
    Refusals,
    ServicePrincipals,
    SignInGuard,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: RefusalsInterceptor },
  ],
  exports: [
    Authorisation,
    CountedRefusals,
    DpopModule,
    PersonAccess,
    PersonalTokens,
    PrincipalService,
    PublicReads,
    RefusalRate,
    SignInRate,
    SignInSessions,
  ],
})
export class IdentityModule {}
