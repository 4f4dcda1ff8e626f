import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Vocabularies } from '../../../agreements/vocabularies.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import { IdParam } from '../../../platform/web/validation.js';
import { labelOf } from '../../forms/decision-record.view.js';
import { Reports } from '../reports.service.js';
import { decisionStatement, type DecisionRow } from './decision.repository.js';

/** A request and every answer to it, oldest first; a refusal looks like an approval (R6.1). */
type DecisionReportView = DecisionRow & { readonly purposeLabel: string };

@ApiTags('audit')
@Controller('api/v1/audit/reports/access-requests')
export class DecisionReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly vocabularies: Vocabularies,
  ) {}

  /** Question 5: who approved or refused this, and why? */
  @Get(':id/decision')
  @Access('audit:read')
  async get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
  ): Promise<DecisionReportView> {
    const asked = { principal, request, filters: { accessRequestId: id } };
    const row = await this.reports.row<DecisionRow>(asked, (reader) =>
      decisionStatement(id, reader),
    );
    return { ...row, purposeLabel: labelOf(this.vocabularies.terms.purpose, row.purpose) };
  }
}
