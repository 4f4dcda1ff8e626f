import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { MAX_REASON } from '../../platform/web/fields.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { Approvals, type ApprovalView } from './approvals.service.js';

export class AnswerDto {
  @IsOptional()
  @IsString()
  @Length(1, MAX_REASON)
  reason?: string;
}

@ApiTags('approvals')
@Controller('api/v1/approvals')
export class ApprovalsApi {
  constructor(
    private readonly approvals: Approvals,
    private readonly pages: PageTokens,
  ) {}

  @Get()
  @Access('approval:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<ApprovalView>> {
    const scope = { route: 'approvals', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.approvals.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Access('approval:approve')
  approve(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ApprovalView> {
    return this.approvals.approve(principal, id);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Access('approval:reject')
  reject(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: AnswerDto,
  ): Promise<ApprovalView> {
    return this.approvals.reject(principal, id, reason);
  }
}
