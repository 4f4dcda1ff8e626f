import { createHash, randomUUID } from 'node:crypto';
import { digestAtPartner } from '../../sandbox/demo/partner-file.js';
import { listObjects, type IssuedGrant, type ObjectEntry } from '../../sandbox/demo/reading.js';
import {
  approveRequest,
  submitRequest,
  OTHER_PURPOSE,
  RESEARCH_PURPOSE,
} from '../../sandbox/seed/research.js';
import { log } from '../../src/cli/log.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface EventView {
  readonly type: string;
  readonly outcome: string;
}

describe('the main job, from an empty database to a partner’s bytes', () => {
  let world: HttpWorld;
  let grant: IssuedGrant;
  let objects: readonly ObjectEntry[];

  beforeAll(async () => {
    world = await httpWorld();
    grant = await issue(world.seeded.accessRequestId);
    objects = await listObjects(world.callers.researcher, grant);
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const issue = (accessRequestId: string, key: string = randomUUID()): Promise<IssuedGrant> =>
    world.callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': key },
    );
  const read = (
    url: string,
    headers: Readonly<Record<string, string>> = {},
    method = 'GET',
  ): Promise<Response> =>
    world.callers.researcher.fetch(url, {
      method,
      headers: { authorization: `Bearer ${grant.token}`, ...headers },
    });
  const agreement = (): Promise<{ id: string; versionHash: string }> =>
    world.callers.researcher.get(`/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`);
  const approved = async (title: string): Promise<string> =>
    approveRequest(
      { callers: world.callers, today: londonDay(systemClock.now()), say: () => undefined },
      {
        projectId: world.seeded.projectId,
        datasetId: world.seeded.datasets.find((one) => one.title.startsWith(title))?.id ?? '',
        agreement: await agreement(),
        purpose: RESEARCH_PURPOSE,
      },
    );

  it('issues a grant that ends no later than what it rests on', () => {
    expect(grant).toMatchObject({ status: 'issued', delivery: 'stream' });
    expect(grant.objectsUrl).toBe(`${world.config.publicUrl}/api/v1/grants/${grant.id}/objects`);
    const days = (Date.parse(grant.expiresAt) - systemClock.now().getTime()) / 86_400_000;
    expect(days).toBeGreaterThan(59);
    expect(days).toBeLessThanOrEqual(62);
  });

  it('says how the dataset is got: here, by the grant that is held; and not where it lies (R8.7)', async () => {
    const { accessRequestId, agreements, stores } = world.seeded;
    const { datasetId } = await world.callers.researcher.get<{ datasetId: string }>(
      `/api/v1/access-requests/${accessRequestId}`,
    );
    const ways = await world.callers.researcher.get(`/api/v1/datasets/${datasetId}/access`);
    expect(ways).toMatchObject({
      shortest: 'use',
      agreements: [{ agreementId: agreements[0]?.id, standing: 'covers' }],
      requests: [{ id: accessRequestId, grantId: grant.id }],
    });
    for (const { id, bucket } of stores) {
      expect(JSON.stringify(ways)).not.toMatch(new RegExp(`${id}|${bucket}`));
    }
    const absent = '/api/v1/datasets/01990000-0000-7000-8000-00000000dead/access';
    await expect(world.callers.researcher.get(absent)).rejects.toMatchObject({ status: 404 });
  });

  it('delivers every object byte for byte as it lies at the partner', async () => {
    expect(objects.length).toBeGreaterThan(0);
    for (const { name, size, url } of objects) {
      const response = await read(url);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.status).toBe(200);
      expect(bytes.length).toBe(size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(
        await digestAtPartner(world.stores[0], `stop-search/${name}`),
      );
    }
  });

  it('answers HEAD and one range, and names nothing of the store', async () => {
    const [object] = objects as [ObjectEntry];
    const whole = Buffer.from(await (await read(object.url)).arrayBuffer());
    const head = await read(object.url, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(object.size));
    const part = await read(object.url, { range: 'bytes=10-109' });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 110));
    const text = JSON.stringify([
      ...head.headers,
      ...part.headers,
      ...objects.map((one) => one.url),
    ]);
    expect(text).not.toContain(world.stores[0].bucket);
    expect(text).not.toContain(world.stores[0].endpoint);
    expect(text.toLowerCase()).not.toContain('x-amz');
  });

  it('refuses a purpose outside the agreement, and says which attribute and which clause', async () => {
    const request = await submitRequest(
      { callers: world.callers, today: londonDay(systemClock.now()) },
      {
        projectId: world.seeded.projectId,
        datasetId: world.seeded.datasets[0]?.id ?? '',
        agreement: await agreement(),
        purpose: OTHER_PURPOSE,
      },
    );
    expect(request.status).toBe('refused');
    expect(request.decisions[0]?.reason).toContain('request.purpose');
  });

  it('refreshes a token and decides again', async () => {
    const fresh = await world.callers.researcher.post<{ token: string }>(
      `/api/v1/grants/${grant.id}/token`,
    );
    expect(fresh.token).not.toBe(grant.token);
    const [object] = objects as [ObjectEntry];
    const response = await read(object.url, { authorization: `Bearer ${fresh.token}` }, 'HEAD');
    expect(response.status).toBe(200);
  });

  it('reads nothing more once the data owner has revoked the grant', async () => {
    const other = await issue(await approved('Boundaries'));
    const [object] = await listObjects(world.callers.researcher, other);
    await world.callers.owner.post(`/api/v1/grants/${other.id}/revoke`, { reason: 'It is over.' });
    const { status, body } = await world.callers.researcher.try(
      'GET',
      object?.url ?? '',
      undefined,
      {
        authorization: `Bearer ${other.token}`,
      },
    );
    expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'grant_not_live' });
    const refresh = await world.callers.researcher.try('POST', `/api/v1/grants/${other.id}/token`);
    expect(refresh.status).toBe(403);
  });

  it('ends the grants of an agreement in the transaction that suspends it', async () => {
    const other = await issue(await approved('Hourly air quality'));
    const id = world.seeded.agreements[0]?.id ?? '';
    await world.callers.ownerSignatory.post(`/api/v1/agreements/${id}/suspend`, {
      reason: 'A complaint is being looked into.',
    });
    const { status } = await world.callers.researcher.get<{ status: string }>(
      `/api/v1/grants/${other.id}`,
    );
    expect(status).toBe('revoked');
    const refused = await world.callers.researcher.try(
      'POST',
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    expect(refused.body['code']).toBe('agreement_not_active');
  });

  it('has every step in the audit trail, readable by the officer alone', async () => {
    const { items } = await world.callers.officer.get<{ items: readonly EventView[] }>(
      '/api/v1/audit/events?pageSize=200',
    );
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'organisation.registered',
        'membership.started',
        'membership.role-added',
        'accreditation.verified',
        'training.recorded',
        'store.registered',
        'store.probe-passed',
        'dataset.published',
        'dataset.sealed',
        'agreement.drafted',
        'agreement.submitted',
        'agreement.reviewed',
        'agreement.locked',
        'agreement.signed',
        'agreement.activated',
        'policy.published',
        'agreement.suspended',
        'project.activated',
        'request.submitted',
        'request.approved',
        'request.refused',
        'grant.issued',
        'grant.activated',
        'grant.refreshed',
        'grant.refused',
        'grant.revoked',
        'object.listed',
        'object.opened',
        'object.delivered',
      ]),
    );
    const { status } = await world.callers.researcher.try('GET', '/api/v1/audit/events');
    expect(status).toBe(403);
  });

  it('says of every event what its public leaf commits to', async () => {
    expect(await log(['check'], () => world.workerConfig)).toBe(0);
  });
});
