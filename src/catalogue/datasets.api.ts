import { Body, Controller, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../platform/web/if-match.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import { IdParam } from '../platform/web/validation.js';
import { DatasetEdits } from './dataset-edits.service.js';
import { DatasetRegistration } from './dataset-registration.service.js';
import { DatasetDto, DatasetReasonDto, EditDatasetDto, WithdrawDto } from './dataset.dto.js';
import type { DatasetView } from './dataset.view.js';
import { DatasetsService } from './datasets.service.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class DatasetsApi {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly registration: DatasetRegistration,
    private readonly edits: DatasetEdits,
  ) {}

  @Post()
  @Access('dataset:register')
  async register(
    @Caller() principal: Principal,
    @Body() dto: DatasetDto,
    @IdempotencyKey() key?: string,
  ): Promise<DatasetView> {
    return this.datasets.get(principal, await this.registration.register(principal, dto, key));
  }

  @Get(':id')
  @Access('dataset:read')
  async get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DatasetView> {
    return tagged(response, await this.datasets.get(principal, id));
  }

  /** The named members take new values; `null` takes one out (RFC 7396). Forms that keep their `id` are the same form. */
  @Patch(':id')
  @Access('dataset:update')
  @ApiBody({ type: EditDatasetDto })
  @ApiHeader(IF_MATCH)
  async edit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() changes: Record<string, unknown>,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DatasetView> {
    await this.edits.edit(principal, id, changes, ifMatch);
    return tagged(response, await this.datasets.get(principal, id));
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Access('dataset:publish')
  publish(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<DatasetView> {
    return this.datasets.publish(principal, id);
  }

  @Post(':id/seal')
  @HttpCode(200)
  @Access('dataset:seal')
  seal(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<DatasetView> {
    return this.datasets.seal(principal, id);
  }

  @Post(':id/freeze')
  @HttpCode(200)
  @Access('dataset:freeze')
  freeze(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: DatasetReasonDto,
  ): Promise<DatasetView> {
    return this.datasets.freeze(principal, id, reason);
  }

  @Post(':id/unfreeze')
  @HttpCode(200)
  @Access('dataset:unfreeze')
  unfreeze(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: DatasetReasonDto,
  ): Promise<DatasetView> {
    return this.datasets.unfreeze(principal, id, reason);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Access('dataset:withdraw')
  withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { forwardingNote }: WithdrawDto,
  ): Promise<DatasetView> {
    return this.datasets.withdraw(principal, id, forwardingNote);
  }
}

function tagged(response: Response, view: DatasetView): DatasetView {
  response.set('ETag', view.etag);
  return view;
}
