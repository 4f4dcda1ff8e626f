import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { DelegationEntity } from './delegations/delegation.entity.js';
import { DelegationsRepository } from './delegations/delegations.repository.js';
import { MembershipEntity, MembershipRoleEntity } from './memberships/membership.entity.js';
import { MembershipRecords } from './memberships/membership-records.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { OrganisationCheckEntity, OrganisationEntity } from './organisation.entity.js';
import { OrganisationsRepository } from './organisations.repository.js';
import { PeopleRepository } from './people/people.repository.js';
import { AccreditationEntity, PersonEntity, TrainingEntity } from './people/person.entity.js';
import { PersonRegistration } from './people/person-registration.js';

/** The rows of organisations, people and memberships: apart, because the first of them are written before anyone may sign in. */
@Module({
  imports: [
    TypeOrmModule.forFeature([
      OrganisationEntity,
      OrganisationCheckEntity,
      PersonEntity,
      AccreditationEntity,
      TrainingEntity,
      MembershipEntity,
      MembershipRoleEntity,
      DelegationEntity,
    ]),
    AuditModule,
  ],
  providers: [
    OrganisationsRepository,
    PeopleRepository,
    PersonRegistration,
    MembershipsRepository,
    MembershipRecords,
    DelegationsRepository,
  ],
  exports: [
    OrganisationsRepository,
    PeopleRepository,
    PersonRegistration,
    MembershipsRepository,
    MembershipRecords,
    DelegationsRepository,
  ],
})
export class OrganisationRecordsModule {}
