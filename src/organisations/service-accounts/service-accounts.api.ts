import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { EnablingDto, ServiceAccountDto } from './service-account.dto.js';
import type { ServiceAccountView } from './service-account.view.js';
import { ServiceAccounts } from './service-accounts.service.js';

@ApiTags('organisations')
@Controller('api/v1')
export class ServiceAccountsApi {
  constructor(
    private readonly services: ServiceAccounts,
    private readonly pages: PageTokens,
  ) {}

  @Post('organisations/:id/service-accounts')
  @Access('service_account:register')
  register(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: ServiceAccountDto,
    @IdempotencyKey() key?: string,
  ): Promise<ServiceAccountView> {
    return this.services.register(principal, id, dto, key);
  }

  @Get('organisations/:id/service-accounts')
  @Access('service_account:read')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<ServiceAccountView>> {
    const scope = { route: 'service-accounts', organisationId: id, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.services.list(principal, id, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, (row) => row.id);
  }

  @Post('service-accounts/:id/disable')
  @HttpCode(200)
  @Access('service_account:disable')
  disable(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ServiceAccountView> {
    return this.services.stop(principal, id, 'disable', reason);
  }

  @Post('service-accounts/:id/enable')
  @HttpCode(200)
  @Access('service_account:enable')
  enable(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { accountablePersonId }: EnablingDto,
  ): Promise<ServiceAccountView> {
    return this.services.enable(principal, id, accountablePersonId);
  }

  /** For good: its client may be registered again, by whoever it belongs to. */
  @Delete('service-accounts/:id')
  @Access('service_account:disable')
  end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ServiceAccountView> {
    return this.services.stop(principal, id, 'end', reason);
  }
}
