import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { networkOf } from '../platform/rate-limits/network.js';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';
import { CountedRefusals } from './counted-refusals.js';
import { OidcGuard } from './oidc.guard.js';
import { routeOf } from './refusals.service.js';

/**
 * The sign-in guard, which also counts the sign-ins that fail: nobody is known yet who could be refused. Each begins a
 * session, so one address begins only so many a minute.
 */
@Injectable()
export class SignInGuard extends OidcGuard {
  constructor(
    @Inject(Config) private readonly settings: Config,
    private readonly rates: RateLimits,
    private readonly counted: CountedRefusals,
  ) {
    super(settings);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const route = routeOf(request);
    const network = networkOf(request.ip ?? '');
    if (!(await this.rates.take(route, network, this.settings.signInRatePerMinute))) {
      this.counted.count('auth.sign-in-failed', 'rate_limited', route);
      throw new ConcordatError('rate_limited');
    }
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<T>(error: unknown, user: T, ...rest: [unknown, never, unknown?]): T {
    try {
      return super.handleRequest<T>(error, user, ...rest);
    } catch (failure) {
      const reason = isConcordatError(failure) ? failure.code : 'sign_in_failed';
      this.counted.count('auth.sign-in-failed', reason, 'GET /auth/callback');
      throw failure;
    }
  }
}
