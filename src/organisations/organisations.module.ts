import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ApprovalEntity } from './approvals/approval.entity.js';
import { ApprovalsApi } from './approvals/approvals.api.js';
import { ApprovalsRepository } from './approvals/approvals.repository.js';
import { Approvals } from './approvals/approvals.service.js';
import {
  MembershipEntity,
  MembershipRoleEntity,
  PersonEntity,
} from './memberships/membership.entity.js';
import { MembershipsApi } from './memberships/memberships.api.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { MembershipsService } from './memberships/memberships.service.js';
import { PersonRegistration } from './memberships/person-registration.js';
import { OrganisationCheckEntity, OrganisationEntity } from './organisation.entity.js';
import { OrganisationsApi } from './organisations.api.js';
import { OrganisationsRepository } from './organisations.repository.js';
import { OrganisationsService } from './organisations.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      OrganisationEntity,
      OrganisationCheckEntity,
      PersonEntity,
      MembershipEntity,
      MembershipRoleEntity,
      ApprovalEntity,
    ]),
    AuditModule,
    CascadeModule,
    IdentityModule,
  ],
  controllers: [OrganisationsApi, MembershipsApi, ApprovalsApi],
  providers: [
    OrganisationsService,
    OrganisationsRepository,
    MembershipsService,
    MembershipsRepository,
    PersonRegistration,
    Approvals,
    ApprovalsRepository,
  ],
  exports: [Approvals],
})
export class OrganisationsModule {}
