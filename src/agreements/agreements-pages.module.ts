import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { SigningPages } from './acting/signing.pages.js';
import { VersionActPages } from './acting/version-acts.pages.js';
import { AgreementsModule } from './agreements.module.js';
import { DraftForms } from './drafting/draft-forms.service.js';
import { DraftPages } from './drafting/draft.pages.js';
import { OdrlPages } from './forms/odrl.pages.js';
import { AgreementPages } from './reading/agreements.pages.js';

/** The console's pages of the slice. */
@Module({
  imports: [AgreementsModule, IdentityModule, OrganisationsModule],
  // Drafts first: `new` is no id.
  controllers: [DraftPages, AgreementPages, SigningPages, VersionActPages, OdrlPages],
  providers: [DraftForms],
})
export class AgreementsPagesModule {}
