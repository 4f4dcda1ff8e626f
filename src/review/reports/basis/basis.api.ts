import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Vocabularies } from '../../../agreements/vocabularies.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Access } from '../../../platform/web/access.js';
import { IdParam } from '../../../platform/web/validation.js';
import { toDisclosureView } from '../disclosures/disclosure.view.js';
import { disclosureStatement, type DisclosureRow } from '../disclosures/disclosures.repository.js';
import { Reports } from '../reports.service.js';
import { basisStatement, type BasisRow } from './basis.repository.js';
import { toBasisView, type BasisView } from './basis.view.js';

@ApiTags('audit')
@Controller('api/v1/audit/reports/disclosures')
export class BasisReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly vocabularies: Vocabularies,
  ) {}

  /** Question 4: on what basis, and under which signed version, did this leave? */
  @Get(':id/basis')
  @Access('audit:read')
  get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
  ): Promise<BasisView> {
    return this.reports.one(
      { principal, request, filters: { eventId: id } },
      async (tx, reader) => {
        const one = disclosureStatement(id, reader);
        const [disclosure] = await tx.query<DisclosureRow[]>(one.sql, one.params);
        const { sql, params } = basisStatement(id, reader);
        const [basis] = await tx.query<BasisRow[]>(sql, params);
        return (
          disclosure &&
          basis &&
          toBasisView(toDisclosureView(disclosure), basis, this.vocabularies.terms)
        );
      },
    );
  }
}
