import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { routeOf } from '../../../identity/refusals.service.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import { IsInstant } from '../../../platform/web/fields.js';
import { PageQueryDto, type PageOf } from '../../../platform/web/page-query.dto.js';
import { PageTokens } from '../../../platform/web/page-tokens.js';
import { traceIdOf } from '../../../platform/web/trace-id.js';
import { toQuestion } from './reconciliation.question.js';
import type { Row } from './reconciliation.repository.js';
import { Reconciliation, type Asking } from './reconciliation.service.js';
import {
  RECONCILIATION_PARTS,
  type PartItems,
  type PartPosition,
  type ReconciliationPart,
  type ReconciliationQuestion,
  type StoreReading,
} from './reconciliation.types.js';

const MAX_PAGE = 200;

class ReconciliationQueryDto extends PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  override pageSize = 50;

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @IsOptional()
  @IsUUID()
  storeId?: string;

  /** The first instant, with its offset from UTC; absent: 30 days before the end. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** The first instant after the last one; absent: now. */
  @IsOptional()
  @IsInstant()
  to?: string;
}

class PartDto {
  @IsIn(RECONCILIATION_PARTS)
  part: ReconciliationPart;
}

/** The first page of each part; the others are at `…/{part}`, by its token. */
type ReconciliationView = {
  readonly from: string;
  readonly to: string;
  readonly stores: readonly StoreReading[];
} & { readonly [P in ReconciliationPart]: PageOf<PartItems[P]> };

@ApiTags('audit')
@Controller('api/v1/audit/reports/reconciliation')
export class ReconciliationApi {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly pages: PageTokens,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('audit:read')
  async all(
    @Caller() principal: Principal,
    @Query() query: ReconciliationQueryDto,
    @Req() request: Request,
  ): Promise<ReconciliationView> {
    const question = toQuestion(query, this.clock.now());
    const { pageSize } = query;
    const asking = askingOf(principal, request);
    const { stores, parts } = await this.reconciliation.all(asking, question, pageSize + 1);
    const page = <P extends ReconciliationPart>(part: P): PageOf<PartItems[P]> =>
      this.page(principal, part, question, parts[part], pageSize);
    return {
      from: question.from.toISOString(),
      to: question.to.toISOString(),
      stores,
      unmatched: page('unmatched'),
      observed: page('observed'),
      absent_from_log: page('absent_from_log'),
      unused_issues: page('unused_issues'),
      unused_grants: page('unused_grants'),
    };
  }

  /** Asked with the `from` and `to` that the first answer says, so that its end does not move. */
  @Get(':part')
  @Access('audit:read')
  async part(
    @Caller() principal: Principal,
    @Param() { part }: PartDto,
    @Query() query: ReconciliationQueryDto,
    @Req() request: Request,
  ): Promise<PageOf<PartItems[ReconciliationPart]>> {
    const question = toQuestion(query, this.clock.now());
    const { pageSize, pageToken } = query;
    const scope = scopeOf(principal, part, question);
    const after = this.pages.read(pageToken, scope) as PartPosition | null;
    const page = { after, limit: pageSize + 1 };
    const asking = askingOf(principal, request);
    const rows = await this.reconciliation.part(asking, question, part, page);
    return this.page(principal, part, question, rows, pageSize);
  }

  private page<P extends ReconciliationPart>(
    principal: Principal,
    part: P,
    question: ReconciliationQuestion,
    rows: readonly Row<P>[],
    pageSize: number,
  ): PageOf<PartItems[P]> {
    const scope = scopeOf(principal, part, question);
    const { items, nextPageToken } = this.pages.page(rows, pageSize, scope, ({ position }) => [
      ...position,
    ]);
    return { items: items.map(({ item }) => item), nextPageToken };
  }
}

function scopeOf(
  { personId }: Principal,
  part: ReconciliationPart,
  { datasetId, storeId, from, to }: ReconciliationQuestion,
) {
  const span = { from: from.toISOString(), to: to.toISOString() };
  return { route: 'reconciliation', part, personId, datasetId, storeId, ...span };
}

function askingOf(principal: Principal, request: Request): Asking {
  return { principal, route: routeOf(request), traceId: traceIdOf(request) };
}
