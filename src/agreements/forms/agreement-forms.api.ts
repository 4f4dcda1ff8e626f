import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { AgreementVersionQueryDto } from '../agreement.dto.js';
import { OdrlExport } from './odrl-export.service.js';

const JSON_LD = 'application/ld+json';

/** Agreements in the standard forms of others. */
@ApiTags('agreements')
@Controller('api/v1/agreements')
export class AgreementFormsApi {
  constructor(private readonly odrl: OdrlExport) {}

  @Get(':id/odrl')
  @Access('agreement:read')
  @ApiProduces(JSON_LD)
  async exportOdrl(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version }: AgreementVersionQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const source = { traceId: traceIdOf(request) };
    const odrl = await this.odrl.export(principal, id, version, source);
    // JSON-LD is UTF-8 without saying so: the type has no charset.
    response.setHeader('Content-Type', JSON_LD);
    response.end(JSON.stringify(odrl));
  }
}
