import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { CatalogueModule } from './catalogue.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { StoresModule } from '../stores/stores.module.js';
import { DatasetKeepingPages } from './keeping/datasets.pages.js';
import { ProfilePages } from './keeping/profile.pages.js';
import { SearchPages } from './search/search.pages.js';

/** The console's pages of the catalogue. */
@Module({
  imports: [CatalogueModule, IdentityModule, OrganisationsModule, StoresModule],
  // Keeping first: `new` is no id.
  controllers: [SearchPages, DatasetKeepingPages, ProfilePages],
})
export class CataloguePagesModule {}
