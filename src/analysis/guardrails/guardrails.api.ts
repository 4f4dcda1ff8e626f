import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import type { ProposedView } from '../../organisations/approvals/approvals.service.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { GuardrailDto, GuardrailsQueryDto } from './guardrail.dto.js';
import type { GuardrailRow } from './guardrails.repository.js';
import { Guardrails } from './guardrails.service.js';

@ApiTags('policy')
@Controller('api/v1/policy/guardrails')
export class GuardrailsApi {
  constructor(private readonly guardrails: Guardrails) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query() { datasetId }: GuardrailsQueryDto,
  ): Promise<{ readonly items: readonly GuardrailRow[] }> {
    return { items: await this.guardrails.list(principal, datasetId ?? null) };
  }

  /** 202 with the proposal: it counts when the second person approves. */
  @Post()
  @HttpCode(202)
  @Access('guardrail:propose')
  propose(@Caller() principal: Principal, @Body() dto: GuardrailDto): Promise<ProposedView> {
    return this.guardrails.propose(principal, dto);
  }
}
