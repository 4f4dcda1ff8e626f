import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { AgreementImpact, type AgreementImpactView } from './agreement-impact.service.js';
import type { CandidatePosition } from './candidates.repository.js';
import { GuardrailImpact, type GuardrailImpactView } from './guardrail-impact.service.js';
import { AgreementImpactQueryDto, ImpactPageQueryDto } from './impact.dto.js';

type Paged<View> = View & { readonly nextPageToken: string | null };

/** Before somebody signs or approves: who gains access by it, and who loses it. */
@ApiTags('impact')
@Controller('api/v1')
export class PolicyImpactApi {
  constructor(
    private readonly agreements: AgreementImpact,
    private readonly guardrails: GuardrailImpact,
    private readonly pages: PageTokens,
  ) {}

  /** Everybody is compared who reads under the agreement or could ask to; a page may hold no change and have a next. */
  @Get('agreements/:id/impact')
  @Access('agreement:impact')
  async ofAgreement(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version, pageSize, pageToken }: AgreementImpactQueryDto,
  ): Promise<Paged<AgreementImpactView>> {
    const { personId } = principal;
    const scope = { route: 'agreement-impact', personId, id, version: version ?? null };
    const after = this.pages.read(pageToken, scope) as CandidatePosition | null;
    const { view, next } = await this.agreements.of(principal, { id, version }, after, pageSize);
    return { ...view, nextPageToken: this.pages.next(next && { ...next }, scope) };
  }

  /** Of a guardrail that waits for approval; everybody is compared who has asked for what it concerns. */
  @Get('approvals/:id/impact')
  @Access('approval:read')
  async ofGuardrail(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { pageSize, pageToken }: ImpactPageQueryDto,
  ): Promise<Paged<GuardrailImpactView>> {
    const scope = { route: 'approval-impact', personId: principal.personId, id };
    const after = this.pages.read(pageToken, scope) as string | null;
    const { view, next } = await this.guardrails.of(principal, id, after, pageSize);
    return { ...view, nextPageToken: this.pages.next(next, scope) };
  }
}
