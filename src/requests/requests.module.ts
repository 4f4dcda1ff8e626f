import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AccessFactsService } from './access-facts.service.js';
import { AccessDecisionEntity, AccessRequestEntity } from './access-request.entity.js';
import { AccessRequestsApi } from './access-requests.api.js';
import { AccessRequestsRepository } from './access-requests.repository.js';
import { AccessRequestsService } from './access-requests.service.js';
import { ProjectEntity, ProjectMemberEntity } from './project.entity.js';
import { ProjectsApi } from './projects.api.js';
import { ProjectsRepository } from './projects.repository.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      ProjectEntity,
      ProjectMemberEntity,
      AccessRequestEntity,
      AccessDecisionEntity,
    ]),
    AuditModule,
    CascadeModule,
    IdentityModule,
  ],
  controllers: [ProjectsApi, AccessRequestsApi],
  providers: [
    ProjectsService,
    ProjectsRepository,
    AccessRequestsService,
    AccessRequestsRepository,
    AccessFactsService,
  ],
  exports: [AccessFactsService],
})
export class RequestsModule {}
