import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { ClosurePages } from './closure/closures.pages.js';
import { GrantsModule } from './grants.module.js';
import { GrantPages } from './holding/grants.pages.js';
import { EndingBlocks } from './impact/ending-blocks.service.js';
import { MemberStopPages } from './impact/member-stops.pages.js';
import { ProjectStopPages } from './impact/project-stops.pages.js';
import { StopPages } from './impact/stops.pages.js';
import { StoresModule } from '../stores/stores.module.js';

/** The console's pages of the slice. */
@Module({
  imports: [
    AgreementsModule,
    CatalogueModule,
    GrantsModule,
    IdentityModule,
    OrganisationsModule,
    RequestsModule,
    StoresModule,
  ],
  providers: [EndingBlocks],
  controllers: [GrantPages, ClosurePages, StopPages, MemberStopPages, ProjectStopPages],
  exports: [EndingBlocks],
})
export class GrantsPagesModule {}
