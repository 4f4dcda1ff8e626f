import { randomUUID } from 'node:crypto';
import { ApiClient, type Problem } from '../../sandbox/api-client.js';
import {
  listObjects,
  readObject,
  readSlowly,
  type IssuedGrant,
  type ObjectEntry,
} from '../../sandbox/demo/reading.js';
import { approveRequest, RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { systemClock } from '../../src/kernel/clock.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { SERVICE_SCOPES } from '../../src/identity/service-token.rules.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { until } from '../support/policy-node.js';
import { aProgram } from '../support/program.js';

interface Service {
  readonly id: string;
  readonly status: string;
  readonly accountablePersonId: string;
}
interface Me {
  readonly personId: string;
  readonly memberships: readonly {
    readonly membershipId: string;
    readonly organisationId: string;
  }[];
}
interface Event {
  readonly type: string;
  readonly outcome: string;
  readonly actorKind: string | null;
  readonly clientId: string | null;
}

describe('service accounts', () => {
  let world: HttpWorld;
  let program: ApiClient;
  let owner: Me;
  let researcher: Me;

  beforeAll(async () => {
    world = await httpWorld();
    program = await aProgram(world.provider, world.config.publicUrl);
    owner = await world.callers.owner.get<Me>('/api/v1/me');
    researcher = await world.callers.researcher.get<Me>('/api/v1/me');
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const organisationOf = ({ memberships }: Me): string => memberships[0]?.organisationId ?? '';
  const dto = (of: Me, changes: object = {}): object => ({
    issuer: world.provider.issuer,
    clientId: world.provider.program.clientId,
    name: 'Nightly publication',
    accountablePersonId: of.personId,
    roles: ['data_owner'],
    ...changes,
  });
  const pathOf = (me: Me): string => `/api/v1/organisations/${organisationOf(me)}/service-accounts`;
  const tryRegister = (of: Me, changes: object = {}, by: ApiClient = world.callers.admin) =>
    by.try<Service & Problem>('POST', pathOf(of), dto(of, changes));
  /** Registers the sandbox's program for somebody; what it was before is over. */
  const registered = async (of: Me, changes: object = {}): Promise<Service> => {
    await world.db.dataSource.query(`UPDATE service_account SET status = 'ended'`);
    const answer = await tryRegister(of, changes);
    expect([answer.status, answer.body['code']]).toEqual([201, undefined]);
    return answer.body;
  };
  const statusOf = async (id: string): Promise<string | undefined> => {
    const rows = await world.db.dataSource.query<{ status: string }[]>(
      'SELECT status FROM service_account WHERE id = $1',
      [id],
    );
    return rows[0]?.status;
  };
  const codeOf = async (call: Promise<{ status: number; body: Problem }>): Promise<unknown> => {
    const { status, body } = await call;
    return [status, body['code']];
  };
  const events = async (query: string): Promise<readonly Event[]> =>
    (
      await world.callers.officer.get<{ items: Event[] }>(
        `/api/v1/audit/events?pageSize=50&${query}`,
      )
    ).items;
  const datasetId = (): string => world.seeded.datasets[0]?.id ?? '';

  it('a client that nobody registered is nobody, and is counted', async () => {
    expect(await codeOf(program.try('GET', '/api/v1/datasets'))).toEqual([
      403,
      'service_not_registered',
    ]);
  });

  it('does for its organisation what its roles and its kind allow, in its own name', async () => {
    await registered(owner);
    const path = `/api/v1/datasets/${datasetId()}`;
    expect((await program.try('GET', path)).status).toBe(200);
    await program.post(`${path}/freeze`, { reason: 'The source is being repaired.' });
    const [frozen] = await events(`type=dataset.frozen`);
    expect(frozen).toMatchObject({
      actorKind: 'service',
      clientId: 'partner-program',
      actorPersonId: null,
      accountablePersonId: expect.stringMatching(/^P-/) as unknown,
      actorOrganisationId: organisationOf(owner),
    });
    // What was closed a person opens.
    expect(await codeOf(program.try('POST', `${path}/unfreeze`))).toEqual([403, 'scope_missing']);
    await world.callers.owner.post(`${path}/unfreeze`, { reason: 'Repaired.' });
  });

  it.each([
    ['GET', '/api/v1/me'],
    ['GET', '/api/v1/audit/events'],
    ['POST', '/api/v1/agreements'],
    ['POST', `/api/v1/agreements/${randomUUID()}/signatures`],
    ['POST', `/api/v1/access-requests/${randomUUID()}/decisions`],
    ['POST', `/api/v1/approvals/${randomUUID()}/approve`],
    ['POST', `/api/v1/organisations/${randomUUID()}/invitations`],
    ['POST', '/api/v1/tokens'],
  ])('neither signs nor decides nor lets anybody in: %s %s', async (method, path) => {
    await registered(owner);
    expect(await codeOf(program.try(method, path, method === 'GET' ? undefined : {}))).toEqual([
      403,
      'scope_missing',
    ]);
  });

  it('is refused by name, on record', async () => {
    await registered(owner);
    await program.try('GET', '/api/v1/me');
    const [denied] = await events('type=access.denied&outcome=refused');
    expect(denied).toMatchObject({
      actorKind: 'service',
      clientId: 'partner-program',
      actorPersonId: null,
    });
  });

  it('may do nothing that a personal token may not, nor what nobody listed', () => {
    const decides =
      /:(sign|attest|review|decide|approve|reject|verify|undertaking|resume|unfreeze|withdraw|terminate)$/;
    expect(SERVICE_SCOPES.filter((scope) => decides.test(scope))).toEqual([]);
  });

  it('takes, reads by and gives back the grants of whoever answers for it, and is named in its tokens', async () => {
    const service = await registered(researcher, { roles: ['researcher'] });
    const grant = await program.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const claims = JSON.parse(
      Buffer.from(grant.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({ client_id: 'partner-program' });
    const [issued] = await events(`type=grant.issued`);
    expect(issued).toMatchObject({ clientId: 'partner-program', grantId: grant.id });
    const objects = await listObjects(program, grant);
    expect(objects.length).toBeGreaterThan(0);
    await readObject(program, objects[0] as ObjectEntry, grant.token);
    const reads = `type=object.listed,object.opened,object.delivered&grantId=${grant.id}`;
    await until(async () => (await events(reads)).length === 3);
    expect((await events(reads)).map(({ clientId }) => clientId)).toEqual(
      Array(3).fill('partner-program'),
    );

    // Disabled, it is nobody at once, and so are the tokens that it has in hand.
    await world.callers.admin.post(`/api/v1/service-accounts/${service.id}/disable`, {
      reason: 'A leak.',
    });
    expect(await codeOf(program.try('GET', '/api/v1/grants'))).toEqual([
      403,
      'service_not_registered',
    ]);
    const bytes = await fetch(grant.objectsUrl, {
      headers: { authorization: `Bearer ${grant.token}` },
    });
    expect([bytes.status, ((await bytes.json()) as { code: string }).code]).toEqual([
      403,
      'grant_not_live',
    ]);
    const refused = `type=grant.refused&grantId=${grant.id}`;
    expect(await events(refused)).toMatchObject([{ clientId: 'partner-program' }]);
    const person = await world.callers.researcher.post<IssuedGrant>(
      `/api/v1/grants/${grant.id}/token`,
    );
    expect((await listObjects(world.callers.researcher, person)).length).toBe(objects.length);
    expect((await events(reads))[0]).toMatchObject({ type: 'object.listed', clientId: null });

    await world.callers.admin.post(`/api/v1/service-accounts/${service.id}/enable`, {});
    await program.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Done.' });
    const [revoked] = await events('type=grant.revoked');
    expect(revoked).toMatchObject({
      actorKind: 'service',
      clientId: 'partner-program',
      actorPersonId: null,
    });
  });

  it('reads no further once it is disabled, though the grant goes on', async () => {
    const service = await registered(researcher, { roles: ['researcher'] });
    const accessRequestId = await approveRequest(
      { callers: world.callers, today: londonDay(systemClock.now()), say: () => undefined },
      {
        projectId: world.seeded.projectId,
        datasetId: world.seeded.datasets.find(({ title }) => title.startsWith('Hourly'))?.id ?? '',
        agreement: await world.callers.researcher.get(
          `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`,
        ),
        purpose: RESEARCH_PURPOSE,
      },
    );
    const grant = await program.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const objects = await listObjects(program, grant);
    const [largest] = [...objects].sort((a, b) => b.size - a.size);
    const reading = await readSlowly(program, largest as ObjectEntry, grant.token);
    await reading.flowing;
    reading.hurry();
    await world.callers.admin.post(`/api/v1/service-accounts/${service.id}/disable`, {
      reason: 'A leak.',
    });
    const { received } = await reading.cut;
    expect(received).toBeLessThan(largest?.size ?? 0);
    await until(async () => (await events(`type=object.cut&grantId=${grant.id}`)).length === 1);
    const [cut] = await events(`type=object.cut&grantId=${grant.id}`);
    expect(cut).toMatchObject({ clientId: 'partner-program', reasonCodes: ['program_stopped'] });
    const { status } = await world.callers.researcher.get<{ status: string }>(
      `/api/v1/grants/${grant.id}`,
    );
    expect(status).toBe('active');
    await world.callers.researcher.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Done.' });
    await world.callers.admin.post(`/api/v1/service-accounts/${service.id}/enable`, {});
  });

  it('has nothing of whoever answers for it in another of their organisations', async () => {
    const elsewhere = await world.callers.admin.post<{ id: string }>('/api/v1/organisations', {
      name: 'The second employer',
      kind: 'company',
      publicAuthority: false,
    });
    await world.callers.admin.post(`/api/v1/organisations/${elsewhere.id}/memberships`, {
      issuer: world.provider.issuer,
      subject: 'researcher',
      name: 'Researcher',
      email: 'researcher@sandbox.example',
      position: 'Researcher',
      startsOn: '2026-01-01',
      endsOn: '2028-01-01',
      roles: ['researcher'],
    });
    const there = {
      ...researcher,
      memberships: [{ membershipId: '', organisationId: elsewhere.id }],
    };
    await registered(there, { roles: ['researcher'] });
    const body = { accessRequestId: world.seeded.accessRequestId };
    const issue = program.try('POST', '/api/v1/grants', body, { 'idempotency-key': randomUUID() });
    expect(await codeOf(issue)).toEqual([404, 'not_found']);
    const mine = await world.callers.researcher.get<{ items: { id: string }[] }>('/api/v1/grants');
    expect(mine.items.length).toBeGreaterThan(0);
    expect(await program.get('/api/v1/grants')).toMatchObject({ items: [] });
    for (const [method, act] of [
      ['GET', ''],
      ['POST', '/token'],
      ['POST', '/revoke'],
    ] as const) {
      const call = program.try(
        method,
        `/api/v1/grants/${mine.items[0]?.id ?? ''}${act}`,
        method === 'GET' ? undefined : { reason: 'x' },
      );
      expect(await codeOf(call)).toEqual([404, 'not_found']);
    }
  });

  it.each<[string, (service: Service) => Promise<unknown>, (service: Service) => Promise<unknown>]>(
    [
      [
        'whoever answers for it loses the role',
        () => {
          const membership = owner.memberships[0]?.membershipId ?? '';
          return world.callers.admin.try(
            'DELETE',
            `/api/v1/memberships/${membership}/roles/data_owner`,
            { reason: 'x' },
          );
        },
        () => {
          const membership = owner.memberships[0]?.membershipId ?? '';
          return world.callers.admin.post(`/api/v1/memberships/${membership}/roles`, {
            role: 'data_owner',
          });
        },
      ],
      [
        'whoever answers for it is suspended',
        () => world.callers.admin.post(`/api/v1/people/${owner.personId}/suspend`, { reason: 'x' }),
        () => world.callers.admin.post(`/api/v1/people/${owner.personId}/resume`, { reason: 'x' }),
      ],
      [
        'its organisation is suspended',
        () =>
          world.callers.admin.post(`/api/v1/organisations/${organisationOf(owner)}/suspend`, {
            reason: 'x',
          }),
        () =>
          world.callers.admin.post(`/api/v1/organisations/${organisationOf(owner)}/resume`, {
            reason: 'x',
          }),
      ],
    ],
  )('stops when %s, and does not start again by itself', async (_, stop, undo) => {
    const service = await registered(owner);
    expect((await program.try('GET', '/api/v1/datasets')).status).toBe(200);
    await stop(service);
    expect(await statusOf(service.id)).toBe('disabled');
    expect(await codeOf(program.try('GET', '/api/v1/datasets'))).toEqual([
      403,
      'service_not_registered',
    ]);
    await undo(service);
    expect(await codeOf(program.try('GET', '/api/v1/datasets'))).toEqual([
      403,
      'service_not_registered',
    ]);
    await world.callers.admin.post(`/api/v1/service-accounts/${service.id}/enable`, {});
    expect((await program.try('GET', '/api/v1/datasets')).status).toBe(200);
  });

  it('is off by the date alone, when the last day of the role is over (R3.25)', async () => {
    await registered(owner);
    const membership = owner.memberships[0]?.membershipId ?? '';
    await world.db.dataSource.query(
      `UPDATE membership_role SET starts_on = '2026-01-01', ends_on = '2026-01-02'
       WHERE membership_id = $1 AND role = 'data_owner' AND ended_at IS NULL`,
      [membership],
    );
    const answer = await codeOf(program.try('GET', '/api/v1/datasets'));
    await world.db.dataSource.query(
      `UPDATE membership_role SET ends_on = NULL WHERE membership_id = $1`,
      [membership],
    );
    expect(answer).toEqual([403, 'service_not_registered']);
  });

  it.each<[string, (me: { owner: Me; researcher: Me }) => object, string]>([
    ['of another provider', () => ({ issuer: 'https://id.elsewhere.example' }), '/issuer'],
    ['that people sign in through', () => ({ clientId: 'concordat' }), '/clientId'],
    [
      'with the name that people’s tokens have',
      () => ({ clientId: 'concordat-person' }),
      '/clientId',
    ],
    ['with a role of people', () => ({ roles: ['signatory'] }), '/roles'],
    [
      'that somebody elsewhere answers for',
      (me) => ({ accountablePersonId: me.researcher.personId }),
      '/accountablePersonId',
    ],
    [
      'with a role that nobody answers for',
      () => ({ roles: ['researcher'] }),
      '/accountablePersonId',
    ],
    [
      'that nobody answers for',
      () => ({ accountablePersonId: randomUUID() }),
      '/accountablePersonId',
    ],
    ['without a name', () => ({ name: ' ' }), '/name'],
    ['with a key', () => ({ jwk: {} }), '/jwk'],
  ])('is not registered: one %s', async (_, changes, pointer) => {
    await world.db.dataSource.query(`UPDATE service_account SET status = 'ended'`);
    const answer = await tryRegister(owner, changes({ owner, researcher }), world.callers.owner);
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer })],
    ]);
  });

  it('is one organisation’s at a time, and nobody else’s to see or to stop', async () => {
    const service = await registered(owner);
    const twin = await tryRegister(researcher, { roles: ['researcher'] });
    expect([twin.status, twin.body['code']]).toEqual([409, 'conflict']);
    expect(await codeOf(world.outsider.try('GET', pathOf(owner)))).toEqual([404, 'not_found']);
    for (const act of ['disable', 'enable']) {
      const call = world.outsider.try(
        'POST',
        `/api/v1/service-accounts/${service.id}/${act}`,
        act === 'enable' ? {} : { reason: 'x' },
      );
      expect(await codeOf(call)).toEqual([404, 'not_found']);
    }
    const listed = await world.callers.dpo.get<{ items: Service[] }>(pathOf(owner));
    expect(listed.items.map(({ id }) => id)).toContain(service.id);
    await world.callers.owner.try('DELETE', `/api/v1/service-accounts/${service.id}`, {
      reason: 'Replaced.',
    });
    expect(await statusOf(service.id)).toBe('ended');
    const again = world.callers.owner.try(
      'POST',
      `/api/v1/service-accounts/${service.id}/enable`,
      {},
    );
    expect(await codeOf(again)).toEqual([409, 'transition_not_allowed']);
  });

  it('is not a person whose subject is the client’s name', async () => {
    await registered(owner);
    const token = await world.provider.issueAccessToken('owner');
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    expect(claims['sub']).not.toBe(claims['client_id']);
    expect((await world.callers.owner.get<Me>('/api/v1/me')).personId).toBe(owner.personId);
  });
});
