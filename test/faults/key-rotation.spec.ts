import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { KeyRotation } from '../../src/platform/signing/key-rotation.service.js';
import { deliveryWorld, type DeliveryWorld, type HeldGrant } from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { until } from '../support/policy-node.js';

const BODY = Buffer.from('time,count\n08:00,12\n');

describe('GD-8: the broker’s token keys', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let grant: HeldGrant;
  let superuser: pg.Client;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    store.objects.set(`${world.prefix}counts.csv`, BODY);
    grant = await world.grantOf(await world.seal([{ name: 'counts.csv', body: BODY }]));
    superuser = new pg.Client(world.db.urlFor('postgres'));
    await superuser.connect();
  }, 60_000);
  afterAll(async () => {
    await superuser.end();
    await world.close();
    await store.close();
  });

  const rotation = (): KeyRotation => world.nodes[0].app.get(KeyRotation);
  const kidOf = ({ token }: HeldGrant): string => {
    const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
    return (JSON.parse(header) as { kid: string }).kid;
  };
  const fresh = (): Promise<HeldGrant> => world.tokenFor(grant.id);
  const read = async (node: 0 | 1, { token }: HeldGrant): Promise<number> => {
    const answer = await fetch(`${world.nodes[node].url}${grant.path}/counts.csv`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const published = async (node: 0 | 1): Promise<readonly string[]> => {
    const answer = await fetch(`${world.nodes[node].url}/.well-known/jwks.json`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  /** A day goes by for the successor that waits. */
  const aDayLater = (): Promise<unknown> =>
    superuser.query(`UPDATE signing_key SET since = since - interval '1 day' WHERE state = 'next'`);

  it('change while two nodes are read from, and no request fails', async () => {
    const before = await fresh();
    const load = { isRunning: true, statuses: new Map<number, number>(), kids: new Set<string>() };
    const reader = async (node: 0 | 1): Promise<void> => {
      while (load.isRunning) {
        const held = await fresh();
        load.kids.add(kidOf(held));
        const status = await read(node, held);
        load.statuses.set(status, (load.statuses.get(status) ?? 0) + 1);
      }
    };
    const readers = [reader(0), reader(1), reader(1)];

    await rotation().rotate('token');
    await expect(rotation().rotate('token')).rejects.toMatchObject({ code: 'conflict' });
    expect(await rotation().turn()).toBe(false);
    await until(async () => (await published(1)).length === 3);
    expect(kidOf(await fresh())).toBe(kidOf(before));
    await aDayLater();
    expect(await rotation().turn()).toBe(true);
    await until(async () => kidOf(await fresh()) !== kidOf(before));
    await pause(100);
    load.isRunning = false;
    await Promise.all(readers);

    expect([...load.statuses.keys()]).toEqual([200]);
    expect(load.kids.size).toBe(2);
    expect([await read(0, before), await read(1, before)]).toEqual([200, 200]);
    expect(await published(0)).toContain(kidOf(before));
  });

  it('leave the key set an hour after they have retired', async () => {
    const { rows } = await superuser.query<{ kid: string }>(
      `UPDATE signing_key SET since = since - interval '1 hour' WHERE state = 'retired' RETURNING kid`,
    );
    const { kid = '' } = rows[0] ?? {};
    await until(async () => !(await published(0)).includes(kid));
    await until(async () => !(await published(1)).includes(kid));
  });

  it('are believed by no node once one is compromised; a refresh replaces its tokens', async () => {
    const stolen = await fresh();
    expect([await read(0, stolen), await read(1, stolen)]).toEqual([200, 200]);
    await rotation().compromise(kidOf(stolen));
    await until(async () => (await read(0, stolen)) === 401 && (await read(1, stolen)) === 401);
    expect(await published(0)).not.toContain(kidOf(stolen));
    const replaced = await fresh();
    expect(kidOf(replaced)).not.toBe(kidOf(stolen));
    expect([await read(0, replaced), await read(1, replaced)]).toEqual([200, 200]);
    await expect(rotation().compromise('unknown')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are each an event of their own', async () => {
    const { rows } = await superuser.query<{ type: string; count: number }>(
      `SELECT type, count(*)::int FROM audit_event WHERE type LIKE 'key.%' GROUP BY type ORDER BY type`,
    );
    expect(rows).toEqual([
      { type: 'key.compromised', count: 1 },
      { type: 'key.created', count: 4 },
      { type: 'key.retired', count: 1 },
      { type: 'key.rotated', count: 1 },
    ]);
  });

  it('are made once, however many replicas turn at the same time', async () => {
    await rotation().rotate('token');
    await aDayLater();
    const rotations = world.nodes.map(({ app }) => app.get(KeyRotation));
    const turns = await Promise.all(
      [...rotations, ...rotations, ...rotations].map((each) => each.turn()),
    );
    expect(turns.filter((isDone) => isDone)).toHaveLength(1);
    const { rows } = await superuser.query(
      `SELECT FROM signing_key WHERE purpose = 'token' AND state = 'active'`,
    );
    expect(rows).toHaveLength(1);
  });
});
