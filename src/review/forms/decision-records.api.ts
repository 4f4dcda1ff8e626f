import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { CSV_TYPE, prefersCsv, sendCsv } from '../../platform/web/csv/send-csv.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { DECISION_RECORD_COLUMNS, toDecisionRow } from './decision-record.csv.js';
import { DecisionRecords } from './decision-records.service.js';

@ApiTags('access requests')
@Controller('api/v1/access-requests')
export class DecisionRecordsApi {
  constructor(private readonly records: DecisionRecords) {}

  /** The form of Annex B of the ICO's data sharing code, as JSON or as CSV. */
  @Get(':id/decision-record')
  @Access('access_request:export')
  @ApiProduces('application/json', CSV_TYPE)
  async export(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const format = prefersCsv(request) ? 'csv' : 'json';
    const source = { traceId: traceIdOf(request), format } as const;
    const record = await this.records.export(principal, id, source);
    response.vary('Accept');
    if (format === 'json') {
      response.json(record);
      return;
    }
    await sendCsv(response, {
      name: `${record.reference}-decision.csv`,
      columns: DECISION_RECORD_COLUMNS,
      batches: [[toDecisionRow(record)]],
    });
  }
}
