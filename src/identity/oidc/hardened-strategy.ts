import { createHash, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import OpenIDConnectStrategy from 'passport-openidconnect';
import type { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import type { ForeignTokenVerifier } from '../../platform/signing/foreign-token.js';
import type { JsonClient } from '../../platform/signing/json-client.js';
import { exchangeCode } from './code-exchange.js';
import { verifyIdToken, type IdTokenIdentity } from './id-token.js';
import type { OidcMetadata } from './oidc-discovery.js';
import { safeReturnPath } from './return-path.js';
import {
  SignInStateStore,
  type PendingSignIn,
  type SignInDemand,
  type SignInSession,
} from './sign-in-state.store.js';

const MAX_PARAMETER = 2_048;

export interface HardenedOptions {
  readonly metadata: OidcMetadata;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Absolute. */
  readonly callbackUrl: string;
  readonly client: JsonClient;
  readonly verifier: ForeignTokenVerifier;
  readonly clock: Clock;
}

/** What the route that starts a sign-in asks for. */
export interface SignInRequest extends Partial<SignInDemand> {
  readonly returnTo?: unknown;
}

/** What a finished sign-in proved, and where the person wanted to go. */
export interface SignInResult extends IdTokenIdentity {
  readonly returnTo: string;
}

type Verify = (result: SignInResult, done: (error: unknown, user?: object) => void) => void;
type Store = NonNullable<OpenIDConnectStrategy.StrategyOptions['store']>;
type Started = SignInDemand & { readonly returnTo: string; readonly codeVerifier: string };

/**
 * passport-openidconnect with what it lacks. The library builds the request; what comes back is checked here, because its
 * own answer path never checks the ID token's signature and handles `error` before `state`.
 * @see grants-and-delivery section 3
 */
export class HardenedOidcStrategy extends OpenIDConnectStrategy {
  private readonly states: SignInStateStore;

  constructor(
    private readonly settings: HardenedOptions,
    private readonly verifySignIn: Verify,
  ) {
    const states = new SignInStateStore(settings.clock);
    super(libraryOptions(settings, states), () => undefined);
    this.states = states;
  }

  // Passport calls this on an object made for the request, whose prototype is this strategy.
  override authenticate(
    request: Request,
    options: OpenIDConnectStrategy.AuthenticateOptions & SignInRequest = {},
  ): void {
    if (request.path === new URL(this.settings.callbackUrl).pathname) {
      this.finish(request).catch((error: unknown) => {
        this.error(asSignInFailure(error));
      });
      return;
    }
    const started: Started = {
      returnTo: safeReturnPath(options.returnTo),
      codeVerifier: randomBytes(32).toString('base64url'),
      acrValues: options.acrValues ?? [],
      maxAgeSeconds: options.maxAgeSeconds ?? null,
    };
    // The library takes a query of this route for the provider's answer; this route has none.
    super.authenticate({ session: request.session } as unknown as Request, { state: started });
  }

  /** @see RFC 7636 section 4.3; OpenID Connect Core 1.0 section 3.1.2.1 */
  override authorizationParams({ state }: { readonly state: Started }): object {
    const isStepUp = state.acrValues.length > 0 || state.maxAgeSeconds !== null;
    return {
      code_challenge: createHash('sha256').update(state.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(state.acrValues.length > 0 && { acr_values: state.acrValues.join(' ') }),
      ...(state.maxAgeSeconds !== null && { max_age: String(state.maxAgeSeconds) }),
      ...(isStepUp && { prompt: 'login' }),
    };
  }

  private async finish(request: Request): Promise<void> {
    const { metadata } = this.settings;
    const { session, query } = request as unknown as { session?: SignInSession; query: Query };
    const pending = this.states.take(session, query['state']);
    if (pending?.issuer !== metadata.issuer) {
      throw failed('The state is unknown, used or too old');
    }
    // RFC 9207 section 2.4
    const { iss, error, code } = query;
    if (iss === undefined ? metadata.isIssuerInResponse : iss !== metadata.issuer) {
      throw failed('The answer names another issuer');
    }
    if (error !== undefined) {
      throw failed('The provider refused the sign-in');
    }
    if (typeof code !== 'string' || code === '' || code.length > MAX_PARAMETER) {
      throw failed('The answer holds no code');
    }
    const identity = await this.redeem(code, pending);
    this.verifySignIn({ ...identity, returnTo: pending.returnTo }, (problem, user) => {
      if (problem !== null || !user) {
        this.error(asSignInFailure(problem));
      } else {
        this.success(user);
      }
    });
  }

  private async redeem(code: string, pending: PendingSignIn): Promise<IdTokenIdentity> {
    const { metadata, clientId, clientSecret, callbackUrl, verifier, clock } = this.settings;
    const { codeVerifier, nonce } = pending;
    const { accessToken, idToken } = await exchangeCode(this.settings.client, {
      tokenEndpoint: metadata.tokenEndpoint,
      redirectUri: callbackUrl,
      clientId,
      clientSecret,
      code,
      codeVerifier,
    });
    const expected = { issuer: metadata.issuer, clientId, nonce, accessToken, demand: pending };
    const identity = await verifyIdToken(verifier, clock, idToken, expected);
    if (!identity) {
      throw failed('The ID token does not hold');
    }
    return identity;
  }
}

type Query = Readonly<Record<string, unknown>>;

function libraryOptions(
  { metadata, clientId, clientSecret, callbackUrl }: HardenedOptions,
  states: SignInStateStore,
): OpenIDConnectStrategy.StrategyOptions {
  return {
    issuer: metadata.issuer,
    authorizationURL: metadata.authorizationEndpoint,
    tokenURL: metadata.tokenEndpoint,
    callbackURL: callbackUrl,
    clientID: clientId,
    clientSecret,
    // Beside `openid`: name and e-mail come in the ID token (domain.md section 10, Person).
    scope: 'profile email',
    nonce: 'true',
    // UserInfo could replace `sub`: it is never called.
    userInfoURL: '',
    skipUserProfile: true,
    store: libraryStore(metadata.issuer, states),
  };
}

function libraryStore(issuer: string, states: SignInStateStore): Store {
  return {
    store: (request, { nonce }, started, _meta, done) => {
      const { session } = request as unknown as { session?: SignInSession };
      if (!session || nonce === undefined) {
        done(new Error('A sign-in needs a session and a nonce'));
        return;
      }
      done(null, states.put(session, { ...(started as Started), nonce, issuer }));
    },
    // The library's own answer path is closed.
    verify: (_request, _handle, done) => {
      done(null, false);
    },
  };
}

function failed(reason: string): ConcordatError {
  return new ConcordatError('sign_in_failed', {}, { cause: new Error(reason) });
}

// One code for every failure; what went wrong is its cause, for the log.
function asSignInFailure(error: unknown): ConcordatError {
  return isConcordatError(error, 'sign_in_failed')
    ? error
    : new ConcordatError('sign_in_failed', {}, { cause: error });
}
