import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { isConcordatError } from '../kernel/errors.js';
import { CountedRefusals } from './counted-refusals.js';
import { OidcGuard } from './oidc.guard.js';
import { SignInRate } from './sign-in-rate.js';

/** The sign-in guard, which also counts the sign-ins that fail: nobody is known yet who could be refused. */
@Injectable()
export class SignInGuard extends OidcGuard {
  constructor(
    @Inject(Config) config: Config,
    private readonly rate: SignInRate,
    private readonly counted: CountedRefusals,
  ) {
    super(config);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.rate.require(context.switchToHttp().getRequest<Request>());
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
