import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../../platform/web/if-match.js';
import { IdParam } from '../../platform/web/validation.js';
import type { DatasetView } from '../dataset.view.js';
import { DatasetsService } from '../datasets.service.js';
import { ConfirmProfileDto } from './profile.dto.js';
import type { ProfileView } from './profile.view.js';
import { Profiles } from './profiles.service.js';

/** What a sample of the data proposes for its description. */
@ApiTags('datasets')
@Controller('api/v1/datasets/:id/profile')
export class ProfileApi {
  constructor(
    private readonly profiles: Profiles,
    private readonly datasets: DatasetsService,
  ) {}

  /** The worker reads a sample; the proposal is there a little later. */
  @Post()
  @HttpCode(202)
  @Access('dataset:profile')
  start(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ProfileView> {
    return this.profiles.start(principal, id);
  }

  @Get()
  @Access('dataset:profile')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ProfileView> {
    return this.profiles.get(principal, id);
  }

  /** If-Match has the ETag of the dataset. */
  @Post('confirm')
  @HttpCode(200)
  @Access('dataset:profile')
  @ApiHeader(IF_MATCH)
  async confirm(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: ConfirmProfileDto,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DatasetView> {
    await this.profiles.confirm(principal, id, dto, ifMatch);
    const view = await this.datasets.get(principal, id);
    response.set('ETag', view.etag);
    return view;
  }
}
