import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { IdParam } from '../../platform/web/validation.js';
import { AccessRequestFormDto } from './access-request-form.dto.js';
import { AccessRequestForms, type AccessRequestFormView } from './access-request-forms.service.js';

@ApiTags('access requests')
@Controller('api/v1/access-request-forms')
export class AccessRequestFormsApi {
  constructor(private readonly forms: AccessRequestForms) {}

  @Post()
  @Access('access_request:create')
  create(
    @Caller() principal: Principal,
    @Body() dto: AccessRequestFormDto,
    @IdempotencyKey() key?: string,
  ): Promise<AccessRequestFormView> {
    return this.forms.create(principal, dto, key);
  }

  @Get(':id')
  @Access('access_request:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<AccessRequestFormView> {
    return this.forms.get(principal, id);
  }
}
