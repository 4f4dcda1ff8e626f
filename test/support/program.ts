import { webcrypto } from 'node:crypto';
import * as oidc from 'openid-client';
import { ApiClient } from '../../sandbox/api-client.js';
import type { SandboxProvider } from '../../sandbox/provider/provider.js';

/** The sandbox's program as it would run at a partner's: its own key, the provider's token endpoint, the broker's API. */
export async function aProgram(provider: SandboxProvider, publicUrl: string): Promise<ApiClient> {
  const { clientId, jwk } = provider.program;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { kty = '', crv = '', x = '', y = '', d = '' } = jwk;
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y, d }, algorithm, false, [
    'sign',
  ]);
  const signing = { key, kid: jwk.kid ?? '' };
  const configuration = await oidc.discovery(
    new URL(provider.issuer),
    clientId,
    undefined,
    oidc.PrivateKeyJwt(signing),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its author's way to make it stand out
    { execute: [oidc.allowInsecureRequests] },
  );
  return new ApiClient(publicUrl, async () => {
    const tokens = await oidc.clientCredentialsGrant(configuration, { resource: publicUrl });
    return tokens.access_token;
  });
}
