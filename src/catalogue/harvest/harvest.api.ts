import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { HarvestReports } from './harvest-reports.service.js';
import { HarvestSources } from './harvest-sources.service.js';
import { HarvestEntriesQueryDto, HarvestSourceDto, HarvestSourceEditDto } from './harvest.dto.js';
import type { HarvestEntryView, HarvestRunView, HarvestSourceView } from './harvest.view.js';

@ApiTags('catalogue')
@Controller('api/v1/harvest-sources')
export class HarvestApi {
  constructor(
    private readonly sources: HarvestSources,
    private readonly reports: HarvestReports,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('harvest:register')
  register(
    @Caller() principal: Principal,
    @Body() dto: HarvestSourceDto,
    @IdempotencyKey() key?: string,
  ): Promise<HarvestSourceView> {
    return this.sources.register(principal, dto, key);
  }

  @Get()
  @Access('harvest:read')
  async list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken }: PageQueryDto,
  ): Promise<PageOf<HarvestSourceView>> {
    const scope = { route: 'harvest-sources', personId: principal.personId };
    const after = this.pages.read(pageToken, scope) as string | null;
    const rows = await this.sources.list(principal, after, pageSize + 1);
    return this.pages.page(rows, pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('harvest:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<HarvestSourceView> {
    return this.sources.get(principal, id);
  }

  @Patch(':id')
  @Access('harvest:update')
  edit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() changes: HarvestSourceEditDto,
  ): Promise<HarvestSourceView> {
    return this.sources.edit(principal, id, changes);
  }

  /** Reads all of it as soon as a worker is free. */
  @Post(':id/runs')
  @HttpCode(202)
  @Access('harvest:run')
  ask(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<HarvestSourceView> {
    return this.sources.ask(principal, id);
  }

  @Get(':id/runs')
  @Access('harvest:read')
  async runs(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { pageSize, pageToken }: PageQueryDto,
  ): Promise<PageOf<HarvestRunView>> {
    const scope = { route: 'harvest-runs', sourceId: id, personId: principal.personId };
    const before = this.pages.read(pageToken, scope) as string | null;
    const rows = await this.reports.list(principal, id, before, pageSize + 1);
    return this.pages.page(rows, pageSize, scope, (row) => row.id);
  }

  @Get(':id/runs/:runId')
  @Access('harvest:read')
  run(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('runId', IdParam) runId: string,
  ): Promise<HarvestRunView> {
    return this.reports.get(principal, id, runId);
  }

  /** What happened to each record that was not as before, and why. */
  @Get(':id/runs/:runId/entries')
  @Access('harvest:read')
  async entries(
    @Caller() principal: Principal,
    @Param('id', IdParam) sourceId: string,
    @Param('runId', IdParam) runId: string,
    @Query() query: HarvestEntriesQueryDto,
  ): Promise<PageOf<HarvestEntryView>> {
    const { personId } = principal;
    const change = query.change ?? null;
    const scope = { route: 'harvest-entries', sourceId, runId, change, personId };
    const after = (this.pages.read(query.pageToken, scope) as number | null) ?? 0;
    const page = { after, limit: query.pageSize + 1 };
    const rows = await this.reports.entries(principal, { sourceId, runId }, change, page);
    return this.pages.page(rows, query.pageSize, scope, ({ number }) => number);
  }
}
