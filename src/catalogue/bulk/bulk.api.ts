import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { CSV_TYPE, sendCsv } from '../../platform/web/csv/send-csv.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { IdParam } from '../../platform/web/validation.js';
import { ImportQueryDto, TableDto } from './bulk.dto.js';
import type { ImportReport } from './bulk.types.js';
import { MetadataExport } from './metadata-export.service.js';
import { MetadataImport } from './metadata-import.service.js';

/** Descriptions of many datasets at once, as a table. */
@ApiTags('datasets')
@Controller('api/v1/organisations/:id/datasets')
export class BulkApi {
  constructor(
    private readonly exporting: MetadataExport,
    private readonly importing: MetadataImport,
  ) {}

  @Get('export')
  @Access('dataset:read')
  @ApiProduces(CSV_TYPE)
  async export(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, await this.exporting.begin(principal, id));
  }

  /** A file as it was exported, and changed. `dryRun=true` says what would be. */
  @Post('import')
  @HttpCode(200)
  @Access('dataset:update')
  @ApiConsumes(CSV_TYPE)
  @ApiBody({ schema: { type: 'string' } })
  import(
    @Caller() principal: Principal,
    @Param('id', IdParam) organisationId: string,
    @Query() { dryRun }: ImportQueryDto,
    @Body() { table }: TableDto,
    @IdempotencyKey() key?: string,
  ): Promise<ImportReport> {
    const isDryRun = dryRun === 'true';
    return this.importing.import(table, { principal, organisationId, isDryRun, key });
  }
}
