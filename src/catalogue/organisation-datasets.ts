import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import { OrganisationProfiles } from '../organisations/profile/organisation-profiles.service.js';
import { DatasetsService } from './datasets.service.js';

/** How many datasets an organisation's page says there are: those that its reader may see, and no hint of others. */
@Injectable()
export class OrganisationDatasets implements OnModuleInit {
  constructor(
    private readonly pages: OrganisationProfiles,
    private readonly datasets: DatasetsService,
  ) {}

  onModuleInit(): void {
    this.pages.countDatasetsBy((principal: Principal, organisationId) =>
      this.datasets.countOf(principal, organisationId),
    );
  }
}
