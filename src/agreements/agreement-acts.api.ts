import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import type { ProposedView } from '../organisations/approvals/approvals.service.js';
import { Access } from '../platform/web/access.js';
import { ReasonDto } from '../platform/web/fields.js';
import { IdParam } from '../platform/web/validation.js';
import { AgreementActs } from './agreement-acts.service.js';
import { ReviewDto, SignatureDto, TerminateDto } from './agreement.dto.js';
import type { AgreementView } from './agreement.view.js';

/** Agreements: review, signature and what ends them. */
@ApiTags('agreements')
@Controller('api/v1/agreements')
export class AgreementActsApi {
  constructor(private readonly acts: AgreementActs) {}

  @Post(':id/reviews')
  @HttpCode(200)
  @Access('agreement:review')
  review(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: ReviewDto,
  ): Promise<AgreementView> {
    return this.acts.review(principal, id, dto);
  }

  @Post(':id/signatures')
  @HttpCode(200)
  @Access('agreement:sign')
  sign(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: SignatureDto,
  ): Promise<AgreementView> {
    return this.acts.sign(principal, id, dto);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Access('agreement:suspend')
  suspend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<AgreementView> {
    return this.acts.suspend(principal, id, reason);
  }

  @Post(':id/resume')
  @HttpCode(202)
  @Access('agreement:resume')
  resume(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ProposedView> {
    return this.acts.resume(principal, id, reason);
  }

  /** 202 with the proposal; 200 with the agreement when it was never in force. */
  @Post(':id/terminate')
  @Access('agreement:terminate')
  async terminate(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: TerminateDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ProposedView | AgreementView> {
    const answer = await this.acts.terminate(principal, id, dto);
    response.status('approvalId' in answer ? 202 : 200);
    return answer;
  }
}
