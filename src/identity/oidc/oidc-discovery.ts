import type { JsonClient } from '../../platform/signing/json-client.js';

/** What sign-in needs of the OpenID provider, read once at boot. */
export interface OidcMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** RFC 9207: the provider always names itself in its answer, so an answer that does not is not its own. */
  readonly isIssuerInResponse: boolean;
}
export const OidcMetadata = Symbol('OidcMetadata');

/**
 * Reads the provider's metadata.
 * @param issuer as configured; the document must name exactly this one.
 * @throws Error when it cannot be read or does not fit: the boot stops.
 * @see OpenID Connect Discovery 1.0 section 4
 */
export async function discoverProvider(client: JsonClient, issuer: string): Promise<OidcMetadata> {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const answer = await client.read(`${base}/.well-known/openid-configuration`);
  const document = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (document['issuer'] !== issuer) {
    throw new Error('The OpenID provider names another issuer than OIDC_ISSUER');
  }
  const methods = document['code_challenge_methods_supported'];
  if (Array.isArray(methods) && !methods.includes('S256')) {
    throw new Error('The OpenID provider does not support PKCE with S256');
  }
  return Object.freeze({
    issuer,
    authorizationEndpoint: endpoint(document, 'authorization_endpoint', issuer),
    tokenEndpoint: endpoint(document, 'token_endpoint', issuer),
    jwksUri: endpoint(document, 'jwks_uri', issuer),
    isIssuerInResponse: document['authorization_response_iss_parameter_supported'] === true,
  });
}

// An https issuer must not lead to plain http; only a local http issuer (sandbox, tests) may.
function endpoint(
  document: Readonly<Record<string, unknown>>,
  name: string,
  issuer: string,
): string {
  const value = document[name];
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw new Error(`The OpenID provider's ${name} is not a URL`);
  }
  const { protocol } = new URL(value);
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol) {
    throw new Error(`The OpenID provider's ${name} is not https`);
  }
  return value;
}
