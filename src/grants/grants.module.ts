import { Module } from '@nestjs/common';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { GrantEntity } from './grant.entity.js';
import { GrantTokens } from './grant-token.service.js';
import { IssueRate } from './issue/issue-rate.js';
import { IssueRepository } from './issue/issue.repository.js';
import { IssueService } from './issue/issue.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([GrantEntity]),
    AuditModule,
    CascadeModule,
    IdentityModule,
    RequestsModule,
  ],
  providers: [
    GrantTokens,
    IssueService,
    IssueRepository,
    IssueRate,
    { provide: ThrottlerStorage, useClass: ThrottlerStorageService },
  ],
  exports: [GrantTokens],
})
export class GrantsModule {}
