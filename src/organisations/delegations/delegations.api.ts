import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { DelegationDto } from './delegation.dto.js';
import type { DelegationView } from './delegation.view.js';
import { Delegations } from './delegations.service.js';

@ApiTags('organisations')
@Controller('api/v1')
export class DelegationsApi {
  constructor(
    private readonly delegations: Delegations,
    private readonly pages: PageTokens,
  ) {}

  @Post('organisations/:id/delegations')
  @Access('delegation:give')
  give(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: DelegationDto,
    @IdempotencyKey() key?: string,
  ): Promise<DelegationView> {
    return this.delegations.give(principal, id, dto, key);
  }

  @Get('organisations/:id/delegations')
  @Access('membership:read')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<DelegationView>> {
    const scope = { route: 'delegations', organisationId: id, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.delegations.list(principal, id, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, (row) => row.id);
  }

  @Post('delegations/:id/end')
  @HttpCode(200)
  @Access('delegation:end')
  end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<DelegationView> {
    return this.delegations.end(principal, id, reason);
  }
}
