import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { ExportDownloads } from './export-downloads.service.js';
import type { ExportView } from './export.types.js';
import { CreateExportDto } from './exports.dto.js';
import { Exports } from './exports.service.js';
import { CONTENT_TYPES, sendExport } from './send-export.js';

/** Events as CSV or JSON Lines, for the officer who asked. */
@ApiTags('audit')
@Controller('api/v1/audit/exports')
export class ExportsApi {
  constructor(
    private readonly exports: Exports,
    private readonly downloads: ExportDownloads,
    private readonly pages: PageTokens,
  ) {}

  /** A small one is ready with the answer; the worker makes the others. */
  @Post()
  @HttpCode(202)
  @Access('audit:read')
  create(
    @Caller() principal: Principal,
    @Body() dto: CreateExportDto,
    @IdempotencyKey('required') key: string,
    @Req() request: Request,
  ): Promise<ExportView> {
    return this.exports.create(principal, dto, { key, traceId: traceIdOf(request) });
  }

  @Get()
  @Access('audit:read')
  async list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken }: PageQueryDto,
  ): Promise<PageOf<ExportView>> {
    const scope = { route: 'audit-exports', personId: principal.personId };
    const after = this.pages.read(pageToken, scope) as string | null;
    const rows = await this.exports.list(principal, after, pageSize + 1);
    return this.pages.page(rows, pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('audit:read')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ExportView> {
    return this.exports.get(principal, id);
  }

  /** The file; each fetching is an event. */
  @Get(':id/content')
  @Access('audit:read')
  @ApiProduces(...Object.values(CONTENT_TYPES))
  async content(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const download = await this.downloads.fetch(principal, id, traceIdOf(request));
    await sendExport(response, download);
  }

  /** Cancels it, or deletes its content. */
  @Delete(':id')
  @HttpCode(204)
  @Access('audit:read')
  cancel(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<void> {
    return this.exports.cancel(principal, id);
  }
}
