import { Body, Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { AccessLogDto } from '../store.dto.js';
import type { StoreView } from '../store.view.js';
import { StoresService } from '../stores.service.js';
import { StoreAccessLogs } from './store-access-logs.service.js';

@ApiTags('stores')
@Controller('api/v1/stores/:id/access-log')
export class StoreAccessLogsApi {
  constructor(
    private readonly logs: StoreAccessLogs,
    private readonly stores: StoresService,
  ) {}

  @Put()
  @Access('store:change_access_log')
  async set(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: AccessLogDto,
  ): Promise<StoreView> {
    await this.logs.set(principal, id, dto);
    return this.stores.get(principal, id);
  }

  @Delete()
  @HttpCode(204)
  @Access('store:change_access_log')
  remove(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<void> {
    return this.logs.remove(principal, id);
  }
}
