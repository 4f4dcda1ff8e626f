import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { InvitationPages } from './invitations/invitation.pages.js';
import { OrganisationsModule } from './organisations.module.js';
import { OrganisationPages } from './profile/organisation.pages.js';

/** Apart from the slice: pages need sessions and sign-in, which a program that serves none does without. */
@Module({
  imports: [IdentityModule, OrganisationsModule],
  controllers: [InvitationPages, OrganisationPages],
})
export class OrganisationsPagesModule {}
