import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Disclosure } from '../../audit/disclosure.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { routeOf } from '../../identity/refusals.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { DisclosureDto } from './disclosure.dto.js';
import { Disclosures } from './disclosures.service.js';

@ApiTags('audit')
@Controller('api/v1/audit/events')
export class DisclosuresApi {
  constructor(private readonly disclosures: Disclosures) {}

  /** Fields of an event with what proves them against its leaf, for a partner or for the person it is about. */
  @Get(':id/disclosure')
  @SignedIn('audit:read')
  disclose(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { fields }: DisclosureDto,
    @Req() request: Request,
  ): Promise<Disclosure> {
    const source = { route: routeOf(request), traceId: traceIdOf(request) };
    return this.disclosures.disclose(principal, id, fields, source);
  }
}
