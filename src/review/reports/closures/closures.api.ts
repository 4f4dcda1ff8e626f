import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import type { PageOf } from '../../../platform/web/page-query.dto.js';
import { ReportPageDto } from '../report-page.dto.js';
import { Reports } from '../reports.service.js';
import { positionOf, toOpenClosureView, type OpenClosureView } from './closure.view.js';
import {
  closuresStatement,
  OPEN_CLOSURE_STATES,
  type OpenClosureState,
} from './closures.repository.js';

class ClosuresQueryDto extends ReportPageDto {
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
  list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken, ...filters }: ClosuresQueryDto,
    @Req() request: Request,
  ): Promise<PageOf<OpenClosureView>> {
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
        statement: (reader, page) => closuresStatement(question, reader, page),
        keyOf: positionOf,
      },
      (rows) => rows.map((row) => toOpenClosureView(row, now)),
    );
  }
}
