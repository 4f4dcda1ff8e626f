import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { ReasonDto } from '../platform/web/fields.js';
import { IdParam } from '../platform/web/validation.js';
import { StoreRegistration } from './store-registration.service.js';
import type { KeptProbe } from './store-probes.repository.js';
import { StoreRotation } from './store-rotation.service.js';
import { StoreProbing, type ProbeView } from './store-probing.service.js';
import { ProbeDto, RotateDto, StoreDto } from './store.dto.js';
import type { StoreView } from './store.view.js';
import { StoresService } from './stores.service.js';

@ApiTags('stores')
@Controller('api/v1/stores')
export class StoresApi {
  constructor(
    private readonly stores: StoresService,
    private readonly registration: StoreRegistration,
    private readonly probing: StoreProbing,
    private readonly rotation: StoreRotation,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('store:register')
  register(
    @Caller() principal: Principal,
    @Body() dto: StoreDto,
    @IdempotencyKey() key?: string,
  ): Promise<StoreView> {
    return this.registration.register(principal, dto, key);
  }

  @Get()
  @Access('store:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<StoreView>> {
    const scope = { route: 'stores', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.stores.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('store:read')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<StoreView> {
    return this.stores.get(principal, id);
  }

  @Get(':id/probes')
  @Access('store:read')
  async probes(
    @Caller() principal: Principal,
    @Param('id', IdParam) storeId: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<KeptProbe>> {
    const scope = { route: 'store-probes', storeId, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.stores.probes(principal, storeId, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Post(':id/probe')
  @HttpCode(200)
  @Access('store:probe')
  probe(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto?: ProbeDto,
  ): Promise<ProbeView> {
    return this.probing.probe(principal, id, dto?.prefix);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Access('store:suspend')
  suspend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<StoreView> {
    return this.stores.suspend(principal, id, reason);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Access('store:resume')
  resume(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<StoreView> {
    return this.stores.resume(principal, id, reason);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Access('store:rotate')
  rotate(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { credentials }: RotateDto,
  ): Promise<StoreView> {
    return this.rotation.rotate(principal, id, credentials);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Access('store:retire')
  retire(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<StoreView> {
    return this.stores.retire(principal, id);
  }
}
