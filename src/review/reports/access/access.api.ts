import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { Access } from '../../../platform/web/access.js';
import { IsInstant } from '../../../platform/web/fields.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPageDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';
import { ACCESS_COLUMNS } from './access.columns.js';
import { accessStatement } from './access.repository.js';
import { positionOf, toAccessView, type AccessView } from './access.view.js';

export class AccessQueryDto extends ReportPageDto {
  @IsUUID()
  datasetId: string;

  /** The instant asked about; absent: now. */
  @IsOptional()
  @IsInstant()
  at?: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/access')
export class AccessReportApi {
  constructor(
    private readonly reports: Reports,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Question 1: who could reach this dataset at that instant, by what right, until when, and who really read? */
  @Get()
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { datasetId, at, ...page }: AccessQueryDto,
    @Req() request: Request,
  ): Promise<Listed<AccessView>> {
    const question = { datasetId, at: pastOf(at, this.clock.now()) };
    return this.reports.list(
      { principal, request, filters: { datasetId, at } },
      page,
      {
        file: { name: 'access', columns: ACCESS_COLUMNS },
        statement: (reader, where) => accessStatement(question, reader, where),
        keyOf: positionOf,
      },
      (rows) => rows.map(toAccessView),
    );
  }
}

function pastOf(at: string | undefined, now: Date): Date {
  const instant = at === undefined ? now : new Date(at);
  if (instant.getTime() > now.getTime()) {
    const reason = 'must not be in the future: what will be is not known';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/at', reason }] });
  }
  return instant;
}
