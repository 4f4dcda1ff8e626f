import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { IdParam } from '../../platform/web/validation.js';
import { sourceOf } from '../search-source.js';
import { AlertClosing, type ClosedAlertView } from './alert-closing.service.js';

@ApiTags('audit')
@Controller('api/v1/audit/alerts')
export class AlertsApi {
  constructor(private readonly closing: AlertClosing) {}

  @Post(':id/close')
  @HttpCode(200)
  @Access('alert:close')
  close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
    @Req() request: Request,
  ): Promise<ClosedAlertView> {
    return this.closing.close(principal, id, reason, sourceOf(request));
  }
}
