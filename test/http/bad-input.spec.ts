import { randomUUID } from 'node:crypto';
import type { ApiClient, Problem } from '../../sandbox/api-client.js';
import { listObjects, type IssuedGrant, type ObjectEntry } from '../../sandbox/demo/reading.js';
import { londonDay, addDays } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { rawGet } from '../support/raw-request.js';

interface Entity {
  readonly id: string;
  readonly organisationId: string;
}

const ABSENT = '01990000-0000-7000-8000-00000000dead';

describe('what is wrong gets a clear answer and changes nothing', () => {
  let world: HttpWorld;
  let grant: IssuedGrant;
  let objects: readonly ObjectEntry[];
  let store: Entity;
  const today = londonDay(systemClock.now());

  beforeAll(async () => {
    world = await httpWorld();
    grant = await world.callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    objects = await listObjects(world.callers.researcher, grant);
    store = await world.callers.owner.get<Entity>(
      `/api/v1/stores/${world.seeded.stores[0]?.id ?? ''}`,
    );
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const events = async (): Promise<number> => {
    const [row] = await world.db.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM audit_event',
    );
    return row?.count ?? 0;
  };

  const organisation = { name: 'A name', kind: 'borough', publicAuthority: true };
  const project = {
    title: 'A title',
    summary: 'What it does.',
    publicBenefit: 'Whom it helps.',
    purposes: ['https://w3id.org/dpv#AcademicResearch'],
    startsOn: today,
    endsOn: addDays(today, 30),
    ethicsApproved: false,
  };

  it.each<readonly [string, keyof HttpWorld['callers'], string, object, number, string, string]>([
    [
      'an unknown field',
      'admin',
      '/api/v1/organisations',
      { ...organisation, colour: 'red' },
      422,
      'input_invalid',
      '/colour',
    ],
    [
      'a wrong type',
      'admin',
      '/api/v1/organisations',
      { ...organisation, publicAuthority: 'yes' },
      422,
      'input_invalid',
      '/publicAuthority',
    ],
    [
      'a value that is none of those',
      'admin',
      '/api/v1/organisations',
      { ...organisation, kind: 'kingdom' },
      422,
      'input_invalid',
      '/kind',
    ],
    [
      'a missing field',
      'admin',
      '/api/v1/organisations',
      { kind: 'borough', publicAuthority: true },
      422,
      'input_invalid',
      '/name',
    ],
    [
      'NUL in a text',
      'admin',
      '/api/v1/organisations',
      { ...organisation, name: 'A\u0000B' },
      422,
      'input_invalid',
      '/name',
    ],
    [
      'an end before its start',
      'researcher',
      '/api/v1/projects',
      { ...project, endsOn: addDays(today, -1) },
      422,
      'input_invalid',
      '/endsOn',
    ],
    [
      'a day that does not exist',
      'researcher',
      '/api/v1/projects',
      { ...project, endsOn: '2027-02-30' },
      422,
      'input_invalid',
      '/endsOn',
    ],
    [
      'an id that is none',
      'researcher',
      '/api/v1/access-requests',
      { projectId: 'x' },
      422,
      'input_invalid',
      '/projectId',
    ],
    [
      'an unknown term of an agreement',
      'owner',
      '/api/v1/agreements',
      { colour: 'red' },
      422,
      'agreement_field_unknown',
      '/colour',
    ],
  ])('refuses %s, naming the field', async (_, persona, path, body, status, code, pointer) => {
    const before = await events();
    const { memberships } = await world.callers[persona].get<{
      memberships: readonly { organisationId: string }[];
    }>('/api/v1/me');
    const own = path.endsWith('organisations') ? {} : memberships[0];
    const answer = await world.callers[persona].try('POST', path, {
      ...body,
      ...(own?.organisationId === undefined ? {} : { organisationId: own.organisationId }),
    });
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
    const errors = answer.body['errors'] as { pointer: string; reason: string }[];
    expect(errors.map((error) => error.pointer)).toContain(pointer);
    expect(errors.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(await events()).toBe(before);
  });

  it.each([
    ['without a trailing slash', 'secret'],
    ['that starts with a slash', '/secret/'],
    ['with a parent segment', 'a/../b/'],
    ['with an encoded dot', 'a/%2e%2e/b/'],
    ['with a backslash', 'a\\b/'],
    ['with NUL', 'a\u0000b/'],
    ['of 2,000 characters', `${'a'.repeat(2_000)}/`],
  ])('refuses a dataset prefix %s', async (_, prefix) => {
    const answer = await world.callers.owner.try('POST', '/api/v1/datasets', {
      ...aDataset(store),
      prefix,
    });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body['errors'])).toContain('/prefix');
  });

  it('refuses a body of 10 MB before it has read it', async () => {
    const answer = await world.callers.admin.try('POST', '/api/v1/organisations', {
      ...organisation,
      name: 'a'.repeat(10_000_000),
    });
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({
      status: 413,
      code: 'body_too_large',
    });
  });

  it('refuses a store whose endpoint is not among the permitted hosts', async () => {
    const register = (endpoint: string): Promise<{ status: number; body: Problem }> =>
      world.callers.owner.try('POST', '/api/v1/stores', {
        organisationId: store.organisationId,
        name: `Store at ${endpoint}`,
        endpoint,
        region: 'eu-west-2',
        bucket: 'city-data',
        addressing: 'path',
        credentials: { accessKeyId: 'SOMEKEY', secretAccessKey: 'some-secret-of-a-store' },
      });
    for (const endpoint of [
      'https://169.254.169.254',
      'https://10.0.0.1',
      'https://2130706433',
      'https://user:pass@127.0.0.1',
      'https://127.0.0.1/path',
      'ftp://127.0.0.1',
    ]) {
      const { status, body } = await register(endpoint);
      expect({ endpoint, status, code: body['code'] }).toEqual({
        endpoint,
        status: 422,
        code: 'endpoint_refused',
      });
    }
  });

  it('finds a wrong secret at the probe, keeps the store out of use and repeats no secret', async () => {
    const secret = 'a-secret-that-is-not-the-right-one';
    const registered = await world.callers.owner.post<Entity>('/api/v1/stores', {
      organisationId: store.organisationId,
      name: 'With a wrong secret',
      endpoint: world.stores[0].endpoint,
      region: 'eu-west-2',
      bucket: world.stores[0].bucket,
      addressing: 'path',
      credentials: {
        accessKeyId: world.stores[0].keys.broker.accessKeyId,
        secretAccessKey: secret,
      },
    });
    const probed = await world.callers.owner.post<{
      checks: { name: string; result: string; detail: string }[];
    }>(`/api/v1/stores/${registered.id}/probe`);
    expect(probed.checks).toContainEqual(expect.objectContaining({ name: 'list', result: 'fail' }));
    const view = await world.callers.owner.get<{ status: string }>(
      `/api/v1/stores/${registered.id}`,
    );
    expect(view.status).not.toBe('ready');
    expect(JSON.stringify([registered, probed, view])).not.toContain(secret);
  });

  it.each([
    ['a parent segment', '..%2fother', 400],
    ['dots that the path keeps', '../other', 400],
    ['encoded dots', '%2e%2e/other', 400],
    ['doubly encoded dots', '%252e%252e/other', 400],
    ['a backslash', 'a%5cb', 400],
    ['NUL', 'a%00b', 400],
    ['2,000 characters', 'a'.repeat(2_000), 400],
    ['no UTF-8', '%ff%fe', 400],
    ['a name that is not in the manifest', 'nothing-of-the-kind.csv', 404],
  ])('never leaves the dataset for an object name with %s', async (_, name, status) => {
    const path = `/api/v1/grants/${grant.id}/objects/${name}`;
    const answer = await rawGet(world.config.publicUrl, path, {
      authorization: `Bearer ${grant.token}`,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  describe('tokens', () => {
    const me = (token: string): Promise<Response> =>
      world.callers.researcher.fetch('/api/v1/me', {
        headers: { authorization: `Bearer ${token}` },
      });

    it('refuses none, an altered one, and one that has expired', async () => {
      const token = await world.provider.issueAccessToken('researcher');
      const expired = await world.provider.issueAccessToken('researcher', { lifetimeSeconds: -60 });
      expect((await me(token)).status).toBe(200);
      for (const bad of ['', token.slice(0, -4), `${token.slice(0, -4)}AAAA`, expired]) {
        const response = await me(bad);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('resource_metadata');
        expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
      }
    });

    it('refuses a grant token where a person must call, and a person’s where a grant token must', async () => {
      expect((await me(grant.token)).status).toBe(401);
      const [object] = objects as [ObjectEntry];
      const response = await world.callers.researcher.fetch(object.url);
      expect(response.status).toBe(401);
    });

    it('refuses to issue on one factor, and says that a stronger sign-in is needed', async () => {
      const token = await world.provider.issueAccessToken('researcher', {
        acr: 'urn:concordat:acr:password',
      });
      const answer = await world.callers.researcher.try(
        'POST',
        '/api/v1/grants',
        { accessRequestId: world.seeded.accessRequestId },
        { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
      );
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({
        status: 403,
        code: 'step_up_required',
      });
    });
  });

  it('shows nobody another tenant’s things: an id of theirs and an absent id look the same', async () => {
    const ids = {
      stores: world.seeded.stores[0]?.id,
      agreements: world.seeded.agreements[0]?.id,
      projects: world.seeded.projectId,
      'access-requests': world.seeded.accessRequestId,
      grants: grant.id,
    };
    const acts: readonly (readonly [keyof typeof ids, string, object])[] = [
      ['stores', 'suspend', { reason: 'x' }],
      ['stores', 'probe', {}],
      ['agreements', 'submit', {}],
      ['projects', 'activate', {}],
      ['access-requests', 'decisions', { decision: 'approved', reason: 'x' }],
      ['access-requests', 'withdraw', {}],
      ['grants', 'revoke', { reason: 'x' }],
      ['grants', 'token', {}],
    ];
    for (const [collection, id] of Object.entries(ids)) {
      expect(await answers(world.outsider, 'GET', `/api/v1/${collection}`, id)).toEqual(HIDDEN);
    }
    for (const [collection, act, body] of acts) {
      const path = `/api/v1/${collection}`;
      expect([
        collection,
        act,
        await answers(world.outsider, 'POST', path, ids[collection], `/${act}`, body),
      ]).toEqual([collection, act, HIDDEN]);
    }
  });
});

const HIDDEN = [
  { status: 404, code: 'not_found' },
  { status: 404, code: 'not_found' },
];

/** What a caller gets for a thing of somebody else and for an absent one. */
async function answers(
  caller: ApiClient,
  method: string,
  path: string,
  id: string | undefined,
  rest = '',
  body?: object,
): Promise<readonly { status: number; code: unknown }[]> {
  const codes = [];
  for (const one of [id, ABSENT]) {
    const answer = await caller.try(method, `${path}/${one ?? ''}${rest}`, body);
    codes.push({ status: answer.status, code: answer.body['code'] });
  }
  return codes;
}

function aDataset(store: Entity): object {
  return {
    organisationId: store.organisationId,
    title: 'A dataset',
    description: 'What it holds.',
    publisher: 'An office',
    contact: 'data@city.example',
    access: 'shared',
    accessReason: 'Shared under an agreement.',
    sensitivity: 'internal',
    tags: [],
    kind: 'files',
    fields: [],
    storeId: store.id,
    prefix: 'stop-search/',
    keywords: [],
    visibility: 'public',
    distributions: [{ title: 'All files', mediaType: 'text/csv', path: '' }],
  };
}
