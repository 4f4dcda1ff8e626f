import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { AccessDecisions } from './access-decisions.service.js';
import { AccessFactsService } from './access-facts.service.js';
import { AccessRequestGate } from './access-request-gate.js';
import { AccessDecisionEntity, AccessRequestEntity } from './access-request.entity.js';
import { AccessRequestsApi } from './access-requests.api.js';
import { AccessRequestsRepository } from './access-requests.repository.js';
import { AccessRequestsService } from './access-requests.service.js';
import { AccessSubmission } from './access-submission.service.js';
import { AccessRequestDrafting } from './access-request-drafting.service.js';
import { AccessRequestFormsApi } from './forms/access-request-forms.api.js';
import { AccessRequestForms } from './forms/access-request-forms.service.js';
import { AccessRequestEdits } from './lifecycle/access-request-edits.service.js';
import { DueRequestsRepository } from './lifecycle/due-requests.repository.js';
import { DueRequests } from './lifecycle/due-requests.service.js';
import { FollowedVersions } from './lifecycle/followed-versions.js';
import { Renewals } from './lifecycle/renewals.service.js';
import { Undertakings } from './lifecycle/undertakings.service.js';
import { LiveRolesRepository } from './live-roles.repository.js';
import { LeadHandOver } from './projects/lead-hand-over.js';
import { ProjectEdits } from './projects/project-edits.service.js';
import { ProjectGate } from './projects/project-gate.js';
import { ProjectMembers } from './projects/project-members.service.js';
import { ProjectEntity, ProjectMemberEntity } from './projects/project.entity.js';
import { ProjectsApi } from './projects/projects.api.js';
import { ProjectsRepository } from './projects/projects.repository.js';
import { ProjectsService } from './projects/projects.service.js';
import { DatasetWaysApi } from './ways/dataset-ways.api.js';
import { DatasetWays } from './ways/dataset-ways.service.js';
import { WaysRepository } from './ways/ways.repository.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      ProjectEntity,
      ProjectMemberEntity,
      AccessRequestEntity,
      AccessDecisionEntity,
    ]),
    AgreementsModule,
    AuditModule,
    CascadeModule,
    CatalogueModule,
    IdentityModule,
    OrganisationsModule,
  ],
  controllers: [ProjectsApi, AccessRequestsApi, AccessRequestFormsApi, DatasetWaysApi],
  providers: [
    ProjectsService,
    ProjectEdits,
    ProjectMembers,
    ProjectGate,
    ProjectsRepository,
    LeadHandOver,
    LiveRolesRepository,
    AccessRequestsService,
    AccessSubmission,
    AccessDecisions,
    AccessRequestGate,
    AccessRequestsRepository,
    AccessFactsService,
    AccessRequestDrafting,
    AccessRequestForms,
    AccessRequestEdits,
    Undertakings,
    Renewals,
    DueRequests,
    DueRequestsRepository,
    FollowedVersions,
    DatasetWays,
    WaysRepository,
  ],
  exports: [
    AccessDecisions,
    AccessFactsService,
    AccessRequestEdits,
    AccessRequestsService,
    AccessSubmission,
    DatasetWays,
    DueRequests,
    ProjectEdits,
    ProjectMembers,
    ProjectsService,
    Renewals,
    Undertakings,
  ],
})
export class RequestsModule {}
