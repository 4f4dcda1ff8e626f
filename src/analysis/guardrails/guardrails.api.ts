import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import type { ProposedView } from '../../organisations/approvals/approvals.service.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import type { GuardrailPosition } from '../../policy/guardrail.js';
import { GuardrailDto, GuardrailListQueryDto } from './guardrail.dto.js';
import type { GuardrailView } from './guardrail.view.js';
import { Guardrails } from './guardrails.service.js';

@ApiTags('policy')
@Controller('api/v1/policy/guardrails')
export class GuardrailsApi {
  constructor(
    private readonly guardrails: Guardrails,
    private readonly pages: PageTokens,
  ) {}

  /** Nothing changes until the second person approves: POST /api/v1/approvals/{approvalId}/approve. */
  @Post()
  @HttpCode(202)
  @Access('guardrail:propose')
  propose(
    @Caller() principal: Principal,
    @Body() dto: GuardrailDto,
    @IdempotencyKey() key?: string,
  ): Promise<ProposedView> {
    return this.guardrails.propose(principal, dto, key);
  }

  /** Those in force, by id; with `history=true` also what they said before. */
  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query() { id, datasetId, history, pageSize, pageToken }: GuardrailListQueryDto,
  ): Promise<PageOf<GuardrailView>> {
    const filter = {
      id: id ?? null,
      datasetId: datasetId ?? null,
      isHistory: history === true,
    };
    const scope = { route: 'guardrails', personId: principal.personId, ...filter };
    const after = this.pages.read(pageToken, scope) as GuardrailPosition | null;
    const limit = pageSize + 1;
    const rows = await this.guardrails.list(principal, { ...filter, after, limit });
    return this.pages.page(rows, pageSize, scope, (row) => ({
      id: row.id,
      datasetId: row.datasetId,
      sinceVersion: row.sinceVersion,
    }));
  }
}
