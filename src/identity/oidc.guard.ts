import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import type { SignInRequest } from './oidc/hardened-strategy.js';

const STEP_UP_MAX_AGE_SECONDS = 300;

/**
 * Guards the two routes of a sign-in. On the first it sends the person to the provider, honouring `returnTo` and `level`
 * (2 or 3: sign in again, this strongly); on the callback it leaves a `SignedIn` as `request.user`.
 */
@Injectable()
export class OidcGuard extends AuthGuard('oidc') {
  constructor(@Inject(Config) private readonly config: Config) {
    super();
  }

  override getAuthenticateOptions(context: ExecutionContext): SignInRequest {
    const { returnTo, level } = context.switchToHttp().getRequest<Request>().query;
    const acrValues = this.acrValuesFrom(level === '2' ? 2 : level === '3' ? 3 : 1);
    const maxAgeSeconds = acrValues.length > 0 ? STEP_UP_MAX_AGE_SECONDS : null;
    return { returnTo, acrValues, maxAgeSeconds };
  }

  private acrValuesFrom(level: 1 | 2 | 3): readonly string[] {
    return level === 1
      ? []
      : [...this.config.acrLevels].filter(([, proves]) => proves >= level).map(([acr]) => acr);
  }
}
