import type {
  AdapterPayload,
  Configuration,
  KoaContextWithOIDC,
  ResourceServer,
  UnknownObject,
} from 'oidc-provider';
import { devicePage } from './device-page.js';
import { loginUrl } from './login-page.js';
import { ACR_MFA, ACR_PASSWORD, type ProviderPersona } from './persona.js';
import { memoryAdapter } from './provider-memory.js';
import type { ProviderKeys } from './provider-keys.js';

/** The broker refuses access tokens that live longer. */
export const ACCESS_TOKEN_SECONDS = 900;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** Client of command lines and scripts, without a secret. */
export const CLI_CLIENT = 'concordat-cli';
/** A program of a partner, which proves who it is with a key of its own (`private_key_jwt`). */
export const PROGRAM_CLIENT = 'partner-program';

export interface ProviderOptions {
  readonly port: number;
  /** Folder for the provider's keys. */
  readonly stateDir: string;
  /** The broker's origin: audience of the access tokens, and home of the callback. */
  readonly publicUrl: string;
  readonly personas: readonly ProviderPersona[];
  /** Default `concordat`. */
  readonly clientId?: string;
  readonly clientSecret: string;
}

/** Access tokens for the broker's API are JWTs of RFC 9068. */
export function brokerApi(publicUrl: string): ResourceServer {
  return {
    audience: publicUrl,
    scope: 'openid',
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

export function providerConfiguration(
  options: ProviderOptions,
  keys: ProviderKeys,
  invalidTarget: (resource: string) => Error,
): Configuration {
  const { publicUrl, personas } = options;
  return {
    clients: clients(options),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    adapter: memoryAdapter([programClient(keys)]),
    jwks: { keys: [keys.jwk] },
    cookies: { keys: [keys.cookieSecret] },
    acrValues: [ACR_MFA, ACR_PASSWORD],
    // ID tokens carry the claims of their scope, so that the broker never calls UserInfo.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['name'],
      email: ['email'],
    },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    // Command lines renew their tokens; whether a person said so on a page of consent, which there is none of, decides nothing.
    issueRefreshToken: (_ctx, client) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
    pkce: { required: () => true },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      IdToken: 300,
      Interaction: 600,
      Session: 3600,
      DeviceCode: 600,
      RefreshToken: 8 * 3600,
      Grant: 3600,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form) => {
          ctx.body = devicePage('Enter the code that the command line shows', form, 'Continue');
        },
        userCodeConfirmSource: (ctx, form, _client, _device, code) => {
          ctx.body = devicePage(`Let the command line in with the code ${code}?`, form, 'Yes');
        },
        successSource: (ctx) => {
          ctx.body = devicePage('Done. Go back to the command line.', '', '');
        },
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== publicUrl) {
            throw invalidTarget(resource);
          }
          return brokerApi(publicUrl);
        },
      },
    },
    interactions: { url: (_ctx, interaction) => loginUrl(interaction.uid) },
    findAccount: (_ctx, subject) => {
      const persona = personas.find((candidate) => candidate.subject === subject);
      return (
        persona && {
          accountId: subject,
          claims: () => ({ sub: subject, name: persona.name, email: persona.email }),
        }
      );
    },
    extraTokenClaims: claimsOfSignIn,
    loadExistingGrant: grantWithoutConsent,
    renderError: (ctx, out) => {
      ctx.type = 'text/plain';
      ctx.body = `Sign-in stopped: ${out.error}. ${out.error_description ?? ''}\n`;
    },
  };
}

function clients({
  publicUrl,
  clientId = 'concordat',
  clientSecret,
}: ProviderOptions): NonNullable<Configuration['clients']> {
  return [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [`${publicUrl}/auth/callback`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      client_id: CLI_CLIENT,
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  ];
}

function programClient({
  programJwk,
}: ProviderKeys): AdapterPayload & { readonly client_id: string } {
  const { kty, crv, x, y, kid, alg, use } = programJwk;
  return {
    client_id: PROGRAM_CLIENT,
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ kty, crv, x, y, kid, alg, use }] },
  };
}

// A token issued in this process has no request; it brings its claims with it.
function claimsOfSignIn(
  ctx: KoaContextWithOIDC | undefined,
  token: { readonly extra?: UnknownObject | undefined },
): UnknownObject | undefined {
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx?.oidc.entities ?? {};
  const code = AuthorizationCode ?? DeviceCode ?? RefreshToken;
  return code ? { acr: code.acr, amr: code.amr, auth_time: code.authTime } : token.extra;
}

// Both clients are the sandbox's own: asking for consent would only teach people to click it away.
async function grantWithoutConsent(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  if (!client || session?.accountId === undefined) {
    return undefined;
  }
  const known = session.grantIdFor(client.clientId);
  const found = known === undefined ? undefined : await provider.Grant.find(known);
  if (found) {
    return found;
  }
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile email offline_access');
  for (const resource of ctx.oidc.resourceServers ? Object.keys(ctx.oidc.resourceServers) : []) {
    grant.addResourceScope(resource, 'openid');
  }
  await grant.save();
  return grant;
}
