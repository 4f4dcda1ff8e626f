import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { RequestsModule } from './requests.module.js';
import { RequestActPages } from './asking/request-acts.pages.js';
import { RequestPages } from './asking/requests.pages.js';
import { ProjectActPages } from './projects/project-acts.pages.js';
import { ProjectPages } from './projects/projects.pages.js';
import { DatasetPages } from './ways/dataset.pages.js';

/** The console's pages of the slice: they need the web, which programs that only decide and do have not. */
@Module({
  imports: [AgreementsModule, CatalogueModule, IdentityModule, OrganisationsModule, RequestsModule],
  controllers: [DatasetPages, ProjectPages, ProjectActPages, RequestPages, RequestActPages],
})
export class RequestsPagesModule {}
