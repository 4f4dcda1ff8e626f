import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { CloseDto, ClosureListQueryDto } from './closure.dto.js';
import type { ClosureDetailView, ClosureView } from './closure.view.js';
import { ClosuresService } from './closures.service.js';

@ApiTags('closures')
@Controller('api/v1')
export class ClosuresApi {
  constructor(
    private readonly closures: ClosuresService,
    private readonly pages: PageTokens,
  ) {}

  /** Both acts: whoever may verify for a provider may attest for their own organisation. */
  @Post('agreements/:id/close')
  @HttpCode(200)
  @Access('closure:attest')
  close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: CloseDto,
  ): Promise<ClosureDetailView> {
    return this.closures.close(principal, id, dto);
  }

  @Get('closures')
  @Access('closure:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: ClosureListQueryDto,
  ): Promise<PageOf<ClosureView>> {
    const filter = { agreementId: query.agreementId ?? null, status: query.status ?? null };
    const scope = { route: 'closures', personId: principal.personId, ...filter };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.closures.list(principal, filter, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Get('closures/:id')
  @Access('closure:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
  ): Promise<ClosureDetailView> {
    return this.closures.get(principal, id);
  }
}
