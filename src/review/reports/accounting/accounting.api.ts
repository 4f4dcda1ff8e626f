import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import { IsInstant } from '../../../platform/web/fields.js';
import { toClosedPeriod } from '../period.rules.js';
import { Reports } from '../reports.service.js';
import { accountingStatement, type AccountingRow } from './accounting.repository.js';
import { toAccountingView, type AccountingView } from './accounting.view.js';

/** A year, and its leap day. */
const SPAN = { days: 365, maxDays: 366 } as const;

export class AccountingQueryDto {
  /** Whose data. */
  @IsUUID()
  organisationId: string;

  /** The first instant; absent: a year before `to`. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** The first instant after the last one; absent: now. */
  @IsOptional()
  @IsInstant()
  to?: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/accounting')
export class AccountingReportApi {
  constructor(
    private readonly reports: Reports,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The accounting of disclosures: what of this organisation's data went to whom, under which version. */
  @Get()
  @Access('audit:read')
  async get(
    @Caller() principal: Principal,
    @Query() { organisationId, from, to }: AccountingQueryDto,
    @Req() request: Request,
  ): Promise<AccountingView> {
    const period = toClosedPeriod({ from, to }, this.clock.now(), SPAN);
    const question = { organisationId, ...period };
    const rows = await this.reports.answer<readonly AccountingRow[]>(
      { principal, request, filters: { organisationId, ...period } },
      (tx, reader) => {
        const { sql, params } = accountingStatement(question, reader);
        return tx.query(sql, params);
      },
      { count: ({ length }) => length },
    );
    return toAccountingView(question, rows);
  }
}
