import { randomUUID } from 'node:crypto';
import { ApiClient, type Answer, type Problem } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { systemClock } from '../../src/kernel/clock.js';
import { databaseText } from '../support/database-text.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { proofKey } from '../support/proof-key.js';

interface NewToken {
  readonly id: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

describe('a researcher’s personal token', () => {
  let world: HttpWorld;

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const create = (body: object, key?: string): Promise<Answer<NewToken & Problem>> =>
    world.callers.researcher.try<NewToken & Problem>('POST', '/api/v1/tokens', body, {
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    });
  const tokenFor = async (...scopes: string[]): Promise<NewToken> =>
    (await create({ name: 'A script', scopes })).body;
  const script = ({ token }: NewToken): ApiClient =>
    new ApiClient(world.config.publicUrl, () => Promise.resolve(token));
  const issueBody = (): object => ({ accessRequestId: world.seeded.accessRequestId });

  it('is shown once, and stored as nothing that could be shown again', async () => {
    const key = randomUUID();
    const first = await create({ name: 'Nightly copy', scopes: ['grant:read'] }, key);
    expect(first.status).toBe(201);
    expect(first.body.token).toMatch(/^cdt_[\w-]{43}$/);
    const again = await create({ name: 'Nightly copy', scopes: ['grant:read'] }, key);
    expect(again.body).toMatchObject({ id: first.body.id, token: null });
    const page = await world.callers.researcher.get<{ items: NewToken[] }>('/api/v1/tokens');
    expect(page.items.map(({ id }) => id)).toContain(first.body.id);
    expect(JSON.stringify(page)).not.toContain('cdt_');
    const dump = await databaseText(world.db.urlFor('postgres'));
    expect(dump).toContain('personal_token');
    expect(dump).not.toContain(first.body.token.slice(4));
  });

  it('does what its scopes name, with the level of the sign-in that made it', async () => {
    const token = await tokenFor('grant:issue', 'grant:read', 'grant:revoke');
    const grant = await script(token).post<IssuedGrant>('/api/v1/grants', issueBody(), {
      'idempotency-key': randomUUID(),
    });
    expect(grant.token).toMatch(/^eyJ/);
    const revoked = await script(token).post<{ status: string }>(
      `/api/v1/grants/${grant.id}/revoke`,
      { reason: 'Done' },
    );
    expect(revoked.status).toBe('revoked');
  });

  it('does nothing else, and the refusal is recorded', async () => {
    const token = await tokenFor('grant:read');
    const answer = await script(token).try('POST', '/api/v1/grants', issueBody(), {
      'idempotency-key': randomUUID(),
    });
    expect([answer.status, answer.body.type]).toEqual([403, 'urn:concordat:problem:scope_missing']);
    const projects = await script(token).try('GET', '/api/v1/projects');
    expect(projects.status).toBe(403);
  });

  it('makes no token, and ends none', async () => {
    const answer = await create({ name: 'More', scopes: ['token:create'] });
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/scopes' })],
    ]);
  });

  it('brings no role: a researcher’s token for an owner’s operation does nothing', async () => {
    const token = await tokenFor('store:register', 'dataset:publish');
    const { id = '' } = world.seeded.datasets[0] ?? {};
    const answer = await script(token).try('POST', `/api/v1/datasets/${id}/publish`);
    expect([answer.status, answer.body.type]).toEqual([
      403,
      'urn:concordat:problem:operation_denied',
    ]);
  });

  it('is over as soon as it is revoked; revoking it twice is no fault', async () => {
    const token = await tokenFor('grant:read');
    const path = `/api/v1/tokens/${token.id}`;
    expect((await script(token).try('GET', '/api/v1/grants')).status).toBe(200);
    expect((await world.callers.researcher.try('DELETE', path)).status).toBe(204);
    expect((await script(token).try('GET', '/api/v1/grants')).status).toBe(401);
    expect((await world.callers.researcher.try('DELETE', path)).status).toBe(204);
  });

