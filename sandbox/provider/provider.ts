import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, {
  errors,
  type JWK,
  type ResourceServer,
  type ResourceServerInstance,
} from 'oidc-provider';
import { systemClock } from '../../src/kernel/clock.js';
import { handleLogin } from './login.js';
import { ACR_MFA } from './persona.js';
import {
  ACCESS_TOKEN_SECONDS,
  brokerApi,
  CLI_CLIENT,
  PROGRAM_CLIENT,
  providerConfiguration,
  type ProviderOptions,
} from './provider-configuration.js';
import { loadProviderKeys } from './provider-keys.js';

export interface AccessTokenOptions {
  /** Default: the acr of two factors. */
  readonly acr?: string;
  readonly lifetimeSeconds?: number;
  /** When the persona is said to have signed in, in seconds since 1970. Default: now. */
  readonly authTime?: number;
  /** The thumbprint of the key that the token is bound to (RFC 9449). Default: none. */
  readonly jkt?: string;
}

export interface SandboxProvider {
  readonly issuer: string;
  /** The client of a partner's program, and the private key by which it gets its tokens. */
  readonly program: { readonly clientId: string; readonly jwk: JWK };
  /** An access token for the broker's API, as the persona's own sign-in would give. @param subject of a persona. */
  issueAccessToken(subject: string, options?: AccessTokenOptions): Promise<string>;
  close(): Promise<void>;
}

/** Starts the sandbox's OpenID provider on this machine. Its sessions live in memory. */
export async function startProvider(options: ProviderOptions): Promise<SandboxProvider> {
  const server = createServer();
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const issuer = `http://${new URL(options.publicUrl).hostname}:${String(port)}`;
  const keys = loadProviderKeys(options.stateDir);
  const provider = new Provider(
    issuer,
    providerConfiguration(
      options,
      keys,
      (resource) => new errors.InvalidTarget(`unknown resource ${resource}`),
    ),
  );
  const serve = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const work = request.url?.startsWith('/interaction/')
      ? handleLogin({ provider, ...options }, request, response)
      : serve(request, response);
    work.catch(() => {
      response.writeHead(400, { 'Content-Type': 'text/plain' });
      response.end('This sign-in has ended. Go back to the broker and start again.\n');
    });
  });
  return {
    issuer,
    program: { clientId: PROGRAM_CLIENT, jwk: keys.programJwk },
    issueAccessToken: (subject, token) => issueAccessToken(provider, options, subject, token),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

// The class is there at run time; the typings know only its instances.
interface WithResourceServer {
  readonly ResourceServer: new (identifier: string, data: ResourceServer) => ResourceServerInstance;
}

async function issueAccessToken(
  provider: Provider,
  { publicUrl, personas }: ProviderOptions,
  subject: string,
  { acr = ACR_MFA, lifetimeSeconds = ACCESS_TOKEN_SECONDS, authTime, jkt }: AccessTokenOptions = {},
): Promise<string> {
  const client = await provider.Client.find(CLI_CLIENT);
  if (!client || !personas.some((persona) => persona.subject === subject)) {
    throw new Error('No such persona');
  }
  const { ResourceServer } = provider as unknown as WithResourceServer;
  const token = new provider.AccessToken({
    client,
    accountId: subject,
    resourceServer: new ResourceServer(publicUrl, brokerApi(publicUrl)),
    scope: 'openid',
    grantId: randomUUID(),
    gty: 'sandbox',
    expiresIn: lifetimeSeconds,
    ...(jkt === undefined ? {} : { jkt }),
  });
  token.extra = {
    acr,
    amr: acr === ACR_MFA ? ['pwd', 'otp'] : ['pwd'],
    auth_time: authTime ?? Math.floor(systemClock.now().getTime() / 1000),
  };
  return token.save();
}
