import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access, SignedIn } from '../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../platform/web/if-match.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { IdParam } from '../platform/web/validation.js';
import {
  AccessDecisionDto,
  AccessRequestDto,
  EditAccessRequestDto,
  RenewAccessRequestDto,
  SubmitAccessRequestDto,
} from './access-request.dto.js';
import type { AccessRequestSummary, AccessRequestView } from './access-request.view.js';
import { AccessDecisions } from './access-decisions.service.js';
import { AccessRequestsService } from './access-requests.service.js';
import { AccessRequestEdits } from './lifecycle/access-request-edits.service.js';
import { Renewals } from './lifecycle/renewals.service.js';
import { Undertakings } from './lifecycle/undertakings.service.js';
import { AccessSubmission } from './access-submission.service.js';

@ApiTags('access requests')
@Controller('api/v1/access-requests')
export class AccessRequestsApi {
  // eslint-disable-next-line max-params -- a request's acts, one service each
  constructor(
    private readonly requests: AccessRequestsService,
    private readonly edits: AccessRequestEdits,
    private readonly submission: AccessSubmission,
    private readonly decisions: AccessDecisions,
    private readonly undertakings: Undertakings,
    private readonly renewals: Renewals,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('access_request:create')
  async create(
    @Caller() principal: Principal,
    @Body() dto: AccessRequestDto,
    @Res({ passthrough: true }) response: Response,
    @IdempotencyKey() key?: string,
  ): Promise<AccessRequestView> {
    return tagged(response, await this.requests.create(principal, dto, key));
  }

  @Get()
  @SignedIn('access_request:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<AccessRequestSummary>> {
    const scope = { route: 'access-requests', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.requests.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('access_request:read')
  async get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccessRequestView> {
    return tagged(response, await this.requests.get(principal, id));
  }

  /** A draft or a returned request: the named members take new values; `null` takes one out (RFC 7396). */
  @Patch(':id')
  @Access('access_request:edit')
  @ApiBody({ type: EditAccessRequestDto })
  @ApiHeader(IF_MATCH)
  async edit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() changes: Record<string, unknown>,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccessRequestView> {
    return tagged(response, await this.edits.edit(principal, id, changes, ifMatch));
  }

  @Post(':id/submit')
  @HttpCode(200)
  @Access('access_request:submit')
  submit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { versionHash }: SubmitAccessRequestDto,
  ): Promise<AccessRequestView> {
    return this.submission.submit(principal, id, versionHash);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Access('access_request:withdraw')
  withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<AccessRequestView> {
    return this.requests.withdraw(principal, id);
  }

  @Post(':id/undertaking')
  @HttpCode(200)
  @Access('access_request:undertaking')
  undertake(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { versionHash }: SubmitAccessRequestDto,
  ): Promise<AccessRequestView> {
    return this.undertakings.accept(principal, id, versionHash);
  }

  @Post(':id/renew')
  @Access('access_request:renew')
  renew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: RenewAccessRequestDto,
    @IdempotencyKey() key?: string,
  ): Promise<AccessRequestView> {
    return this.renewals.renew(principal, id, dto, key);
  }

  @Post(':id/decisions')
  @HttpCode(200)
  @Access('access_request:decide')
  decide(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: AccessDecisionDto,
  ): Promise<AccessRequestView> {
    return this.decisions.decide(principal, id, dto);
  }
}

function tagged(response: Response, view: AccessRequestView): AccessRequestView {
  response.set('ETag', view.etag);
  return view;
}
