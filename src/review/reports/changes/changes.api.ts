import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import type { Request } from 'express';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import type { AuditEventRow } from '../../audit-event.view.js';
import type { EventPosition } from '../../audit-events.repository.js';
import { PERSON } from '../../audit-search.dto.js';
import { askedThing } from '../asked-thing.rules.js';
import { NamedEvents } from '../named-events.service.js';
import { toPeriod } from '../period.rules.js';
import { ReportPeriodDto } from '../report-page.dto.js';
import { LIST_TYPES } from '../files/file-format.js';
import { Reports, type Listed } from '../reports.service.js';
import { CHANGE_COLUMNS } from './change.columns.js';
import { CHANGED_TYPES, type ChangedType } from './changed-things.js';
import { changesStatement } from './changes.repository.js';
import { VersionChanges, type ChangeView } from './version-changes.service.js';

export class ChangesQueryDto extends ReportPeriodDto {
  @IsIn(CHANGED_TYPES)
  type: ChangedType;

  /** Of a person, a pseudonym does as well. */
  @Matches(PERSON, { message: 'must be an id' })
  id: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/changes')
export class ChangesReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly events: NamedEvents,
    private readonly versions: VersionChanges,
  ) {}

  /** Question 10: who changed this, and what was it before? Newest first. */
  @Get()
  @Access('audit:read')
  @ApiProduces(...LIST_TYPES)
  list(
    @Caller() principal: Principal,
    @Query() { type, id, from, to, ...page }: ChangesQueryDto,
    @Req() request: Request,
  ): Promise<Listed<ChangeView>> {
    const question = { type, id, ...toPeriod({ from, to }) };
    const { filters, person } = askedThing(type, id);
    return this.reports.list<AuditEventRow, EventPosition, ChangeView>(
      { principal, request, filters: { ...filters, from, to }, person },
      page,
      {
        file: { name: 'changes', columns: CHANGE_COLUMNS },
        statement: (reader, where) => changesStatement(question, reader, where),
        keyOf: ({ occurredAt, id: last }) => ({ occurredAt: occurredAt.toISOString(), id: last }),
      },
      async (rows) => this.versions.beside(principal, await this.events.open(rows)),
    );
  }
}
