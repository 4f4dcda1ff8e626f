import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { sendReceipt } from '../audit/send-receipt.js';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import type { PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { IdParam } from '../platform/web/validation.js';
import type { AuditEventView } from './audit-event.view.js';
import type { EventPosition } from './audit-events.repository.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditSearchDto } from './audit-search.dto.js';
import { toAuditSearch } from './audit-search.js';
import { sourceOf } from './search-source.js';

@ApiTags('audit')
@Controller('api/v1/audit/events')
export class AuditEventsApi {
  constructor(
    private readonly events: AuditEventsService,
    private readonly pages: PageTokens,
  ) {}

  @Get()
  @Access('audit:read')
  async search(
    @Caller() principal: Principal,
    @Query() query: AuditSearchDto,
    @Req() request: Request,
  ): Promise<PageOf<AuditEventView>> {
    const search = toAuditSearch(query);
    const { pageSize, pageToken } = query;
    const scope = { route: 'audit-events', personId: principal.personId, ...search };
    const after = this.pages.read(pageToken, scope) as EventPosition | null;
    const rows = await this.events.search(
      principal,
      search,
      { after, pageSize },
      sourceOf(request),
    );
    return this.pages.page(rows, pageSize, scope, ({ occurredAt, id }) => ({ occurredAt, id }));
  }

  @Get(':id')
  @Access('audit:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
  ): Promise<AuditEventView> {
    return this.events.get(principal, id, sourceOf(request));
  }

  @Get(':id/receipt')
  @Access('audit:read')
  async receipt(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendReceipt(response, id, await this.events.receipt(principal, id, sourceOf(request)));
  }
}
