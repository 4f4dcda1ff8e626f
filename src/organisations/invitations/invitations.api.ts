import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { InvitationDto } from './invitation.dto.js';
import type { InvitationView } from './invitation.view.js';
import { Invitations } from './invitations.service.js';

@ApiTags('organisations')
@Controller('api/v1')
export class InvitationsApi {
  constructor(
    private readonly invitations: Invitations,
    private readonly pages: PageTokens,
  ) {}

  @Post('organisations/:id/invitations')
  @Access('membership:invite')
  invite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: InvitationDto,
    @IdempotencyKey() key?: string,
  ): Promise<InvitationView> {
    return this.invitations.invite(principal, id, dto, key);
  }

  @Get('organisations/:id/invitations')
  @Access('membership:invite')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<InvitationView>> {
    const scope = { route: 'invitations', organisationId: id, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.invitations.list(principal, id, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, (row) => row.id);
  }

  @Post('invitations/:id/resend')
  @HttpCode(200)
  @Access('membership:invite')
  resend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<InvitationView> {
    return this.invitations.resend(principal, id);
  }

  @Post('invitations/:id/withdraw')
  @HttpCode(200)
  @Access('membership:invite')
  withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<InvitationView> {
    return this.invitations.withdraw(principal, id, reason);
  }
}
