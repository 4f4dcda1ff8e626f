import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { ApprovalEntity } from './approvals/approval.entity.js';
import { ApprovalsApi } from './approvals/approvals.api.js';
import { ApprovalsRepository } from './approvals/approvals.repository.js';
import { Approvals } from './approvals/approvals.service.js';
import { DelegationEnds } from './delegations/delegation-ends.js';
import { DelegationsApi } from './delegations/delegations.api.js';
import { Delegations } from './delegations/delegations.service.js';
import { DueDelegations } from './delegations/due-delegations.service.js';
import { HandOverApi } from './hand-over/hand-over.api.js';
import { HandOvers } from './hand-over/hand-overs.service.js';
import { InvitationAcceptance } from './invitations/invitation-acceptance.service.js';
import { InvitationEnds } from './invitations/invitation-ends.js';
import { InvitationMail } from './invitations/invitation-mail.js';
import { InvitationTerms } from './invitations/invitation-terms.js';
import { InvitationsApi } from './invitations/invitations.api.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { Invitations } from './invitations/invitations.service.js';
import { DueLapses } from './lapses/due-lapses.service.js';
import { DueLapsesRepository } from './lapses/lapses.repository.js';
import { Appointments } from './memberships/appointments.js';
import { MembershipChanges } from './memberships/membership-changes.js';
import { MembershipEnds } from './memberships/membership-ends.service.js';
import { MembershipRoles } from './memberships/membership-roles.service.js';
import { MembershipsApi } from './memberships/memberships.api.js';
import { MembershipsService } from './memberships/memberships.service.js';
import { OrganisationRecordsModule } from './organisation-records.module.js';
import { OrganisationsApi } from './organisations.api.js';
import { OrganisationsService } from './organisations.service.js';
import { AccessEnds } from './people/access-ends.js';
import { Accreditations } from './people/accreditations.service.js';
import { AwardVocabularies } from './people/award-vocabularies.js';
import { AwardsApi } from './people/awards.api.js';
import { AwardsRepository } from './people/awards.repository.js';
import { PeopleApi } from './people/people.api.js';
import { PeopleService } from './people/people.service.js';
import { PersonChanges } from './people/person-changes.js';
import { PersonEnding } from './people/person-ending.service.js';
import { Supervision } from './people/supervision.service.js';
import { Offers } from './naming/offers.js';
import { ThingNamesRepository } from './naming/thing-names.repository.js';
import { ThingNaming } from './naming/thing-names.service.js';
import { OrganisationProfiles } from './profile/organisation-profiles.service.js';
import { ProfileRepository } from './profile/profile.repository.js';
import { ServiceAccountsApi } from './service-accounts/service-accounts.api.js';
import { ServiceAccountsRepository } from './service-accounts/service-accounts.repository.js';
import { ServiceAccounts } from './service-accounts/service-accounts.service.js';
import { ServiceHandOver } from './service-accounts/service-hand-over.js';
import { ServiceStops } from './service-accounts/service-stops.js';
import { TeamsApi } from './teams/teams.api.js';
import { TeamsRepository } from './teams/teams.repository.js';
import { Teams } from './teams/teams.service.js';
import { Trainings } from './people/trainings.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ApprovalEntity]),
    OrganisationRecordsModule,
    AuditModule,
    CascadeModule,
    IdentityModule,
    MailModule,
  ],
  controllers: [
    OrganisationsApi,
    MembershipsApi,
    InvitationsApi,
    ServiceAccountsApi,
    HandOverApi,
    TeamsApi,
    DelegationsApi,
    PeopleApi,
    AwardsApi,
    ApprovalsApi,
  ],
  providers: [
    OrganisationsService,
    MembershipsService,
    MembershipRoles,
    MembershipChanges,
    MembershipEnds,
    Appointments,
    Invitations,
    InvitationTerms,
    InvitationMail,
    InvitationEnds,
    InvitationAcceptance,
    InvitationsRepository,
    ServiceAccounts,
    ServiceAccountsRepository,
    ServiceStops,
    ServiceHandOver,
    HandOvers,
    OrganisationProfiles,
    ThingNaming,
    ThingNamesRepository,
    Offers,
    ProfileRepository,
    Teams,
    TeamsRepository,
    Delegations,
    DelegationEnds,
    DueDelegations,
    DueLapses,
    DueLapsesRepository,
    PeopleService,
    PersonChanges,
    PersonEnding,
    AccessEnds,
    Accreditations,
    Trainings,
    Supervision,
    AwardVocabularies,
    AwardsRepository,
    Approvals,
    ApprovalsRepository,
  ],
  exports: [
    Accreditations,
    Delegations,
    Invitations,
    MembershipEnds,
    MembershipRoles,
    MembershipsService,
    ServiceAccounts,
    Trainings,
    Approvals,
    DueLapses,
    DueDelegations,
    HandOvers,
    InvitationAcceptance,
    InvitationEnds,
    OrganisationProfiles,
    Teams,
    OrganisationsService,
    PeopleService,
    PersonEnding,
    Supervision,
    ThingNaming,
    Offers,
  ],
})
export class OrganisationsModule {}
