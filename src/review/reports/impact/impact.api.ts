import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { Request } from 'express';
import { hasParts, STOP_TYPES, type StopType } from '../../../grants/impact/impact.rules.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import { PERSON } from '../../audit-search.dto.js';
import { Pseudonyms } from '../../pseudonyms.service.js';
import { Reports } from '../reports.service.js';
import { ImpactFinding } from './impact-finding.service.js';
import { toQuestion, type ImpactAsked } from './impact.question.js';
import { toImpactView, type ImpactReportView } from './impact.view.js';

class ImpactReportQueryDto implements ImpactAsked {
  @IsIn(STOP_TYPES)
  type: StopType;

  /** Of a person, a pseudonym does as well. */
  @Matches(PERSON, { message: 'must be an id' })
  id: string;

  /** Of a role its name, of a project's member who it is, of an organisation's check its kind. */
  @ValidateIf((dto: ImpactReportQueryDto) => hasParts(dto.type) || dto.part !== undefined)
  @IsString()
  @MaxLength(100)
  part?: string;
}

@ApiTags('audit')
@Controller('api/v1/audit/reports/impact')
export class ImpactReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly finding: ImpactFinding,
    private readonly pseudonyms: Pseudonyms,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Question 9: if this stops, what ends, and whom to tell by when? */
  @Get()
  @Access('audit:read')
  async get(
    @Caller() principal: Principal,
    @Query() query: ImpactReportQueryDto,
    @Req() request: Request,
  ): Promise<ImpactReportView> {
    const { filters, person, questionFor } = toQuestion(query);
    const asked = { principal, request, filters, person };
    const { question, found } = await this.reports.one(asked, async (tx, reader) => {
      const question = questionFor(reader.personId);
      const found = await this.finding.find(tx, question, reader);
      return found && { question, found };
    });
    return this.pseudonyms.replaceIn(toImpactView(question, found, this.clock.now()));
  }
}
