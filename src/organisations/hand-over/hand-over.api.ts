import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { HandOverDto, HandOverQueryDto } from './hand-over.dto.js';
import { HandOvers, type HandOverView } from './hand-overs.service.js';

@ApiTags('organisations')
@Controller('api/v1/memberships/:id')
export class HandOverApi {
  constructor(private readonly handOvers: HandOvers) {}

  /** What the member holds, and what of it a successor would take over. */
  @Get('holdings')
  @Access('membership:hand_over')
  preview(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { successorId }: HandOverQueryDto,
  ): Promise<HandOverView> {
    return this.handOvers.preview(principal, id, successorId);
  }

  @Post('hand-over')
  @HttpCode(200)
  @Access('membership:hand_over')
  handOver(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { successorId }: HandOverDto,
  ): Promise<HandOverView> {
    return this.handOvers.handOver(principal, id, successorId);
  }
}
