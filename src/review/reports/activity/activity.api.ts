import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import type { AuditEventRow } from '../../audit-event.view.js';
import { searchStatement, type EventPosition } from '../../audit-events.repository.js';
import { toAuditSearch } from '../../audit-search.js';
import { EVENT_COLUMNS } from '../../exports/formats/event-columns.js';
import { NamedEvents, type NamedEventView } from '../named-events.service.js';
import { PersonParam } from '../../person-param.js';
import { LIST_TYPES } from '../files/file-format.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { Reports, type Listed } from '../reports.service.js';

@ApiTags('audit')
@Controller('api/v1/audit/reports/people')
export class ActivityReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly events: NamedEvents,
  ) {}

  /** Question 2: what did this person do, from when to when? What others did that is about them is there too. */
  @Get(':id/activity')
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Param('id', PersonParam) person: string,
    @Query() { from, to, ...page }: ReportPeriodDto,
    @Req() request: Request,
  ): Promise<Listed<NamedEventView>> {
    const search = toAuditSearch({ ...(from && { from }), ...(to && { to }) });
    return this.reports.list<AuditEventRow, EventPosition, NamedEventView>(
      { principal, request, filters: { from, to }, person },
      page,
      {
        file: { name: 'activity', columns: EVENT_COLUMNS },
        statement: ({ sees, personId }, where) =>
          searchStatement(search, { organisationIds: sees, personId, ...where }),
        keyOf: ({ occurredAt, id }) => ({ occurredAt: occurredAt.toISOString(), id }),
      },
      (rows) => this.events.open(rows),
    );
  }
}
