import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import { IdParam } from '../platform/web/validation.js';
import { EraseDto } from './erasure.dto.js';
import { Erasures, type ErasureView, type ProposedErasureView } from './erasures.service.js';

@ApiTags('people')
@Controller('api/v1/people')
export class ErasuresApi {
  constructor(private readonly erasures: Erasures) {}

  /** Proposes it: it takes two people, and cannot be undone. */
  @Post(':id/erase')
  @HttpCode(202)
  @Access('person:erase')
  propose(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: EraseDto,
  ): Promise<ProposedErasureView> {
    return this.erasures.propose(principal, id, dto);
  }

  /** What was erased when, what stays, and whether the worker has finished. */
  @Get(':id/erasure')
  @Access('person:erase')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ErasureView> {
    return this.erasures.get(principal, id);
  }
}
