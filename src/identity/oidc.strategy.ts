import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import { ForeignTokenVerifier } from '../platform/signing/foreign-token.js';
import { JsonClient } from '../platform/signing/json-client.js';
import { authLevelOf } from './auth-level.js';
import {
  HardenedOidcStrategy,
  type HardenedOptions,
  type SignInResult,
} from './oidc/hardened-strategy.js';
import { OidcMetadata } from './oidc/oidc-discovery.js';
import type { PersonProfile } from './oidc/id-token.js';
import type { AuthenticatedIdentity } from './principal.js';

/** Path that the OpenID provider sends people back to. */
const CALLBACK_PATH = '/auth/callback';

/** What a sign-in leaves on the request: who it was, and where they wanted to go. */
export interface SignedIn extends AuthenticatedIdentity {
  readonly returnTo: string;
  readonly profile: PersonProfile;
}

/** Sign-in through the configured OpenID provider, as passport's strategy `oidc`. */
@Injectable()
export class OidcStrategy extends PassportStrategy(HardenedOidcStrategy, 'oidc') {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(OidcMetadata) metadata: OidcMetadata,
    verifier: ForeignTokenVerifier,
    client: JsonClient,
    @Inject(Clock) clock: Clock,
  ) {
    const options: HardenedOptions = {
      metadata,
      clientId: config.oidc.clientId,
      clientSecret: config.oidc.clientSecret,
      callbackUrl: `${config.publicUrl}${CALLBACK_PATH}`,
      client,
      verifier,
      clock,
    };
    super(options);
  }

  validate(result: SignInResult): SignedIn {
    const authLevel = authLevelOf(this.config.acrLevels, result.acr);
    return { ...result, authLevel, via: 'session' };
  }
}
