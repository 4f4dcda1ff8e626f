import { Module, type OnModuleInit } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { Authorisation } from '../identity/authorisation.service.js';
import { principalOf } from '../identity/caller.decorator.js';
import { IdentityModule } from '../identity/identity.module.js';
import type { Operation } from '../identity/operations.js';
import type { Principal } from '../identity/principal.js';
import { workingMembership } from '../identity/working-for.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { Views } from '../platform/web/views.js';
import { PolicyModule } from '../policy/policy.module.js';
import { accountOf } from './account.js';
import { navigationFor } from './navigation.js';
import { AdministrationPages } from './administration/administration.pages.js';
import { AdministrationRepository } from './administration/administration.repository.js';
import { HomePages } from './home.pages.js';
import { HomeRepository } from './home.repository.js';
import { HomeService } from './home.service.js';
import { WaitingRepository } from './waiting/waiting.repository.js';
import { WaitingService } from './waiting/waiting.service.js';
import { WorkingForPages } from './working-for.pages.js';

/** The pages that belong to no slice. */
@Module({
  imports: [AgreementsModule, IdentityModule, OrganisationsModule, PolicyModule],
  controllers: [HomePages, WorkingForPages, AdministrationPages],
  providers: [
    HomeService,
    HomeRepository,
    WaitingService,
    WaitingRepository,
    AdministrationRepository,
  ],
})
export class ConsoleModule implements OnModuleInit {
  constructor(
    private readonly views: Views,
    private readonly authorisation: Authorisation,
  ) {}

  onModuleInit(): void {
    this.views.headPagesBy((request) => {
      const principal = principalOf(request);
      return {
        account: principal && accountOf(principal, workingMembership(request, principal)),
        navigation: navigationFor(request.path, principal && this.placesOf(principal)),
      };
    });
  }

  /** What they may do in any of their organisations: a place is there for whoever may do something in it. */
  private placesOf(principal: Principal): (operation: Operation) => boolean {
    return (operation) =>
      principal.memberships.some(({ organisationId }) =>
        this.authorisation.allows(principal, operation, { organisationIds: [organisationId] }),
      );
  }
}
