import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ApprovalPages } from './approving/approvals.pages.js';
import { InvitationPages } from './invitations/invitation.pages.js';
import { OrganisationsModule } from './organisations.module.js';
import { DeputyPages } from './running/deputies.pages.js';
import { HandOverPages } from './running/hand-over.pages.js';
import { InvitationActPages } from './running/invitation-acts.pages.js';
import { MemberPages } from './running/members.pages.js';
import { OrganisationForms } from './running/organisation-forms.service.js';
import { ProgramPages } from './running/programs.pages.js';
import { TeamPages } from './running/teams.pages.js';
import { OrganisationListPages } from './running/organisations.pages.js';
import { PeoplePages } from './running/people.pages.js';
import { OrganisationPages } from './profile/organisation.pages.js';

/** Apart from the slice: pages need sessions and sign-in, which a program that serves none does without. */
@Module({
  imports: [IdentityModule, OrganisationsModule],
  providers: [OrganisationForms],
  // The list first: `new` is no id.
  controllers: [
    InvitationPages,
    OrganisationListPages,
    OrganisationPages,
    MemberPages,
    HandOverPages,
    InvitationActPages,
    DeputyPages,
    ProgramPages,
    TeamPages,
    PeoplePages,
    ApprovalPages,
  ],
})
export class OrganisationsPagesModule {}
