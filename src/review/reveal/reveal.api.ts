import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { PersonParam } from '../person-param.js';
import { sourceOf } from '../search-source.js';
import { Reveal, type RevealedView } from './reveal.service.js';

@ApiTags('audit')
@Controller('api/v1/audit/people')
export class RevealApi {
  constructor(private readonly people: Reveal) {}

  @Post(':id/reveal')
  @HttpCode(200)
  @Access('audit:reveal')
  reveal(
    @Caller() principal: Principal,
    @Param('id', PersonParam) person: string,
    @Body() { reason }: ReasonDto,
    @Req() request: Request,
  ): Promise<RevealedView> {
    return this.people.reveal(principal, person, reason, sourceOf(request));
  }
}