  it('of somebody else is not there', async () => {
    const token = await tokenFor('grant:read');
    const answer = await world.callers.owner.try('DELETE', `/api/v1/tokens/${token.id}`);
    expect(answer.status).toBe(404);
    expect((await script(token).try('GET', '/api/v1/grants')).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ['no name', { scopes: ['grant:read'] }, '/name'],
    ['a name of spaces', { name: '   ', scopes: ['grant:read'] }, '/name'],
    ['no scope', { name: 'x', scopes: [] }, '/scopes'],
    ['an unknown scope', { name: 'x', scopes: ['everything'] }, '/scopes'],
    [
      'an end in the past',
      { name: 'x', scopes: ['grant:read'], expiresAt: '2020-01-01T00:00:00Z' },
      '/expiresAt',
    ],
    [
      'an end in a year',
      { name: 'x', scopes: ['grant:read'], expiresAt: '2099-01-01T00:00:00Z' },
      '/expiresAt',
    ],
  ])('is not made with %s', async (_, body, pointer) => {
    const answer = await create(body);
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      expect.arrayContaining([expect.objectContaining({ pointer })]),
    ]);
  });

  it.each(['cdt_', `cdt_${'x'.repeat(43)}`, `cdt_${'x'.repeat(9_000)}`])(
    'that nobody made opens nothing: %.12s',
    async (token) => {
      const answer = await script({ token } as NewToken).try('GET', '/api/v1/grants');
      expect([401, 431]).toContain(answer.status);
    },
  );

  it('binds a grant to a key when it comes with a proof, and only that key refreshes it', async () => {
    const key = proofKey();
    const token = await tokenFor('grant:issue', 'grant:refresh', 'grant:revoke', 'grant:read');
    const iat = Math.floor(systemClock.now().getTime() / 1000);
    const proof = (path: string, of = key): Record<string, string> => ({
      dpop: of.prove({
        method: 'POST',
        url: world.config.publicUrl + path,
        token: token.token,
        iat,
      }),
    });
    const issued = await script(token).try<IssuedGrant & { tokenType: string }>(
      'POST',
      '/api/v1/grants',
      issueBody(),
      { 'idempotency-key': randomUUID(), ...proof('/api/v1/grants') },
    );
    expect([issued.status, issued.body.tokenType]).toEqual([201, 'DPoP']);
    const refresh = `/api/v1/grants/${issued.body.id}/token`;
    expect((await script(token).try('POST', refresh)).status).toBe(401);
    expect((await script(token).try('POST', refresh, {}, proof(refresh, proofKey()))).status).toBe(
      401,
    );
    expect((await script(token).try('POST', refresh, {}, proof(refresh))).status).toBe(200);
    const objects = await script(token).fetch(issued.body.objectsUrl, {
      headers: { authorization: `Bearer ${issued.body.token}` },
    });
    expect(objects.status).toBe(401);
  });

  it('bound by the provider itself opens the API with a proof of its key, and not as a bearer', async () => {
    const key = proofKey();
    const path = '/api/v1/grants';
    const token = await world.provider.issueAccessToken('researcher', { jkt: key.jkt });
    const send = (scheme: string, by?: typeof key): Promise<Response> => {
      const iat = Math.floor(systemClock.now().getTime() / 1000);
      const url = world.config.publicUrl + path;
      const dpop = by?.prove({ method: 'GET', url, token, iat });
      const headers = { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) };
      return world.callers.researcher.fetch(path, { headers });
    };
    expect((await send('DPoP', key)).status).toBe(200);
    expect((await send('dpop', key)).status).toBe(200);
    for (const refused of [
      send('Bearer'),
      send('Bearer', key),
      send('DPoP'),
      send('DPoP', proofKey()),
    ]) {
      expect((await refused).status).toBe(401);
    }
  });
});
