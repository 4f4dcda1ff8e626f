import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { CountedRefusals } from '../../src/identity/counted-refusals.js';
import { deliveryWorld, type DeliveryWorld, type HeldGrant } from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { openReader } from '../support/slow-reader.js';

const RECORDED = 10;
const MANY = 30;
const SIGN_INS = 5;
const file = { name: 'big.bin', body: randomBytes(24 * 1024 * 1024), sha256: null };

describe('floods', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let version: string;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location, { streamsPerGrant: 2, streamsPerPerson: 100 });
    store.objects.set(world.prefix + file.name, file.body);
    version = await world.seal([file]);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  const get = ({ path, token }: HeldGrant, rest = ''): Promise<Response> =>
    fetch(`${world.nodes[0].url}${path}${rest}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
  const statusesOf = async (send: () => Promise<Response>, times = MANY): Promise<number[]> => {
    const statuses: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const answer = await send();
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    return statuses;
  };
  const first = (status: number, times: number, total = MANY): number[] => [
    ...Array<number>(times).fill(status),
    ...Array<number>(total - times).fill(429),
  ];
  const query = async <T extends object>(sql: string): Promise<T[]> => {
    const client = new pg.Client(world.db.urlFor('postgres'));
    await client.connect();
    const { rows } = await client.query<T>(sql);
    await client.end();
    return rows;
  };
  /** What was counted of a route: how often, for each reason. */
  const counted = async (route: string, node = world.nodes[0]): Promise<object> => {
    await node.app.get(CountedRefusals, { strict: false }).flush();
    // What nobody's key encrypts, behind its seed of 32 bytes.
    const rows = await query<{ fields: string }>(
      `SELECT convert_from(substr(body, 33), 'UTF8') AS fields FROM audit_payload
       JOIN audit_event e ON e.id = event_id AND e.outcome = 'refused' AND e.person_ids = '{}'`,
    );
    return Object.fromEntries(
      rows
        .map(({ fields }) => Object.fromEntries(JSON.parse(fields) as [string, unknown][]))
        .filter((fields) => fields['route'] === route)
        .map(({ reasonCodes, count }) => [String(reasonCodes), count]),
    );
  };

  it('a grant has so many streams open; one more is told to wait, and counted', async () => {
    const grant = await world.grantOf(version);
    const readers = await Promise.all(
      [1, 2].map(() => openReader(world.nodes[0].url, grant, file.name)),
    );
    const refused = await get(grant, `/${file.name}`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await get(await world.grantOf(version), `/${file.name}`)).status).toBe(200);
    expect(await counted('GET /api/v1/grants/:id/objects/*name')).toEqual({ rate_limited: 1 });
    readers.forEach((reader) => {
      reader.leave();
    });
    await world.endOf(grant.id);
  });

  it('a revoked grant is refused by event so many times a minute, and then counted (R5.3)', async () => {
    const grant = await world.grantOf(version);
    await world.revoke(grant.id);
    expect(await statusesOf(() => get(grant))).toEqual(first(403, RECORDED));
    expect(await world.eventsOf(grant.id)).toHaveLength(RECORDED);
    const route = 'GET /api/v1/grants/:id/objects';
    expect(await counted(route)).toEqual({ rate_limited: MANY - RECORDED });
    const other = await world.grantOf(version);
    await world.revoke(other.id);
    expect((await get(other)).status).toBe(403);
  });

  it('a caller without the role is refused by event so many times a minute and route', async () => {
    const token = await world.bearer();
    const call = (path: string) => (): Promise<Response> =>
      fetch(`${world.nodes[0].url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await statusesOf(call('/api/v1/stores'))).toEqual(first(403, RECORDED));
    const events = await query(
      `SELECT FROM audit_event WHERE type = 'access.denied' AND person_ids <> '{}'`,
    );
    expect(events).toHaveLength(RECORDED);
    expect(await counted('GET /api/v1/stores')).toEqual({ rate_limited: MANY - RECORDED });
    expect(
      await statusesOf(call('/api/v1/stores/01990000-0000-7000-8000-000000000000'), 1),
    ).toEqual([403]);
  });

  it('one address starts so many sign-ins a minute, and leaves no more sessions', async () => {
    const node = await world.addNode({ signInRatePerMinute: SIGN_INS });
    const start = (): Promise<Response> =>
      fetch(`${node.url}/auth/sign-in`, { redirect: 'manual' });
    const sessions = async (): Promise<number> =>
      (await query('SELECT FROM sessions.session')).length;
    const before = await sessions();
    expect(await statusesOf(start)).toEqual(first(302, SIGN_INS));
    expect((await sessions()) - before).toBe(SIGN_INS);
    const back = (): Promise<Response> =>
      fetch(`${node.url}/auth/callback?state=x`, { redirect: 'manual' });
    expect(await statusesOf(back)).toEqual(first(401, SIGN_INS));
    const page = await fetch(`${node.url}/auth/sign-in`, { headers: { accept: 'text/html' } });
    expect([
      page.status,
      page.headers.get('content-type'),
      page.headers.get('retry-after'),
    ]).toEqual([429, 'text/html; charset=utf-8', '60']);
    expect(await counted('GET /auth/sign-in', node)).toEqual({ rate_limited: MANY - SIGN_INS + 1 });
    expect(await counted('GET /auth/callback', node)).toEqual({
      sign_in_failed: SIGN_INS,
      rate_limited: MANY - SIGN_INS,
    });
  });

  it('no URL leads to a host that has been taken off the list', async () => {
    const grant = await world.grantOf(version, { delivery: 'presign' });
    const node = await world.addNode({ storeEndpointHosts: ['s3.example.org'] });
    const answer = await fetch(`${node.url}${grant.path}/${file.name}`, {
      headers: { authorization: `Bearer ${grant.token}` },
      redirect: 'manual',
    });
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'location_invalid' }]);
    expect(await world.eventsOf(grant.id)).toEqual([]);
  });
});
