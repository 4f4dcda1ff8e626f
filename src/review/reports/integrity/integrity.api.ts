import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { LogHealth } from '../../../audit/log-health.service.js';
import { Config } from '../../../config/config.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Principal } from '../../../identity/principal.js';
import { Clock } from '../../../kernel/clock.js';
import { Access } from '../../../platform/web/access.js';
import { Reports } from '../reports.service.js';
import { toIntegrityView, type IntegrityView } from './integrity.view.js';

@ApiTags('audit')
@Controller('api/v1/audit/reports/integrity')
export class IntegrityReportApi {
  constructor(
    private readonly reports: Reports,
    private readonly health: LogHealth,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Question 13: is the log intact, and how do I prove one event to somebody who does not believe me? */
  @Get()
  @Access('audit:read')
  get(@Caller() principal: Principal, @Req() request: Request): Promise<IntegrityView> {
    const { origin } = this.config.log;
    return this.reports.one({ principal, request, filters: {} }, async (tx, { sees }) => {
      const condition = await this.health.read(tx);
      return toIntegrityView(condition, {
        origin,
        isOperator: sees === null,
        now: this.clock.now(),
      });
    });
  }
}
