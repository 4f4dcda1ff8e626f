import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import type { ProposedView } from '../../organisations/approvals/approvals.service.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { IdParam } from '../../platform/web/validation.js';
import { ReasonDto } from '../../platform/web/fields.js';
import type { AgreementView } from '../agreement.view.js';
import { ExclusionDto } from './parties.dto.js';
import { INVITATION_BODY } from './parties.openapi.js';
import { PartiesService } from './parties.service.js';

/** Agreements: who joins one in force, and what ends one party's place. */
@ApiTags('agreements')
@Controller('api/v1/agreements/:id')
export class PartiesApi {
  constructor(private readonly parties: PartiesService) {}

  @Post('accede')
  @HttpCode(200)
  @Access('agreement:accede')
  @ApiBody({ schema: INVITATION_BODY })
  accede(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() body: Record<string, unknown>,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return this.parties.accede(principal, id, body, key);
  }

  @Post('parties/:partyId/suspend')
  @HttpCode(200)
  @Access('party:suspend')
  suspend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<AgreementView> {
    return this.parties.suspend(principal, id, partyId, reason);
  }

  @Post('parties/:partyId/resume')
  @HttpCode(202)
  @Access('party:resume')
  resume(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ProposedView> {
    return this.parties.resume(principal, id, partyId, reason);
  }

  @Post('parties/:partyId/withdraw')
  @HttpCode(200)
  @Access('party:withdraw')
  withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<AgreementView> {
    return this.parties.withdraw(principal, id, partyId, reason);
  }

  @Post('parties/:partyId/exclude')
  @HttpCode(202)
  @Access('party:exclude')
  exclude(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Body() dto: ExclusionDto,
  ): Promise<ProposedView> {
    return this.parties.exclude(principal, id, partyId, dto);
  }

  @Post('notices/:noticeId/take-back')
  @HttpCode(200)
  @Access('notice:take_back')
  takeBack(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('noticeId', IdParam) noticeId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<AgreementView> {
    return this.parties.takeBack(principal, id, noticeId, reason);
  }
}
