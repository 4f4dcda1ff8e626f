import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { IdParam } from '../../platform/web/validation.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import { ChangesQueryDto, RenewalDto } from './versions.dto.js';
import { VersionsService, type ChangesView } from './versions.service.js';

/** Agreements: the next version, and what it changes. */
@ApiTags('agreements')
@Controller('api/v1/agreements')
export class VersionsApi {
  constructor(private readonly versions: VersionsService) {}

  @Post(':id/amend')
  @HttpCode(201)
  @Access('agreement:amend')
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag of the version that was read',
  })
  async amend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res({ passthrough: true }) response: Response,
    @Headers('if-match') ifMatch?: string,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return tagged(response, await this.versions.amend(principal, id, ifMatch, key));
  }

  @Post(':id/renew')
  @HttpCode(201)
  @Access('agreement:amend')
  async renew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: RenewalDto,
    @Res({ passthrough: true }) response: Response,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return tagged(response, await this.versions.renew(principal, id, dto, key));
  }

  @Get(':id/changes')
  @Access('agreement:read')
  changes(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangesView> {
    return this.versions.changes(principal, id, query);
  }
}

function tagged(response: Response, view: AgreementView): AgreementView {
  response.set('ETag', etagOf(view));
  return view;
}
