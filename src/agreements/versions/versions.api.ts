import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../../platform/web/if-match.js';
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
  @ApiHeader(IF_MATCH)
  async amend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return tagged(response, await this.versions.amend(principal, id, ifMatch, key));
  }

  // eslint-disable-next-line max-params -- what HTTP carries of one act, each in its place
  @Post(':id/renew')
  @HttpCode(201)
  @Access('agreement:amend')
  @ApiHeader(IF_MATCH)
  async renew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: RenewalDto,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return tagged(response, await this.versions.renew(principal, id, ifMatch, dto, key));
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
