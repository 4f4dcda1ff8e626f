import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { addDays, londonDay } from '../../../kernel/london-day.js';
import { Access } from '../../../platform/web/access.js';
import { DATE_CAUSES, type DateCause } from '../../../reminders/dates/coming-dates.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPageDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';
import { EXPIRY_COLUMNS } from './expiry.columns.js';
import { expiriesStatement } from './expiries.repository.js';
import { positionOf, toExpiryView, type ExpiryView } from './expiry.view.js';

export class ExpiriesQueryDto extends ReportPageDto {
  /** How far ahead, in London days. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(366)
  days = 90;

  /** Whose it is, or to whom it is something. */
  @IsOptional()
  @IsUUID()
  organisationId?: string;

  @IsOptional()
  @IsIn(DATE_CAUSES)
  cause?: DateCause;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/expiries')
export class ExpiriesReportApi {
  constructor(
    private readonly reports: Reports,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Question 8: what lapses, or is to be reviewed, within so many days? What is late and still to be done is there too. */
  @Get()
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { days, organisationId, cause, ...page }: ExpiriesQueryDto,
    @Req() request: Request,
  ): Promise<Listed<ExpiryView>> {
    const today = londonDay(this.clock.now());
    const question = {
      today,
      last: addDays(today, days),
      organisationId: organisationId ?? null,
      cause: cause ?? null,
    };
    return this.reports.list(
      { principal, request, filters: { days, organisationId, cause } },
      page,
      {
        file: { name: 'expiries', columns: EXPIRY_COLUMNS },
        statement: (reader, where) => expiriesStatement(question, reader, where),
        keyOf: positionOf,
      },
      (rows) => rows.map(toExpiryView),
    );
  }
}
