import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
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
    private readonly views: Views,
  ) {}

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const page = presentOrganisation(await this.profiles.get(principal, id));
    this.views.render(response, 'organisations/profile/views/organisation.njk', page);
  }
}
