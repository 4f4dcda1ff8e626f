import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { OdrlExport } from './odrl-export.service.js';

/** The download of an agreement for programs. */
@ApiExcludeController()
@Controller('agreements/:id')
export class OdrlPages {
  constructor(private readonly odrl: OdrlExport) {}

  @Get('odrl')
  @SignedIn()
  async download(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const source = { traceId: traceIdOf(request) };
    const policy = await this.odrl.export(principal, id, undefined, source);
    response.attachment(`agreement-${id}.odrl.jsonld`);
    response.type('application/ld+json').send(JSON.stringify(policy));
  }
}
