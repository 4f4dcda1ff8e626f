import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { RateLimitsModule } from '../platform/rate-limits/rate-limits.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { ClosureEntity } from './closure/closure.entity.js';
import { ClosureMail } from './closure/closure-mail.js';
import { ClosureOpening } from './closure/closure-opening.service.js';
import { ClosuresApi } from './closure/closures.api.js';
import { ClosuresRepository } from './closure/closures.repository.js';
import { ClosuresService } from './closure/closures.service.js';
import { OverdueClosures } from './closure/overdue-closures.service.js';
import { RenewalBlock } from './closure/renewal-block.js';
import { DueExpiries } from './ending/due-expiries.service.js';
import { GrantCascade } from './ending/grant-cascade.js';
import { GrantEndings } from './ending/grant-endings.service.js';
import { GrantEndingsRepository } from './ending/grant-endings.repository.js';
import { LapsesRepository } from './ending/lapses.repository.js';
import { RevokeService } from './ending/revoke.service.js';
import { SupersessionsRepository } from './ending/supersessions.repository.js';
import { Supersessions } from './ending/supersessions.service.js';
import { StoresModule } from '../stores/stores.module.js';
import { GrantEntity } from './grant.entity.js';
import { GrantReceipts } from './grant-receipts.service.js';
import { GrantTokens } from './grant-token.service.js';
import { GrantsApi } from './grants.api.js';
import { GrantsRepository } from './grants.repository.js';
import { GrantHoldings } from './grant-holdings.js';
import { GrantsService } from './grants.service.js';
import { ImpactApi } from './impact/impact.api.js';
import { ImpactPreview } from './impact/impact-preview.service.js';
import { ImpactRepository } from './impact/impact.repository.js';
import { ImpactService } from './impact/impact.service.js';
import { IssueJudge } from './issue/issue-judge.service.js';
import { IssueRate } from './issue/issue-rate.js';
import { IssueRecord } from './issue/issue-record.service.js';
import { IssueRepository } from './issue/issue.repository.js';
import { IssueService } from './issue/issue.service.js';
import { OldKeys } from './issue/old-keys.service.js';
import { RefreshService } from './issue/refresh.service.js';
import { Introspection } from './oauth/introspection.service.js';
import { OAuthApi } from './oauth/oauth.api.js';
import { TokenRevocation } from './oauth/token-revocation.service.js';
import { WellKnownApi } from './well-known.api.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([GrantEntity, ClosureEntity]),
    AgreementsModule,
    AuditModule,
    CascadeModule,
    IdentityModule,
    MailModule,
    OrganisationsModule,
    RateLimitsModule,
    RequestsModule,
    StoresModule,
  ],
  controllers: [GrantsApi, ClosuresApi, ImpactApi, OAuthApi, WellKnownApi],
  providers: [
    GrantsService,
    GrantReceipts,
    GrantsRepository,
    GrantHoldings,
    GrantTokens,
    IssueService,
    IssueJudge,
    IssueRecord,
    IssueRepository,
    IssueRate,
    RefreshService,
    OldKeys,
    RevokeService,
    GrantEndings,
    GrantEndingsRepository,
    GrantCascade,
    LapsesRepository,
    Supersessions,
    SupersessionsRepository,
    DueExpiries,
    ImpactService,
    ImpactPreview,
    ImpactRepository,
    ClosureOpening,
    ClosuresService,
    ClosuresRepository,
    ClosureMail,
    OverdueClosures,
    RenewalBlock,
    Introspection,
    TokenRevocation,
  ],
  exports: [
    ClosuresService,
    GrantReceipts,
    GrantTokens,
    GrantsService,
    ImpactPreview,
    ImpactService,
    DueExpiries,
    OldKeys,
    ClosureOpening,
    OverdueClosures,
  ],
})
export class GrantsModule {}
