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

interface Refusal {
  readonly what: string;
  readonly by?: keyof HttpWorld['callers'];
  readonly collection?: string;
  readonly body: object;
  readonly code?: string;
  readonly pointer: string;
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

  const organisationOf = async (persona: keyof HttpWorld['callers']): Promise<string> => {
    const { memberships } = await world.callers[persona].get<{
      memberships: readonly { organisationId: string }[];
    }>('/api/v1/me');
    return memberships[0]?.organisationId ?? '';
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

  it.each<Refusal>([
    {
      what: 'an unknown field',
      body: { ...organisation, colour: 'red' },
      pointer: '/colour',
    },
    {
      what: 'a wrong type',
      body: { ...organisation, publicAuthority: 'yes' },
      pointer: '/publicAuthority',
    },
    {
      what: 'a value that is none of those',
      body: { ...organisation, kind: 'kingdom' },
      pointer: '/kind',
    },
    {
      what: 'a missing field',
      body: { kind: 'borough', publicAuthority: true },
      pointer: '/name',
    },
    {
      what: 'NUL in a text',
      body: { ...organisation, name: 'A\u0000B' },
      pointer: '/name',
    },
    {
      what: 'an end before its start',
      by: 'researcher',
      collection: 'projects',
      body: { ...project, endsOn: addDays(today, -1) },
      pointer: '/endsOn',
    },
    {
      what: 'a day that does not exist',
      by: 'researcher',
      collection: 'projects',
      body: { ...project, endsOn: '2027-02-30' },
      pointer: '/endsOn',
    },
    {
      what: 'an id that is none',
      by: 'researcher',
      collection: 'access-requests',
      body: { projectId: 'x' },
      pointer: '/projectId',
    },
    {
      what: 'an unknown term of an agreement',
      by: 'owner',
      collection: 'agreements',
      body: { colour: 'red' },
      code: 'agreement_field_unknown',
      pointer: '/colour',
    },
  ])(
    'refuses $what, naming the field',
    async ({
      by = 'admin',
      collection = 'organisations',
      body,
      code = 'input_invalid',
      pointer,
    }) => {
      const before = await events();
      const answer = await world.callers[by].try('POST', `/api/v1/${collection}`, {
        ...body,
        ...(collection === 'organisations' ? {} : { organisationId: await organisationOf(by) }),
      });
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 422, code });
      const errors = answer.body['errors'] as { pointer: string; reason: string }[];
      expect(errors.map((error) => error.pointer)).toContain(pointer);
      expect(errors.every(({ reason }) => reason.length > 0)).toBe(true);
      expect(await events()).toBe(before);
    },
  );

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
      ['agreements', 'amend', {}],
      ['projects', 'activate', {}],
      ['access-requests', 'decisions', { decision: 'approved', reason: 'x' }],
      ['access-requests', 'withdraw', {}],
      ['grants', 'revoke', { reason: 'x' }],
      ['grants', 'token', {}],
    ];
    for (const [collection, id] of Object.entries(ids)) {
      const get = (one: string): ReturnType<ApiClient['try']> =>
        world.outsider.try('GET', `/api/v1/${collection}/${one}`);
      expect({ collection, answers: await answers(get, id) }).toEqual({
        collection,
        answers: HIDDEN,
      });
    }
    for (const collection of ['agreements', 'projects', 'access-requests'] as const) {
      const patch = (one: string): ReturnType<ApiClient['try']> =>
        world.outsider.try('PATCH', `/api/v1/${collection}/${one}`, { title: 'x' }, READ);
      expect({ collection, answers: await answers(patch, ids[collection]) }).toEqual({
        collection,
        answers: HIDDEN,
      });
    }
    for (const [collection, act, body] of acts) {
      const post = (one: string): ReturnType<ApiClient['try']> =>
        world.outsider.try('POST', `/api/v1/${collection}/${one}/${act}`, body, READ);
      expect({ collection, act, answers: await answers(post, ids[collection]) }).toEqual({
        collection,
        act,
        answers: HIDDEN,
      });
    }
  });
});

/** Some state of a thing, for the acts that ask which one was read. */
const READ = { 'if-match': '"1.1"' };
const HIDDEN = [
  { status: 404, code: 'not_found' },
  { status: 404, code: 'not_found' },
];

/** What a caller gets for a thing of somebody else and for an absent one. */
async function answers(
  call: (id: string) => ReturnType<ApiClient['try']>,
  id: string | undefined,
): Promise<readonly { status: number; code: unknown }[]> {
  const codes = [];
  for (const one of [id ?? '', ABSENT]) {
    const { status, body } = await call(one);
    codes.push({ status, code: (body as Problem)['code'] });
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
