import * as oidc from 'openid-client';
import type { Clock } from '../kernel/clock.js';
import { requireSafe } from './broker.js';
import { ClientError, EXIT } from './client-error.js';
import { newProofKey } from './proof-key.js';
import type { SavedSession, SessionFile } from './session-file.js';

const SCOPE = 'openid offline_access';
/** Renewed so long before its end. */
const EARLY_MS = 60_000;
const TIMEOUT_SECONDS = 15;

interface Resource {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
}

/** What somebody must do to sign in, elsewhere. */
export interface Invitation {
  readonly userCode: string;
  readonly url: string;
}

/** Signing in by device code (RFC 8628), at the provider that the broker names. */
export class SignIn {
  constructor(
    private readonly file: SessionFile,
    private readonly clock: Clock,
  ) {}

  /** @param invite is told where to go while this waits. */
  async signIn(
    broker: string,
    clientId: string,
    invite: (invitation: Invitation) => void,
  ): Promise<SavedSession> {
    requireSafe(broker);
    const {
      resource,
      authorization_servers: [issuer],
    } = await readResource(broker);
    if (issuer === undefined) {
      throw new ClientError(EXIT.failed, `${broker} names no OpenID provider`);
    }
    const configuration = await configure(issuer, clientId);
    const device = await oidc.initiateDeviceAuthorization(configuration, {
      scope: SCOPE,
      resource,
    });
    invite({
      userCode: device.user_code,
      url: device.verification_uri_complete ?? device.verification_uri,
    });
    const tokens = await oidc.pollDeviceAuthorizationGrant(configuration, device, { resource });
    const session = {
      broker: resource,
      issuer,
      clientId,
      key: newProofKey(),
      ...this.kept(tokens, null),
    };
    await this.file.write(session);
    return session;
  }

  /** The session with an access token that lives on for a while. @throws ClientError when one must sign in again. */
  async fresh(session: SavedSession): Promise<SavedSession> {
    if (session.accessExpiresAt - this.clock.now().getTime() > EARLY_MS) {
      return session;
    }
    const { issuer, clientId, broker, refreshToken } = session;
    if (refreshToken === null) {
      throw new ClientError(EXIT.notSignedIn, 'Your sign-in has ended: run concordat login');
    }
    try {
      const configuration = await configure(issuer, clientId);
      const parameters = { resource: broker };
      const tokens = await oidc.refreshTokenGrant(configuration, refreshToken, parameters);
      const renewed = { ...session, ...this.kept(tokens, refreshToken) };
      await this.file.write(renewed);
      return renewed;
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError) {
        throw new ClientError(EXIT.notSignedIn, 'Your sign-in has ended: run concordat login');
      }
      throw error;
    }
  }

  private kept(
    {
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: seconds,
    }: oidc.TokenEndpointResponse,
    before: string | null,
  ): Pick<SavedSession, 'accessToken' | 'accessExpiresAt' | 'refreshToken'> {
    return {
      accessToken,
      accessExpiresAt: this.clock.now().getTime() + (seconds ?? 0) * 1000,
      refreshToken: refreshToken ?? before,
    };
  }
}

async function readResource(broker: string): Promise<Resource> {
  const url = new URL('/.well-known/oauth-protected-resource', broker);
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000) });
  if (!answer.ok) {
    throw new ClientError(
      EXIT.failed,
      `${url.origin} is no Concordat: it answered ${String(answer.status)}`,
    );
  }
  const resource = (await answer.json()) as Resource;
  // Tokens are asked for what the broker says it is: it must be the one that was meant.
  if (new URL(resource.resource).origin !== url.origin) {
    throw new ClientError(EXIT.failed, `${url.origin} says that it is ${resource.resource}`);
  }
  return resource;
}

// Without TLS only on this very machine, as a sandbox is.
async function configure(issuer: string, clientId: string): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  requireSafe(issuer);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its author's way to make it stand out
  const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(url, clientId, undefined, oidc.None(), {
    execute,
    timeout: TIMEOUT_SECONDS,
  });
}
