import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACR_MFA, ACR_PASSWORD } from '../../sandbox/provider/persona.js';
import { startProvider, type SandboxProvider } from '../../sandbox/provider/provider.js';
import { verifyBearerToken } from '../../src/identity/bearer-token.js';
import { Browsing } from '../../sandbox/browsing.js';
import { proofKey } from '../support/proof-key.js';
import { freeOrigin, startSignInApp, type SignInApp } from '../support/sign-in-app.js';

const researcher = {
  subject: 'researcher',
  role: 'Researcher',
  name: 'The researcher',
  email: 'researcher@sandbox.example',
  password: 'correct horse',
};
let publicUrl: string;
let provider: SandboxProvider;
let app: SignInApp;

beforeAll(async () => {
  publicUrl = await freeOrigin();
  const clientSecret = 'a secret: with % and :';
  const stateDir = mkdtempSync(join(tmpdir(), 'concordat-provider-'));
  provider = await startProvider({
    port: 0,
    stateDir,
    publicUrl,
    clientSecret,
    personas: [researcher],
  });
  app = await startSignInApp(publicUrl, provider.issuer, clientSecret);
});

afterAll(async () => {
  await app.close();
  await provider.close();
});

async function signIn(browsing: Browsing, path = '/auth/sign-in', password = researcher.password) {
  const page = await browsing.follow(`${publicUrl}${path}`);
  const answer = await browsing.send(page.url, { email: researcher.email, password });
  return { page, answer };
}

async function finish(browsing: Browsing, answer: Response, base: string) {
  const location = answer.headers.get('location') ?? '';
  return browsing.follow(new URL(location, base).href, `${publicUrl}/auth/callback`);
}

describe('signing in through a real OpenID provider', () => {
  it('ends with who the person is, how they signed in and where they wanted to go', async () => {
    const browsing = new Browsing();
    const { page, answer } = await signIn(browsing, '/auth/sign-in?returnTo=/agreements%3Fpage=2');
    const { url } = await finish(browsing, answer, page.url);
    const response = await browsing.send(url);
    expect(await response.json()).toEqual({
      issuer: provider.issuer,
      subject: 'researcher',
      acr: ACR_MFA,
      amr: ['pwd', 'otp'],
      authLevel: 2,
      authenticatedAt: expect.any(String) as string,
      via: 'session',
      returnTo: '/agreements?page=2',
      profile: { name: researcher.name, email: researcher.email },
    });
    expect(response.status).toBe(200);
  });

  it('always asks with PKCE S256, a nonce and a state', async () => {
    const response = await new Browsing().send(`${publicUrl}/auth/sign-in`);
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('code_challenge')).toHaveLength(43);
    expect(searchParams.get('nonce')).toHaveLength(20);
    expect(searchParams.get('state')).toHaveLength(43);
    expect(searchParams.get('scope')).toBe('openid profile email');
  });

  it('GD-9: uses a state once', async () => {
    const browsing = new Browsing();
    const { page, answer } = await signIn(browsing);
    const { url } = await finish(browsing, answer, page.url);
    expect((await browsing.send(url)).status).toBe(200);
    expect((await browsing.send(url)).status).toBe(401);
  });

  it('GD-9: refuses an answer that belongs to another session', async () => {
    const attacker = new Browsing();
    const { page, answer } = await signIn(attacker);
    const { url } = await finish(attacker, answer, page.url);
    const victim = new Browsing();
    await victim.send(`${publicUrl}/auth/sign-in`);
    const response = await victim.send(url);
    expect(await response.json()).toMatchObject({ code: 'sign_in_failed' });
  });

  it.each([
    ['state', 'x'.repeat(43)],
    ['iss', 'https://other.example'],
    ['iss', ''],
    ['code', 'x'],
    ['error', 'access_denied'],
  ])('GD-9: refuses an answer whose %s is changed to %p', async (name, value) => {
    const browsing = new Browsing();
    const { page, answer } = await signIn(browsing);
    const url = new URL((await finish(browsing, answer, page.url)).url);
    url.searchParams.set(name, value);
    const response = await browsing.send(url.href);
    expect(await response.json()).toMatchObject({ code: 'sign_in_failed' });
  });

  it.each([
    ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
    ['nonce', 'another'],
  ])('GD-9: fails when %s is changed on its way to the provider', async (name, value) => {
    const browsing = new Browsing();
    const asked = await browsing.send(`${publicUrl}/auth/sign-in`);
    const request = new URL(asked.headers.get('location') ?? '');
    request.searchParams.set(name, value);
    const page = await browsing.follow(request.href);
    const { email, password } = researcher;
    const answer = await browsing.send(page.url, { email, password });
    const { url } = await finish(browsing, answer, page.url);
    expect(await (await browsing.send(url)).json()).toMatchObject({ code: 'sign_in_failed' });
  });

  it('GD-9: refuses an answer without the issuer that the provider advertises', async () => {
    const browsing = new Browsing();
    const { page, answer } = await signIn(browsing);
    const url = new URL((await finish(browsing, answer, page.url)).url);
    url.searchParams.delete('iss');
    expect((await browsing.send(url.href)).status).toBe(401);
  });

  it('tells a wrong password on the page and goes no further', async () => {
    const { answer } = await signIn(new Browsing(), '/auth/sign-in', 'wrong');
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('E-mail or password is not right');
  });

  it('asks for a stronger and fresh sign-in when the console needs a level', async () => {
    const browsing = new Browsing();
    const response = await browsing.send(`${publicUrl}/auth/sign-in?level=2`);
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect(searchParams.get('acr_values')).toBe(ACR_MFA);
    expect(searchParams.get('prompt')).toBe('login');
    expect(searchParams.get('max_age')).toBe('300');
    const { page, answer } = await signIn(browsing, '/auth/sign-in?level=2');
    const { url } = await finish(browsing, answer, page.url);
    expect(await (await browsing.send(url)).json()).toMatchObject({ authLevel: 2 });
  });
});

describe('a bearer token', () => {
  const verify = (token: string) => verifyBearerToken(app.verifier, app.config, token);

  it('of the provider names the person, the client and how they signed in', async () => {
    expect(await verify(await provider.issueAccessToken('researcher'))).toEqual({
      issuer: provider.issuer,
      subject: 'researcher',
      clientId: 'concordat-cli',
      acr: ACR_MFA,
      amr: ['pwd', 'otp'],
      authenticatedAt: expect.any(Date) as Date,
      expiresAt: expect.any(Date) as Date,
    });
  });

  it('keeps the weaker acr of a password alone', async () => {
    const token = await provider.issueAccessToken('researcher', { acr: ACR_PASSWORD });
    expect(await verify(token)).toMatchObject({ acr: ACR_PASSWORD, amr: ['pwd'] });
  });

  it('that is bound to a key names it (RFC 9449)', async () => {
    const { jkt } = proofKey();
    const token = await provider.issueAccessToken('researcher', { jkt });
    expect(await verify(token)).toMatchObject({ subject: 'researcher', jkt });
  });

  it('that lives longer than 900 seconds is refused', async () => {
    const token = await provider.issueAccessToken('researcher', { lifetimeSeconds: 901 });
    expect(await verify(token)).toBeUndefined();
  });
});
