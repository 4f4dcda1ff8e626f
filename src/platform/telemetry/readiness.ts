import { Inject, Injectable } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { RootLogger } from './logger.js';

const TIMEOUT_MS = 2_000;
/** A public path must not become load on what it checks. */
const CACHE_MS = 1_000;

type Check = () => Promise<unknown>;

/** What must work before this process takes requests. Modules register their checks at boot. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, Check>();

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(RootLogger) private readonly logger: RootLogger,
  ) {}

  /** @param check rejects when the process cannot serve; ended after 2 s. */
  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** @throws ServiceUnavailableException (terminus) with the result when a check fails. */
  async run(): Promise<HealthCheckResult> {
    return this.health.check(
      [...this.checks].map(
        ([name, check]) =>
          async () =>
            this.indicators
              .check(name)
              .attempt(() => this.attempt(name, check))
              .withTimeout(TIMEOUT_MS)
              .cacheFor(CACHE_MS),
      ),
    );
  }

  /** The reason goes to the log: the path is public. */
  private async attempt(name: string, check: Check): Promise<void> {
    try {
      await check();
    } catch (error) {
      this.logger.warn({ err: error, check: name }, 'not ready');
      throw new Error('not ready', { cause: error });
    }
  }
}
