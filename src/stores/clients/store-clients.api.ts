import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { StoreClientDto, type StoreClientView } from './store-client.dto.js';
import { StoreClients } from './store-clients.service.js';

@ApiTags('stores')
@Controller('api/v1/stores/:id/clients')
export class StoreClientsApi {
  constructor(
    private readonly clients: StoreClients,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('store:add_client')
  add(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: StoreClientDto,
  ): Promise<StoreClientView> {
    return this.clients.add(principal, id, dto);
  }

  @Get()
  @Access('store:read')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) storeId: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<StoreClientView>> {
    const scope = { route: 'store-clients', storeId, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.clients.list(principal, storeId, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Delete(':clientId')
  @HttpCode(204)
  @Access('store:remove_client')
  remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('clientId', IdParam) clientId: string,
  ): Promise<void> {
    return this.clients.remove(principal, id, clientId);
  }
}
