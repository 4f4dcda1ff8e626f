import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { Access } from '../../../platform/web/access.js';
import {
  ALERT_RULES,
  ALERT_STATUSES,
  type AlertRule,
  type AlertStatus,
} from '../../alerts/alert.types.js';
import { PERSON } from '../../audit-search.dto.js';
import { toPeriod } from '../period.rules.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';
import { UNUSUAL_COLUMNS } from './unusual.columns.js';
import { UnusualViews, type UnusualView } from './unusual-views.service.js';
import {
  UNUSUAL_KINDS,
  unusualStatement,
  type UnusualKind,
  type UnusualPosition,
  type UnusualQuestion,
  type UnusualRow,
} from './unusual.repository.js';

export class AlertsQueryDto extends ReportPeriodDto {
  @IsOptional()
  @IsIn(UNUSUAL_KINDS)
  kind?: UnusualKind;

  /** Of alerts: nothing else is shown then. */
  @IsOptional()
  @IsIn(ALERT_STATUSES)
  status?: AlertStatus;

  /** Of alerts: nothing else is shown then. */
  @IsOptional()
  @IsIn(ALERT_RULES)
  rule?: AlertRule;

  @IsOptional()
  @IsUUID()
  organisationId?: string;

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @IsOptional()
  @IsUUID()
  grantId?: string;

  /** Who did it, or whom it is about: a pseudonym or an id. */
  @IsOptional()
  @Matches(PERSON, { message: 'must be a pseudonym or an id' })
  person?: string;
}

type Filters = Omit<AlertsQueryDto, 'pageSize' | 'pageToken' | 'person'>;

/** @throws ConcordatError `input_invalid` for a status or a rule of what is no alert. */
function toQuestion({ kind, status, rule, ...filters }: Filters): UnusualQuestion {
  const isOfAlerts = status !== undefined || rule !== undefined;
  if (isOfAlerts && kind !== undefined && kind !== 'alert') {
    const reason = 'must be alert, or absent, where a status or a rule is given';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/kind', reason }] });
  }
  return {
    ...toPeriod(filters),
    kind: isOfAlerts ? 'alert' : (kind ?? null),
    status: status ?? null,
    rule: rule ?? null,
    organisationId: filters.organisationId ?? null,
    datasetId: filters.datasetId ?? null,
    grantId: filters.grantId ?? null,
  };
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/alerts')
export class AlertsReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly views: UnusualViews,
  ) {}

  /** Question 11: what was refused, has failed or was unusual? */
  @Get()
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { pageSize, pageToken, person, ...filters }: AlertsQueryDto,
    @Req() request: Request,
  ): Promise<Listed<UnusualView>> {
    const question = toQuestion(filters);
    return this.reports.list<UnusualRow, UnusualPosition, UnusualView>(
      { principal, request, filters, person },
      { pageSize, pageToken },
      {
        file: { name: 'alerts', columns: UNUSUAL_COLUMNS },
        statement: (reader, page) => unusualStatement(question, reader, page),
        keyOf: ({ at, id }) => ({ at: at.toISOString(), id }),
      },
      (rows) => this.views.open(rows),
    );
  }
}
