import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPageDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';
import { CLOSURE_COLUMNS } from './closure.columns.js';
import { positionOf, toOpenClosureView, type OpenClosureView } from './closure.view.js';
import {
  closuresStatement,
  OPEN_CLOSURE_STATES,
  type OpenClosureState,
} from './closures.repository.js';

export class ClosuresQueryDto extends ReportPageDto {
  @IsOptional()
  @IsIn(OPEN_CLOSURE_STATES)
  state?: OpenClosureState;

  /** Who owes the certificate. */
  @IsOptional()
  @IsUUID()
  organisationId?: string;

  @IsOptional()
  @IsUUID()
  agreementId?: string;

  @IsOptional()
  @IsUUID()
  projectId?: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/closures')
export class ClosuresReportApi {
  constructor(
    private readonly reports: Reports,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Question 12: which data should be destroyed and is not, as far as anybody attested it and somebody else verified? */
  @Get()
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken, ...filters }: ClosuresQueryDto,
    @Req() request: Request,
  ): Promise<Listed<OpenClosureView>> {
    const now = this.clock.now();
    const question = {
      state: filters.state ?? null,
      organisationId: filters.organisationId ?? null,
      agreementId: filters.agreementId ?? null,
      projectId: filters.projectId ?? null,
      now,
    };
    return this.reports.list(
      { principal, request, filters },
      { pageSize, pageToken },
      {
        file: { name: 'closures', columns: CLOSURE_COLUMNS },
        statement: (reader, page) => closuresStatement(question, reader, page),
        keyOf: positionOf,
      },
      (rows) => rows.map((row) => toOpenClosureView(row, now)),
    );
  }
}
