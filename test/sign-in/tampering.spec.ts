import type { ServerResponse } from 'node:http';
import { systemClock } from '../../src/kernel/clock.js';
import { discoverProvider } from '../../src/identity/oidc/oidc-discovery.js';
import { EgressGuard } from '../../src/platform/object-store/egress-guard.js';
import { JsonClient } from '../../src/platform/signing/json-client.js';
import { Browsing } from '../../sandbox/browsing.js';
import { testConfig } from '../support/config.js';
import { freeOrigin, startSignInApp, type SignInApp } from '../support/sign-in-app.js';
import {
  startTamperingProvider,
  type Tampering,
  type TamperingProvider,
} from '../support/tampering-provider.js';

let publicUrl: string;
let provider: TamperingProvider;
let app: SignInApp;

beforeAll(async () => {
  publicUrl = await freeOrigin();
  provider = await startTamperingProvider('concordat');
  app = await startSignInApp(publicUrl, provider.issuer, 'the client secret');
});

afterAll(async () => {
  await app.close();
  await provider.close();
});

beforeEach(() => {
  provider.tampering.current = {};
});

async function signInStatus(path = '/auth/sign-in'): Promise<number> {
  const { response } = await new Browsing().follow(`${publicUrl}${path}`);
  return response?.status ?? 0;
}

const now = (): number => Math.floor(systemClock.now().getTime() / 1000);
const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutSignature = (token: string): string =>
  `${segment({ alg: 'none' })}.${token.split('.')[1] ?? ''}.`;
const without =
  (name: string) =>
  (claims: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

describe('an ID token', () => {
  it('of an honest provider signs the person in', async () => {
    expect(await signInStatus()).toBe(200);
  });

  it.each<[string, Tampering | (() => Tampering)]>([
    ['with alg none and no signature', { token: withoutSignature }],
    ['with alg none and the old signature', { header: { alg: 'none' } }],
    ['with alg HS256', { header: { alg: 'HS256' } }],
    ['of a changed payload', { token: (text) => changePayload(text) }],
    ['signed by another key', () => ({ signWith: provider.otherKey })],
    ['without a kid', { header: { kid: undefined } }],
    ['of an unknown kid', { header: { kid: 'another' } }],
    ['with its own key in the header', { header: { jwk: {} } }],
    ['with crit', { header: { crit: [] } }],
    ['of another type', { header: { typ: 'at+jwt' } }],
    ['of another issuer', { claims: { iss: 'https://other.example' } }],
    ['for another client', { claims: { aud: 'another' } }],
    ['for several clients without azp', { claims: { aud: ['concordat', 'another'] } }],
    ['issued to another client', { claims: { azp: 'another' } }],
    ['with another nonce', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: without('nonce') }],
    ['with another at_hash', { claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }],
    ['that has expired', () => ({ claims: { exp: now() - 61 } })],
    ['without exp', { claims: without('exp') }],
    ['made two minutes ago', () => ({ claims: { iat: now() - 120 } })],
    ['made in two minutes', () => ({ claims: { iat: now() + 120 } })],
    ['not valid yet', () => ({ claims: { nbf: now() + 120 } })],
    ['without sub', { claims: without('sub') }],
    ['with a number as sub', { claims: { sub: 7 } }],
    ['with an acr that is no text', { claims: { acr: ['urn:concordat:acr:mfa'] } }],
    ['that is missing', { tokenAnswer: { id_token: undefined } }],
    ['beside a token of another type', { tokenAnswer: { token_type: 'DPoP' } }],
  ])('GD-9: %s fails the sign-in', async (_name, tampering) => {
    provider.tampering.current = typeof tampering === 'function' ? tampering() : tampering;
    expect(await signInStatus()).toBe(401);
  });

  it('for several clients that was issued to this one is believed', async () => {
    provider.tampering.current = { claims: { aud: ['concordat', 'another'], azp: 'concordat' } };
    expect(await signInStatus()).toBe(200);
  });

  it('without at_hash is believed: the code flow does not need it', async () => {
    provider.tampering.current = { claims: without('at_hash') };
    expect(await signInStatus()).toBe(200);
  });

  it.each<[string, Tampering | (() => Tampering)]>([
    ['a weaker acr', { claims: { acr: 'urn:concordat:acr:password' } }],
    ['no acr', { claims: without('acr') }],
    ['an old sign-in', () => ({ claims: { auth_time: now() - 3600 } })],
    ['no auth_time', { claims: without('auth_time') }],
  ])('GD-9: with %s fails a sign-in that asked for more', async (_name, tampering) => {
    provider.tampering.current = typeof tampering === 'function' ? tampering() : tampering;
    expect(await signInStatus()).toBe(200);
    expect(await signInStatus('/auth/sign-in?level=2')).toBe(401);
  });
});

describe('the token call', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['redirects', (response) => response.writeHead(307, { location: '/jwks' }).end()],
    ['fails', (response) => response.writeHead(500).end('{}')],
    ['answers no JSON', (response) => response.end('<html>')],
    ['answers null', (response) => response.end('null')],
    ['answers without end', (response) => response.end(`{"a":"${'x'.repeat(300_000)}"}`)],
    ['hangs up', (response) => response.destroy()],
  ])('GD-9: fails the sign-in when the provider %s', async (_name, tokenCall) => {
    provider.tampering.current = { tokenCall };
    expect(await signInStatus()).toBe(401);
  });
});

describe('discovery', () => {
  const client = new JsonClient(new EgressGuard(testConfig()));

  it.each<[string, Record<string, unknown>]>([
    ['names another issuer', { issuer: 'https://other.example' }],
    ['has no token endpoint', { token_endpoint: undefined }],
    ['leads to another scheme', { jwks_uri: 'file:///etc/passwd' }],
    ['knows no S256', { code_challenge_methods_supported: ['plain'] }],
  ])('stops the boot when it %s', async (_name, discovery) => {
    provider.tampering.current = { discovery };
    await expect(discoverProvider(client, provider.issuer)).rejects.toThrow('The OpenID provider');
  });

  it('reaches no private address that is not excepted', async () => {
    const strict = new JsonClient(new EgressGuard(testConfig({ egressAllowCidrs: [] })));
    await expect(discoverProvider(strict, provider.issuer)).rejects.toThrow('not public');
    const named = provider.issuer.replace('127.0.0.1', 'localhost');
    await expect(discoverProvider(strict, named)).rejects.toThrow('not public');
  });
});

function changePayload(text: string): string {
  const [header = '', payload = '', signature = ''] = text.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return `${header}.${segment({ ...claims, sub: 'person-2' })}.${signature}`;
}
