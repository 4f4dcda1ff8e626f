import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { SignedIn } from '../platform/web/access.js';
import { IdParam } from '../platform/web/validation.js';
import { rawObjectPath } from './object-path.js';
import { ObjectReading } from './object-reading.service.js';

/** The console's downloads: the session of the grant's holder in place of its token. */
@ApiExcludeController()
@Controller('my/grants')
export class DeliveryPages {
  constructor(private readonly reading: ObjectReading) {}

  @Get(':id/objects/*name')
  @SignedIn()
  async download(
    @Caller() { personId, authLevel, ip, country }: Principal,
    @Param('id', IdParam) grantId: string,
    @Req() { method, headers, originalUrl }: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = { via: 'session', grantId, personId, authLevel, ip, country } as const;
    const rawPath = rawObjectPath(originalUrl);
    await this.reading.answer(caller, { method, headers, rawPath }, response);
  }
}
