import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access, SignedIn } from '../platform/web/access.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { IdParam } from '../platform/web/validation.js';
import { ReasonDto } from '../platform/web/fields.js';
import { OrganisationCheckDto, OrganisationDto } from './organisation.dto.js';
import type { OrganisationView } from './organisation.view.js';
import { OrganisationsService } from './organisations.service.js';
import type { OwnPage, PublicPage } from './profile/organisation-page.view.js';
import { OrganisationProfiles } from './profile/organisation-profiles.service.js';
import { ProfileDto } from './profile/profile.dto.js';

@ApiTags('organisations')
@Controller('api/v1/organisations')
export class OrganisationsApi {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly profiles: OrganisationProfiles,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('organisation:register')
  register(
    @Caller() principal: Principal,
    @Body() dto: OrganisationDto,
    @IdempotencyKey() key?: string,
  ): Promise<OrganisationView> {
    return this.organisations.register(principal, dto, key);
  }

  @Get()
  @SignedIn('organisation:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<OrganisationView>> {
    const scope = { route: 'organisations', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as [string, string] | null;
    const rows = await this.organisations.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ name, id }) => [name, id]);
  }

  @Get(':id')
  @SignedIn('organisation:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<OwnPage | PublicPage> {
    return this.profiles.get(principal, id);
  }

  /** What everybody who signs in may read of it; without a summary, nobody outside. */
  @Patch(':id/profile')
  @Access('organisation:describe')
  describe(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: ProfileDto,
  ): Promise<OwnPage | PublicPage> {
    return this.profiles.describe(principal, id, dto);
  }

  @Post(':id/checks')
  @Access('organisation:check_record')
  recordCheck(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: OrganisationCheckDto,
    @IdempotencyKey() key?: string,
  ): Promise<OrganisationView> {
    return this.organisations.recordCheck(principal, id, dto, key);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Access('organisation:suspend')
  suspend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<OrganisationView> {
    return this.organisations.move(principal, id, 'suspend', reason);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Access('organisation:suspend')
  resume(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<OrganisationView> {
    return this.organisations.move(principal, id, 'resume', reason);
  }

  @Post(':id/close')
  @HttpCode(200)
  @Access('organisation:suspend')
  close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<OrganisationView> {
    return this.organisations.move(principal, id, 'close', reason);
  }
}
