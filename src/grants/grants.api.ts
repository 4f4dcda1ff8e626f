import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { sendReceipt } from '../audit/send-receipt.js';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { IdParam } from '../platform/web/validation.js';
import { ReasonDto } from '../platform/web/fields.js';
import { IssueGrantDto } from './grant.dto.js';
import type { GrantTokenView, GrantView } from './grant.view.js';
import { receiptWaitOf } from './prefer.rules.js';
import { GrantReceipts } from './grant-receipts.service.js';
import { GrantsService } from './grants.service.js';

@ApiTags('grants')
@Controller('api/v1/grants')
export class GrantsApi {
  constructor(
    private readonly grants: GrantsService,
    private readonly receipts: GrantReceipts,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('grant:issue')
  @ApiHeader({ name: 'Prefer', required: false, description: 'receipt, wait=10' })
  async issue(
    @Caller() principal: Principal,
    @Body() dto: IssueGrantDto,
    @IdempotencyKey('required') key: string,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GrantTokenView> {
    const issued = await this.grants.issue(principal, dto, key);
    const waitMs = receiptWaitOf(prefer);
    const receipt =
      waitMs === undefined ? undefined : await this.receipts.within(issued.id, waitMs);
    if (receipt === undefined) {
      return issued;
    }
    response.set('Preference-Applied', 'receipt');
    return { ...issued, receipt };
  }

  @Get()
  @Access('grant:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<GrantView>> {
    const scope = { route: 'grants', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.grants.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('grant:read')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<GrantView> {
    return this.grants.get(principal, id);
  }

  @Get(':id/receipt')
  @Access('grant:read')
  async receipt(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    sendReceipt(response, id, await this.receipts.of(principal, id));
  }

  @Post(':id/token')
  @HttpCode(200)
  @Access('grant:refresh')
  refresh(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<GrantTokenView> {
    return this.grants.refresh(principal, id);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Access('grant:revoke')
  revoke(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<GrantView> {
    return this.grants.revoke(principal, id, reason);
  }
}
