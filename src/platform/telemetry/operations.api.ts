import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { ConcordatError } from '../../kernel/errors.js';
import { Public } from '../web/access.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

interface HealthView {
  readonly status: 'ok';
  readonly checks?: Readonly<Record<string, string>>;
}

/** For the operator's own machines: proxies keep these paths inside (docs/operating.md). */
@ApiTags('operations')
@Controller()
export class OperationsApi {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Public()
  @Get('health/live')
  live(): HealthView {
    return { status: 'ok' };
  }

  @Public()
  @Get('health/ready')
  async ready(): Promise<HealthView> {
    try {
      return { status: 'ok', checks: states(await this.readiness.run()) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) {
        throw error;
      }
      const checks = states(error.getResponse() as HealthCheckResult);
      throw new ConcordatError('service_unavailable', { checks });
    }
  }

  @Public()
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

function states(result: HealthCheckResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(result.details).map(([name, detail]) => [name, detail.status]),
  );
}
