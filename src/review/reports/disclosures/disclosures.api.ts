import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import type { PageOf } from '../../../platform/web/page-query.dto.js';
import { PERSON } from '../../audit-search.dto.js';
import { toPeriod } from '../period.rules.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { Reports } from '../reports.service.js';
import { positionOf, toDisclosureView, type DisclosureView } from './disclosure.view.js';
import { disclosuresStatement } from './disclosures.repository.js';

class DisclosuresQueryDto extends ReportPeriodDto {
  /** Who received it. */
  @IsOptional()
  @IsUUID()
  organisationId?: string;

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @IsOptional()
  @IsUUID()
  agreementId?: string;

  @IsOptional()
  @IsUUID()
  grantId?: string;

  /** To whom: a pseudonym or an id. */
  @IsOptional()
  @Matches(PERSON, { message: 'must be a pseudonym or an id' })
  person?: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/disclosures')
export class DisclosuresReportApi {
  constructor(private readonly reports: Reports) {}

  /** Question 3: which bytes left, to whom, and when? What was issued to fetch with is shown, and is no delivery. */
  @Get()
  @Access('audit:read')
  list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken, person, ...filters }: DisclosuresQueryDto,
    @Req() request: Request,
  ): Promise<PageOf<DisclosureView>> {
    const question = {
      ...toPeriod(filters),
      recipientId: filters.organisationId ?? null,
      datasetId: filters.datasetId ?? null,
      agreementId: filters.agreementId ?? null,
      grantId: filters.grantId ?? null,
    };
    return this.reports.list(
      { principal, request, filters, person },
      { pageSize, pageToken },
      {
        statement: (reader, page) => disclosuresStatement(question, reader, page),
        keyOf: positionOf,
      },
      (rows) => rows.map(toDisclosureView),
    );
  }
}
