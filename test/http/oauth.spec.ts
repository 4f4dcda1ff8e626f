import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { NOBODY, SEED_BYTES } from '../../src/audit/event-preparation.js';
import { RateLimits } from '../../src/platform/rate-limits/rate-limits.js';
import { CountedRefusals } from '../../src/identity/counted-refusals.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { StoreClientView } from '../../src/stores/clients/store-client.dto.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { proofKey } from '../support/proof-key.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The same bytes in base64url whose last bits, which say nothing, are others. */
function sameBytes(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? '') + 1] ?? '');
}

describe('a grant’s token at OAuth’s own endpoints', () => {
  const key = proofKey();
  let world: HttpWorld;
  let clients: string;
  let client: StoreClientView;
  let grant: IssuedGrant;

  beforeAll(async () => {
    world = await httpWorld();
    clients = `/api/v1/stores/${world.seeded.stores[0]?.id ?? ''}/clients`;
    const body = { name: 'Gateway', jwk: key.jwk };
    client = await world.callers.owner.post<StoreClientView>(clients, body);
  }, 120_000);
  afterAll(() => world.close(), 30_000);
  beforeEach(async () => {
    grant = await world.callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
  });
  afterEach(async () => {
    const reason = { reason: 'Done' };
    await world.callers.researcher.try('POST', `/api/v1/grants/${grant.id}/revoke`, reason);
  });

  const post = async (path: string, form: Record<string, string>) => {
    const answer = await fetch(world.config.publicUrl + path, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: answer.status, headers: answer.headers, body };
  };
  const now = (): number => Math.floor(systemClock.now().getTime() / 1000);
  const assertion = (claims: object = {}, header: object = {}, by = key): string =>
    by.signText(
      JSON.stringify({ alg: 'ES256', kid: client.kid, ...header }),
      JSON.stringify({
        iss: client.id,
        sub: client.id,
        aud: `${world.config.publicUrl}/oauth/introspect`,
        jti: randomUUID(),
        iat: now(),
        exp: now() + 60,
        ...claims,
      }),
    );
  const introspect = (token: string, proof = assertion()) =>
    post('/oauth/introspect', { token, client_assertion_type: TYPE, client_assertion: proof });
  const revoke = (token: string) => post('/oauth/revoke', { token });
  const read = async (): Promise<number> => {
    const answer = await fetch(grant.objectsUrl, {
      headers: { authorization: `Bearer ${grant.token}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  describe('introspection (RFC 7662)', () => {
    it('says the claims of a live token, and nothing that is not in it', async () => {
      const { status, body, headers } = await introspect(grant.token);
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(body).toMatchObject({
        active: true,
        token_type: 'Bearer',
        iss: world.config.publicUrl,
        authorization_details: [{ grant_id: grant.id, delivery: 'stream' }],
      });
      const known = JSON.parse(
        Buffer.from(grant.token.split('.')[1] ?? '', 'base64url').toString(),
      ) as object;
      expect(Object.keys(body).sort()).toEqual(
        ['active', 'token_type', ...Object.keys(known)].sort(),
      );
    });

    it('knows at once that a grant has ended', async () => {
      await world.callers.researcher.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Done' });
      expect((await introspect(grant.token)).body).toEqual({ active: false });
    });

    it.each<[string, () => string]>([
      ['text', () => 'token'],
      ['a forged token', () => `${grant.token.slice(0, -4)}AAAA`],
      ['a text that is too long for a token', () => 'x'.repeat(9_000)],
      ['a token of the OpenID provider', () => 'eyJhbGciOiJFUzI1NiJ9.e30.x'],
    ])('says of %s that it is not active, and no more', async (_, token) => {
      const { status, body } = await introspect(token());
      expect([status, body]).toEqual([200, { active: false }]);
    });

    it('says no more of a grant on another store', async () => {
      const other = clients.replace(
        /[^/]+\/clients/,
        `${world.seeded.stores[1]?.id ?? ''}/clients`,
      );
      const elsewhere = proofKey();
      const added = await world.callers.partnerSignatory.try<StoreClientView>('POST', other, {
        name: 'Other',
        jwk: elsewhere.jwk,
      });
      expect(added.status).toBe(201);
      const { id, kid } = added.body;
      const proof = assertion({ iss: id, sub: id }, { kid }, elsewhere);
      expect((await introspect(grant.token, proof)).body).toEqual({ active: false });
    });

    it.each<[string, () => string]>([
      ['text', () => 'assertion'],
      ['another’s key', () => assertion({}, {}, proofKey())],
      ['another’s name', () => assertion({ iss: randomUUID(), sub: randomUUID() })],
      ['two names', () => assertion({ iss: randomUUID() })],
      ['another audience', () => assertion({ aud: 'https://other.example' })],
      [
        'another audience beside this one',
        () => assertion({ aud: [world.config.publicUrl, 'https://other.example'] }),
      ],
      ['an end that has passed', () => assertion({ iat: now() - 120, exp: now() - 31 })],
      ['a life of six minutes', () => assertion({ exp: now() + 360 })],
      ['no jti', () => assertion({ jti: undefined })],
      ['a jti without end', () => assertion({ jti: 'x'.repeat(256) })],
      ['alg none', () => assertion({}, { alg: 'none' })],
      ['another kid', () => assertion({}, { kid: 'other' })],
      ['a key in its header', () => assertion({}, { jwk: key.jwk })],
    ])('is refused to a client with an assertion of %s', async (_, make) => {
      const { status, body } = await introspect(grant.token, make());
      expect([status, body['error'], body['code']]).toEqual([
        401,
        'invalid_client',
        'client_invalid',
      ]);
    });

    it('takes an assertion once', async () => {
      const proof = assertion();
      expect((await introspect(grant.token, proof)).status).toBe(200);
      expect((await introspect(grant.token, proof)).status).toBe(401);
    });

    it('is over for a client that was removed', async () => {
      const gone = proofKey();
      const body = { name: 'Gone', jwk: gone.jwk };
      const { id, kid } = await world.callers.owner.post<StoreClientView>(clients, body);
      const proof = (): string => assertion({ iss: id, sub: id }, { kid }, gone);
      expect((await introspect(grant.token, proof())).body['active']).toBe(true);
      expect((await world.callers.owner.try('DELETE', `${clients}/${id}`)).status).toBe(204);
      expect((await introspect(grant.token, proof())).status).toBe(401);
      expect((await world.callers.owner.try('DELETE', `${clients}/${id}`)).status).toBe(204);
    });

    it.each<[string, Record<string, string>, string]>([
      ['no token', { client_assertion_type: TYPE, client_assertion: 'x' }, 'token'],
      ['an empty one', { token: '', client_assertion_type: TYPE, client_assertion: 'x' }, 'token'],
      ['no assertion', { token: 'x', client_assertion_type: TYPE }, 'client_assertion'],
      ['a secret', { token: 'x', client_secret: 'x' }, 'client_assertion_type'],
    ])('names the parameter in a request with %s', async (_, form, name) => {
      const { status, body } = await post('/oauth/introspect', form);
      expect([status, body['code'], body['error']]).toEqual([
        400,
        'request_malformed',
        'invalid_request',
      ]);
      expect(body['detail']).toContain(name);
    });

    it('refuses a parameter that comes twice', async () => {
      const form = new URLSearchParams({ client_assertion_type: TYPE, client_assertion: 'x' });
      form.append('token', 'x');
      form.append('token', 'y');
      const url = `${world.config.publicUrl}/oauth/introspect`;
      const answer = await fetch(url, { method: 'POST', body: form });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ error: 'invalid_request' }),
      ]);
    });

    it('knows no other way for a client to prove itself', async () => {
      const form = { token: 'x', client_assertion: assertion(), client_assertion_type: 'saml' };
      const { status, body } = await post('/oauth/introspect', form);
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
    });

    it('ignores parameters that it does not know', async () => {
      const form = { token: grant.token, client_assertion_type: TYPE, tenant: 'x' };
      const proof = { client_assertion: assertion({ aud: [world.config.publicUrl] }) };
      const { status, body } = await post('/oauth/introspect', { ...form, ...proof });
      expect([status, body['active']]).toEqual([200, true]);
    });

    it('has a limit for each client, of its own', async () => {
      const rates = world.app.get(RateLimits, { strict: false });
      const eager = proofKey();
      const body = { name: 'Eager', jwk: eager.jwk };
      const { id, kid } = await world.callers.owner.post<StoreClientView>(clients, body);
      const proof = (): string => assertion({ iss: id, sub: id }, { kid }, eager);
      expect((await introspect(grant.token, proof())).status).toBe(200);
      while (await rates.take('introspect', id, 6_000)) {
        // Uses up the client's minute, as its calls would.
      }
      expect((await introspect(grant.token, proof())).status).toBe(429);
      expect((await introspect(grant.token)).status).toBe(200);
    });

    it('counts clients that do not prove themselves, as it counts bad tokens', async () => {
      const counted = world.app.get(CountedRefusals, { strict: false });
      const rows = (): Promise<unknown[]> =>
        world.db.database.manager.query(
          `SELECT FROM audit_event WHERE type = 'auth.token-rejected' AND reason_codes = '{client_invalid}'`,
        );
      await counted.flush();
      const before = (await rows()).length;
      await introspect(grant.token, 'assertion');
      await introspect(grant.token, 'assertion');
      await counted.flush();
      expect(await rows()).toHaveLength(before + 1);
    });
  });

  describe('revocation (RFC 7009)', () => {
    it('ends the whole grant for whoever shows its token', async () => {
      expect(await read()).toBe(200);
      expect((await revoke(grant.token)).status).toBe(200);
      expect(await read()).toBe(403);
      const path = `/api/v1/grants/${grant.id}`;
      expect(await world.callers.researcher.get(path)).toMatchObject({
        status: 'revoked',
        endReason: 'revoked_by_bearer',
      });
      expect((await revoke(grant.token)).status).toBe(200);
    });

    it('is one end, one notice and one closure, however many revoke at once', async () => {
      // A download that came to its end, so that there is something to destroy.
      expect(await read()).toBe(200);
      const { objects } = await world.callers.researcher
        .fetch(grant.objectsUrl, { headers: { authorization: `Bearer ${grant.token}` } })
        .then((answer) => answer.json() as Promise<{ objects: { url: string }[] }>);
      const headers = { authorization: `Bearer ${grant.token}` };
      await (await fetch(objects[0]?.url ?? '', { headers })).arrayBuffer();
      const listener = new pg.Client({ connectionString: world.db.url });
      await listener.connect();
      const notices: string[] = [];
      listener.on('notification', ({ channel }) => notices.push(channel));
      await listener.query('LISTEN concordat_grants');
      const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(grant.token)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      // A notice of a transaction that has committed comes before the answer to a later query.
      await listener.query('SELECT 1');
      await listener.end();
      expect(notices).toEqual(['concordat_grants']);
      const counts = await world.db.database.manager.query<{ events: string; closures: string }[]>(
        `SELECT (SELECT count(*) FROM audit_event WHERE type = 'grant.revoked' AND grant_id = $1) AS events,
           (SELECT count(*) FROM closure WHERE project_id = $2 AND status = 'due') AS closures`,
        [grant.id, world.seeded.projectId],
      );
      expect(counts).toEqual([{ events: '1', closures: '1' }]);
    });

    it('needs a token, and no more: what it does not know it ignores', async () => {
      const { status, body } = await post('/oauth/revoke', { client_id: 'x' });
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
      const form = { token: grant.token, token_type_hint: 'access_token', tenant: 'x' };
      expect((await post('/oauth/revoke', form)).status).toBe(200);
      expect(await read()).toBe(403);
    });

    it.each([
      ['text', 'token'],
      ['what looks like a token', 'a.b.c'],
      ['a personal token', `cdt_${'x'.repeat(43)}`],
      ['what is too long for a token', 'x'.repeat(9_000)],
    ])('answers 200 to %s too', async (_, token) => {
      expect((await revoke(token)).status).toBe(200);
      expect(await read()).toBe(200);
    });
  });

  describe('who may be a client', () => {
    it('is the owner’s to say: nobody else sees any', async () => {
      const body = { name: 'x', jwk: key.jwk };
      expect((await world.callers.researcher.try('POST', clients, body)).status).toBe(403);
      expect((await world.outsider.try('GET', clients)).status).toBe(404);
      expect((await world.outsider.try('DELETE', `${clients}/${client.id}`)).status).toBe(404);
      const { items } = await world.callers.owner.get<{ items: StoreClientView[] }>(clients);
      expect(items.map(({ id }) => id)).toContain(client.id);
    });

    it('may have a key that says its name, use and algorithm', async () => {
      const jwk = { ...proofKey().jwk, kid: 'gateway-2026', use: 'sig', alg: 'ES256' };
      const added = await world.callers.owner.post<StoreClientView>(clients, { name: 'File', jwk });
      expect(added.kid).toMatch(/^[\w-]{43}$/);
      await world.callers.owner.try('DELETE', `${clients}/${added.id}`);
    });

    it('is in the events of its coming and going, and both are in its row', async () => {
      const body = { name: 'Brief', jwk: proofKey().jwk };
      const { id } = await world.callers.owner.post<StoreClientView>(clients, body);
      await world.callers.owner.try('DELETE', `${clients}/${id}`);
      const said = await world.db.database.manager.query<{ type: string; body: Buffer }[]>(
        `SELECT type, body FROM store_client c JOIN audit_event e ON e.id IN (c.audit_event_id, c.ended_event_id)
         JOIN audit_payload p ON p.event_id = e.id WHERE c.id = $1 AND p.subject_id = $2 ORDER BY e.id`,
        [id, NOBODY],
      );
      expect(said.map(({ type }) => type)).toEqual(['store.client-added', 'store.client-removed']);
      for (const event of said) {
        expect(event.body.subarray(SEED_BYTES).toString()).toContain(`/clients/${id}`);
      }
    });

    it.each<[string, object]>([
      ['a private key', key.privateJwk],
      ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
      ['a point that is not on the curve', { ...key.jwk, y: key.jwk.x }],
      ['a coordinate in another form', { ...key.jwk, x: sameBytes(key.jwk.x) }],
      ['a key to encrypt with', { ...key.jwk, use: 'enc' }],
      ['a key for another algorithm', { ...key.jwk, alg: 'ES384' }],
      ['another curve', { ...key.jwk, crv: 'P-384' }],
      ['a short coordinate', { ...key.jwk, x: 'AAAA' }],
      ['nothing', {}],
    ])('is not one with %s', async (_, jwk) => {
      const answer = await world.callers.owner.try('POST', clients, { name: 'x', jwk });
      expect([answer.status, answer.body['errors']]).toEqual([
        422,
        expect.arrayContaining([
          expect.objectContaining({ pointer: expect.stringMatching(/^\/jwk/) as string }),
        ]),
      ]);
    });
  });
});
