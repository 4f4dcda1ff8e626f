import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { PlaceHoldDto } from './hold.dto.js';
import type { HoldView } from './hold.types.js';
import { Holds } from './holds.service.js';

@ApiTags('audit')
@Controller('api/v1/audit/holds')
export class HoldsApi {
  constructor(
    private readonly holds: Holds,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('hold:place')
  place(@Caller() principal: Principal, @Body() dto: PlaceHoldDto): Promise<HoldView> {
    return this.holds.place(principal, dto);
  }

  @Get()
  @Access('hold:read')
  async list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken }: PageQueryDto,
  ): Promise<PageOf<HoldView>> {
    const scope = { route: 'audit-holds', personId: principal.personId };
    const after = this.pages.read(pageToken, scope) as string | null;
    const rows = await this.holds.list(principal, after, pageSize + 1);
    return this.pages.page(rows, pageSize, scope, ({ id }) => id);
  }

  @Post(':id/release')
  @HttpCode(200)
  @Access('hold:release')
  release(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<HoldView> {
    return this.holds.release(principal, id, reason);
  }
}
