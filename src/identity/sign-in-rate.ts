import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError } from '../kernel/errors.js';
import { networkOf } from '../platform/rate-limits/network.js';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';
import { CountedRefusals } from './counted-refusals.js';
import { routeOf } from './refusals.service.js';

/** What begins a session for somebody nobody knows yet: one address does so only so many times a minute, on each route. */
@Injectable()
export class SignInRate {
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly rates: RateLimits,
    private readonly counted: CountedRefusals,
  ) {}

  /** @throws ConcordatError `rate_limited` (429), counted. */
  async require(request: Request): Promise<void> {
    const route = routeOf(request);
    const network = networkOf(request.ip ?? '');
    if (!(await this.rates.take(route, network, this.config.signInRatePerMinute))) {
      this.counted.count('auth.sign-in-failed', 'rate_limited', route);
      throw new ConcordatError('rate_limited');
    }
  }
}
