import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { RequestsModule } from './requests.module.js';
import { DatasetPages } from './ways/dataset.pages.js';

/** The console's pages of the slice: they need the web, which programs that only decide and do have not. */
@Module({
  imports: [CatalogueModule, IdentityModule, OrganisationsModule, RequestsModule],
  controllers: [DatasetPages],
})
export class RequestsPagesModule {}
