import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { keys as keysCommand } from '../../src/cli/keys.js';
import { Config } from '../../src/config/config.js';
import { KeyRotation } from '../../src/platform/signing/key-rotation.service.js';
import { Signing } from '../../src/platform/signing/signing.service.js';
import { deliveryWorld, type DeliveryWorld, type HeldGrant } from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { logTap } from '../support/log-tap.js';
import { until } from '../support/policy-node.js';

const BODY = Buffer.from('time,count\n08:00,12\n');
const PAYLOAD = Buffer.from('{}');

describe('a key of the broker that cannot be opened', () => {
  const tap = logTap();
  let store: FaultyStore;
  let world: DeliveryWorld;
  let grant: HeldGrant;
  let superuser: pg.Client;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location, {}, tap);
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
  const read = async (url: string, { token }: HeldGrant): Promise<number> => {
    const answer = await fetch(`${url}${grant.path}/counts.csv`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const published = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${world.nodes[0].url}/.well-known/jwks.json`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  const stored = async (): Promise<readonly { kid: string; purpose: string; state: string }[]> =>
    (
      await superuser.query<{ kid: string; purpose: string; state: string }>(
        'SELECT kid, purpose, state FROM signing_key ORDER BY created_at, kid',
      )
    ).rows;
  const created = async (): Promise<number> =>
    (await superuser.query(`SELECT FROM audit_event WHERE type = 'key.created'`)).rowCount ?? 0;
  const age = (state: string, interval: string): Promise<unknown> =>
    superuser.query(
      `UPDATE signing_key SET since = since - interval '${interval}' WHERE state = '${state}'`,
    );
  const foreignKek = (): Config =>
    Object.freeze({ ...world.nodes[0].app.get<Config>(Config), kek: randomBytes(32) });
  /** What `concordat keys` prints, run with a KEK that is not the broker's. */
  const command = async (...args: string[]): Promise<string> => {
    const { stdout } = process;
    const written: string[] = [];
    const write = stdout.write.bind(stdout);
    stdout.write = (text) => written.push(String(text)) > 0;
    try {
      await keysCommand(args, foreignKek);
    } finally {
      stdout.write = write;
    }
    return written.join('');
  };

  it('since the KEK is another: the node does not start, and makes no key though one is due', async () => {
    await age('active', '89 days');
    const [before, events] = [await stored(), await created()];
    await expect(world.addNode({ kek: randomBytes(32) })).rejects.toMatchObject({
      code: 'signing_unavailable',
    });
    expect([await stored(), await created()]).toEqual([before, events]);
  });

  it('of one purpose: the other goes on, and a compromised key is still forgotten', async () => {
    await rotation().rotate('signoff');
    const broken = (await stored()).find(
      (key) => key.purpose === 'signoff' && key.state === 'next',
    );
    const { kid = '' } = broken ?? {};
    await superuser.query(`UPDATE signing_key SET wrapped = '\\x00' WHERE kid = $1`, [kid]);
    await age('next', '1 day');
    const stolen = await world.tokenFor(grant.id);
    await rotation().turn();
    const signing = world.nodes[0].app.get(Signing, { strict: false });
    await until(() =>
      signing.sign('signoff', 'x', PAYLOAD).then(
        () => false,
        (error: unknown) => (error as { code?: unknown }).code === 'signing_unavailable',
      ),
    );
    const lines = tap.text().split('\n');
    const line = lines.find((each) => each.includes('signing_key_unopened'));
    expect(line).toContain(kid);
    const { url } = await world.addNode({});
    for (const each of [world.nodes[0].url, world.nodes[1].url, url]) {
      expect(await read(each, stolen)).toBe(200);
    }
    await rotation().compromise(kidOf(stolen));
    await until(async () => {
      const statuses = [world.nodes[0].url, world.nodes[1].url, url].map((each) =>
        read(each, stolen),
      );
      return (await Promise.all(statuses)).every((status) => status === 401);
    });
    expect(await published()).not.toContain(kidOf(stolen));
    expect(kidOf(await world.tokenFor(grant.id))).not.toBe(kidOf(stolen));
  });

  it('is listed by the command line all the same, which changes nothing', async () => {
    await age('active', '89 days');
    const [before, events] = [await stored(), await created()];
    const text = await command('list');
    for (const { kid, state } of before) {
      expect(text).toMatch(new RegExp(`${state} .*${kid}`));
    }
    expect([await stored(), await created()]).toEqual([before, events]);
    await expect(command('rotate', 'token')).rejects.toMatchObject({ code: 'signing_unavailable' });
    expect(await stored()).toEqual(before);
    // The broker's own nodes make what is due.
    expect(await rotation().turn()).toBe(true);
    expect(await stored()).toHaveLength(before.length + 1);
  });

  it('is taken back by the command line, which leaves its successor to the broker', async () => {
    const held = await world.tokenFor(grant.id);
    await superuser.query(`DELETE FROM signing_key WHERE state = 'next'`);
    await command('compromise', kidOf(held));
    const states = async (): Promise<readonly string[]> =>
      (await stored()).filter(({ purpose }) => purpose === 'token').map(({ state }) => state);
    expect(await states()).not.toContain('active');
    await until(async () => (await read(world.nodes[0].url, held)) === 401);
    await expect(world.tokenFor(grant.id)).rejects.toMatchObject({ code: 'signing_unavailable' });
    expect(await rotation().turn()).toBe(true);
    await until(() =>
      world.tokenFor(grant.id).then(
        (fresh) => kidOf(fresh) !== kidOf(held),
        () => false,
      ),
    );
  });
});
