import type { JsonClient } from '../../platform/signing/json-client.js';

const MAX_TOKEN = 8_192;

export interface CodeExchange {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly code: string;
  readonly codeVerifier: string;
}

export interface CodeTokens {
  readonly accessToken: string;
  readonly idToken: string;
}

/**
 * Redeems an authorization code.
 * @throws Error when the provider refuses, is slow, redirects, or answers something else.
 * @see RFC 6749 sections 2.3.1 and 4.1.3; RFC 7636 section 4.5
 */
export async function exchangeCode(
  client: JsonClient,
  exchange: CodeExchange,
): Promise<CodeTokens> {
  const { clientId, clientSecret } = exchange;
  const credentials = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
  const answer = (await client.read(exchange.tokenEndpoint, {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    form: {
      grant_type: 'authorization_code',
      code: exchange.code,
      redirect_uri: exchange.redirectUri,
      code_verifier: exchange.codeVerifier,
    },
  })) as Readonly<Record<string, unknown>> | null;
  const { access_token: accessToken, id_token: idToken, token_type: type } = answer ?? {};
  if (!isToken(accessToken) || !isToken(idToken) || String(type).toLowerCase() !== 'bearer') {
    throw new Error('The OpenID provider answered without an access token and an ID token');
  }
  return { accessToken, idToken };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
