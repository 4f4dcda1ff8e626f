import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { Access } from '../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../platform/web/if-match.js';
import { IdempotencyKey } from '../platform/web/idempotency-key.js';
import type { PageOf } from '../platform/web/page-query.dto.js';
import { PageTokens } from '../platform/web/page-tokens.js';
import { IdParam } from '../platform/web/validation.js';
import { AgreementListQueryDto, AgreementVersionQueryDto } from './agreement.dto.js';
import { etagOf, type AgreementSummary, type AgreementView } from './agreement.view.js';
import { AgreementsService, type SignaturesView } from './agreements.service.js';
import { DRAFT_BODY, TERMS_BODY } from './terms/terms.openapi.js';

/** Agreements: writing, submitting and reading them. */
@ApiTags('agreements')
@Controller('api/v1/agreements')
export class AgreementsApi {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('agreement:draft')
  @ApiBody({ schema: DRAFT_BODY })
  async create(
    @Caller() principal: Principal,
    @Body() body: Record<string, unknown>,
    @Res({ passthrough: true }) response: Response,
    @IdempotencyKey() key?: string,
  ): Promise<AgreementView> {
    return tagged(response, await this.agreements.create(principal, body, key));
  }

  /** The named terms take new values; `null` takes one out (RFC 7396). */
  @Patch(':id')
  @Access('agreement:edit')
  @ApiBody({ schema: TERMS_BODY })
  @ApiHeader(IF_MATCH)
  async edit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() changes: Record<string, unknown>,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AgreementView> {
    return tagged(response, await this.agreements.edit(principal, id, changes, ifMatch));
  }

  @Get()
  @Access('agreement:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: AgreementListQueryDto,
  ): Promise<PageOf<AgreementSummary>> {
    const { pageSize, pageToken } = query;
    const status = query.status ?? null;
    const scope = { route: 'agreements', personId: principal.personId, status };
    const after = this.pages.read(pageToken, scope) as string | null;
    const limit = pageSize + 1;
    const rows = await this.agreements.list(principal, { status, after, limit });
    return this.pages.page(rows, pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @Access('agreement:read')
  async get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version }: AgreementVersionQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AgreementView> {
    return tagged(response, await this.agreements.get(principal, id, version));
  }

  @Get(':id/signatures')
  @Access('agreement:read')
  signatures(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version }: AgreementVersionQueryDto,
  ): Promise<SignaturesView> {
    return this.agreements.signatures(principal, id, version);
  }

  @Post(':id/submit')
  @HttpCode(200)
  @Access('agreement:submit')
  @ApiHeader(IF_MATCH)
  async submit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AgreementView> {
    return tagged(response, await this.agreements.submit(principal, id, ifMatch));
  }
}

function tagged(response: Response, view: AgreementView): AgreementView {
  response.set('ETag', etagOf(view));
  return view;
}
