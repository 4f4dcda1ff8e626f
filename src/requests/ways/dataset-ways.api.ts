import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { DatasetWays } from './dataset-ways.service.js';
import type { DatasetWaysView } from './ways.types.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class DatasetWaysApi {
  constructor(private readonly ways: DatasetWays) {}

  /** How the caller gets it: a link, an agreement that covers them, one to join, or whom to ask. */
  @Get(':id/access')
  @Access('dataset:read')
  of(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<DatasetWaysView> {
    return this.ways.of(principal, id);
  }
}
