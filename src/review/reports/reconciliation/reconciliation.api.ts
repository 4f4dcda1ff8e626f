import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Config } from '../../../config/config.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import type { Tx } from '../../../platform/database/database.js';
import { Access } from '../../../platform/web/access.js';
import type { PageOf } from '../../../platform/web/page-query.dto.js';
import { LIST_TYPES } from '../files/file-format.js';
import { toClosedPeriod } from '../period.rules.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { Reports, type Asked, type Listed, type Reader } from '../reports.service.js';
import { RECONCILIATION_COLUMNS } from './reconciliation.columns.js';
import { reconciliationStatement, storesStatement, type Row } from './reconciliation.repository.js';
import {
  RECONCILIATION_PARTS,
  type PartItems,
  type PartPosition,
  type ReconciliationPart,
  type ReconciliationQuestion,
  type StoreReading,
} from './reconciliation.types.js';

/** Reads are kept for so long. */
const SPAN = { days: 30, maxDays: 90 } as const;

/** Absent, `to` is now and `from` 30 days before it. */
export class ReconciliationQueryDto extends ReportPeriodDto {
  override pageSize = 50;

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @IsOptional()
  @IsUUID()
  storeId?: string;
}

export class PartDto {
  @IsIn(RECONCILIATION_PARTS)
  part: ReconciliationPart;
}

/** The first page of each part; the others are at `…/{part}`, by its token. */
type ReconciliationView = {
  readonly from: string;
  readonly to: string;
  readonly stores: readonly StoreReading[];
} & { readonly [P in ReconciliationPart]: PageOf<PartItems[P]> };

type Parts = { readonly [P in ReconciliationPart]: readonly Row<P>[] };

@ApiTags('audit')
@Controller('api/v1/audit/reports/reconciliation')
export class ReconciliationReportApi {
  constructor(
    private readonly reports: Reports,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Question 7: what was issued but unused, or read without a grant? */
  @Get()
  @Access('audit:read')
  async all(
    @Caller() principal: Principal,
    @Query() query: ReconciliationQueryDto,
    @Req() request: Request,
  ): Promise<ReconciliationView> {
    const question = this.questionOf(query);
    const asked = { principal, request, filters: filtersOf(question) };
    const { pageSize } = query;
    const { stores, parts } = await this.reports.answer(
      asked,
      (tx, reader) => readAll(tx, question, reader, pageSize + 1),
      { count: ({ parts: read }) => countOf(read, pageSize) },
    );
    const page = <P extends ReconciliationPart>(part: P): PageOf<PartItems[P]> => {
      const { items, ...next } = this.reports.firstPage(
        partOf(asked, part),
        parts[part],
        pageSize,
        ({ position }) => position,
      );
      return { items: items.map(({ item }) => item), ...next };
    };
    return {
      from: question.from,
      to: question.to,
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
  @ApiProduces(...LIST_TYPES)
  part(
    @Caller() principal: Principal,
    @Param() { part }: PartDto,
    @Query() query: ReconciliationQueryDto,
    @Req() request: Request,
  ): Promise<Listed<PartItems[ReconciliationPart]>> {
    const question = this.questionOf(query);
    const asked = { principal, request, filters: filtersOf(question) };
    return this.list(partOf(asked, part), part, question, query);
  }

  private list<P extends ReconciliationPart>(
    asked: Asked,
    part: P,
    question: ReconciliationQuestion,
    { pageSize, pageToken }: ReconciliationQueryDto,
  ): Promise<Listed<PartItems[P]>> {
    return this.reports.list<Row<P>, PartPosition, PartItems[P]>(
      asked,
      { pageSize, pageToken },
      {
        file: { name: part.replaceAll('_', '-'), columns: RECONCILIATION_COLUMNS[part] },
        statement: (reader, page) => reconciliationStatement(part, question, reader, page),
        keyOf: ({ position }) => position,
      },
      (rows) => rows.map(({ item }) => item),
    );
  }

  private questionOf({ datasetId, storeId, ...asked }: ReconciliationQueryDto) {
    return {
      ...toClosedPeriod(asked, this.clock.now(), SPAN),
      datasetId: datasetId ?? null,
      storeId: storeId ?? null,
      lagSeconds: this.config.accessLogLagSeconds,
    };
  }
}

async function readAll(
  tx: Tx,
  question: ReconciliationQuestion,
  reader: Reader,
  limit: number,
): Promise<{ readonly stores: readonly StoreReading[]; readonly parts: Parts }> {
  const ask = <T>({ sql, params }: ReturnType<typeof storesStatement>): Promise<T> =>
    tx.query<T>(sql, params);
  const stores = await ask<readonly StoreReading[]>(storesStatement(question, reader));
  const parts: Partial<Record<ReconciliationPart, readonly unknown[]>> = {};
  for (const part of RECONCILIATION_PARTS) {
    const page = { after: null, limit };
    parts[part] = await ask(reconciliationStatement(part, question, reader, page));
  }
  return { stores, parts: parts as Parts };
}

function countOf(parts: Parts, pageSize: number): number {
  return Object.values(parts).reduce((sum, rows) => sum + Math.min(rows.length, pageSize), 0);
}

function filtersOf({ datasetId, storeId, from, to }: ReconciliationQuestion): Asked['filters'] {
  return { datasetId: datasetId ?? undefined, storeId: storeId ?? undefined, from, to };
}

function partOf({ filters, ...asked }: Asked, part: ReconciliationPart): Asked {
  return { ...asked, list: 'reconciliation', filters: { part, ...filters } };
}
