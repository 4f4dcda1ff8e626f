import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseEnumPipe,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import type { ProposedView } from '../approvals/approvals.service.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { MembershipEnds } from './membership-ends.service.js';
import { LeavingDto, MembershipDto, RoleDto } from './membership.dto.js';
import type { MemberRow } from './memberships.repository.js';
import { MembershipRoles } from './membership-roles.service.js';
import type { MembershipView } from './membership.view.js';
import { MembershipsService } from './memberships.service.js';

const RoleParam = new ParseEnumPipe(Object.fromEntries(ROLES.map((role) => [role, role])), {
  exceptionFactory: () => new ConcordatError('not_found'),
});

@ApiTags('organisations')
@Controller('api/v1')
export class MembershipsApi {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly roles: MembershipRoles,
    private readonly ends: MembershipEnds,
    private readonly pages: PageTokens,
  ) {}

  @Post('organisations/:id/memberships')
  @Access('membership:add')
  add(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: MembershipDto,
    @IdempotencyKey() key?: string,
  ): Promise<MembershipView> {
    return this.memberships.add(principal, id, dto, key);
  }

  @Get('organisations/:id/memberships')
  @Access('membership:read')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<MemberRow>> {
    const scope = { route: 'memberships', organisationId: id, personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.memberships.list(principal, id, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, (row) => row.id);
  }

  /** 201 with the membership; 202 with the proposal when the role takes a second person. */
  @Post('memberships/:id/roles')
  @Access('membership:change_roles')
  async addRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: RoleDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MembershipView | ProposedView> {
    const answer = await this.roles.add(principal, id, dto);
    response.status('approvalId' in answer ? 202 : 201);
    return answer;
  }

  @Delete('memberships/:id/roles/:role')
  @Access('membership:change_roles')
  removeRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('role', RoleParam) role: Role,
    @Body() { reason }: ReasonDto,
  ): Promise<MembershipView> {
    return this.roles.remove(principal, id, role, reason);
  }

  @Post('memberships/:id/end')
  @HttpCode(200)
  @Access('membership:end')
  end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<MembershipView> {
    return this.ends.end(principal, id, reason);
  }

  /** Whoever leaves needs nobody's leave. */
  @Post('memberships/:id/leave')
  @HttpCode(200)
  @SignedIn()
  leave(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: LeavingDto,
  ): Promise<MembershipView> {
    return this.ends.leave(principal, id, reason);
  }
}
