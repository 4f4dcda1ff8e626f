import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { DecisionsOfEvents } from '../../../analysis/explain/decisions-of-events.service.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { Access } from '../../../platform/web/access.js';
import { IdParam } from '../../../platform/web/validation.js';
import { Pseudonyms } from '../../pseudonyms.service.js';
import { Reports } from '../reports.service.js';
import { decidedEventStatement, type DecidedEventRow } from './explanation.repository.js';
import {
  decisionIdOf,
  sightOf,
  toExplanationView,
  type ExplanationReportView,
} from './explanation.view.js';

@ApiTags('audit')
@Controller('api/v1/audit/reports/decisions')
export class ExplanationReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly decisions: DecisionsOfEvents,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  /** Question 6: why did policy say yes or no? The decision is made again, by the rules and from what was known then. */
  @Get(':eventId/explanation')
  @Access('audit:read')
  async get(
    @Caller() principal: Principal,
    @Param('eventId', IdParam) eventId: string,
    @Req() request: Request,
  ): Promise<ExplanationReportView> {
    const asked = { principal, request, filters: { eventId } };
    const { row, decisionId, sight } = await this.reports.one(asked, async (tx, reader) => {
      const { sql, params } = decidedEventStatement(eventId, reader);
      const [found] = await tx.query<DecidedEventRow[]>(sql, params);
      return found && { row: found, decisionId: needed(found), sight: sightOf(found, reader) };
    });
    const decision = await this.decisions.explain(decisionId, sight);
    if (!decision) {
      throw undecided();
    }
    return this.pseudonyms.replaceIn(toExplanationView(row, decision));
  }
}

function needed(row: DecidedEventRow): string {
  const id = decisionIdOf(row);
  if (id === undefined) {
    throw undecided();
  }
  return id;
}

// Said of an event that the caller sees: there is nothing to hide.
function undecided(): ConcordatError {
  const detail = 'No decision of policy was recorded for this event.';
  return new ConcordatError('not_found', { detail });
}
