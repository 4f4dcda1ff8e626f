import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { presentOrganisation } from './organisation-page.presenter.js';
import { OrganisationProfiles } from './organisation-profiles.service.js';

/** What an organisation shows of itself. */
@ApiExcludeController()
@Controller('organisations')
export class OrganisationPages {
  constructor(
    private readonly profiles: OrganisationProfiles,
    private readonly authorisation: Authorisation,
    private readonly views: Views,
  ) {}

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const found = await this.profiles.get(principal, id);
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds: [id] });
    this.views.render(response, 'organisations/profile/views/organisation.njk', {
      ...presentOrganisation(found),
      id,
      links: [
        ...(may('membership:read')
          ? [{ text: 'Members, deputies and programs', href: `/organisations/${id}/members` }]
          : []),
        ...(may('dataset:read')
          ? [{ text: 'Its datasets, drafts too', href: `/organisations/${id}/datasets` }]
          : []),
        ...(may('organisation:describe')
          ? [{ text: 'Describe it', href: `/organisations/${id}/profile` }]
          : []),
        ...(may('organisation:check_record')
          ? [{ text: 'Record a check', href: `/organisations/${id}/checks/new` }]
          : []),
        ...(may('organisation:suspend')
          ? [
              { text: 'Suspend it', href: `/organisations/${id}/suspend` },
              { text: 'Resume it', href: `/organisations/${id}/resume` },
              { text: 'Close it', href: `/organisations/${id}/close` },
            ]
          : []),
      ],
    });
  }
}
