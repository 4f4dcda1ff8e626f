import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import { PERSON } from '../../audit-search.dto.js';
import { toPeriod } from '../period.rules.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';
import { DISCLOSURE_COLUMNS } from './disclosure.columns.js';
import { positionOf, toDisclosureView, type DisclosureView } from './disclosure.view.js';
import { disclosuresStatement } from './disclosures.repository.js';

export class DisclosuresQueryDto extends ReportPeriodDto {
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
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken, person, ...filters }: DisclosuresQueryDto,
    @Req() request: Request,
  ): Promise<Listed<DisclosureView>> {
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
        file: { name: 'disclosures', columns: DISCLOSURE_COLUMNS },
        statement: (reader, page) => disclosuresStatement(question, reader, page),
        keyOf: positionOf,
      },
      (rows) => rows.map(toDisclosureView),
    );
  }
}
