import { randomBytes } from 'node:crypto';
import { SEED_BYTES } from '../../src/audit/event-preparation.js';
import { LeaseRenewal } from '../../src/delivery/live/lease-renewal.js';
import { LiveStreams } from '../../src/delivery/live/live-streams.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { LiveWatch } from '../../src/delivery/live/live-watch.js';
import { STREAM_LIMITS } from '../../src/delivery/stream/stream-limits.js';
import { cuttableProxy } from '../support/cuttable-proxy.js';
import {
  deliveryWorld,
  type DeliveryNode,
  type DeliveryWorld,
  type HeldGrant,
  type SealedObject,
} from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { until } from '../support/policy-node.js';
import { asSuperuser } from '../support/superuser.js';
import { openReader } from '../support/slow-reader.js';

const MIB = 1024 * 1024;
const BIG_BYTES = 24 * MIB;
const LARGE_BYTES = 160 * MIB;
const LINES = 60_000;

const small: SealedObject = { name: 'small.csv', body: randomBytes(100_000) };
const big: SealedObject = { name: 'big.bin', body: randomBytes(BIG_BYTES), sha256: null };

describe('delivery when something is wrong', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  /** Waits as long as the running broker does. */
  let patient: DeliveryNode;

  beforeAll(async () => {
    store = await startFaultyStore();
    const limits = { storeIdleMs: 1_000, paceWindowMs: 1_500, heartbeatMs: 3_600_000 };
    world = await deliveryWorld(store.location, limits);
    patient = await world.addNode({}, STREAM_LIMITS);
    for (const { name, body } of [small, big]) {
      store.objects.set(world.prefix + name, body);
    }
  }, 60_000);
  afterEach(() => {
    store.faults = {};
  });
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  const grantOf = async (object: SealedObject): Promise<HeldGrant> =>
    world.grantOf(await world.seal([object]), { maxBytes: 4 * object.body.length });
  const get = ({ path, token }: HeldGrant, rest: string, range?: string): Promise<Response> =>
    fetch(`${world.nodes[0].url}${path}${rest}`, {
      headers: { authorization: `Bearer ${token}`, ...(range === undefined ? {} : { range }) },
    });
  const codeOf = async (answer: Response): Promise<unknown> =>
    ((await answer.json()) as { code: unknown }).code;
  /** What an event says of nobody. */
  const said = async ({ id }: HeldGrant, type: string): Promise<Record<string, unknown>> => {
    const [row] = await world.db.database.manager.query<{ body: Buffer }[]>(
      `SELECT body FROM audit_payload JOIN audit_event e ON e.id = event_id
       WHERE grant_id = $1 AND type = $2 AND subject_id = '00000000-0000-0000-0000-000000000000'`,
      [id, type],
    );
    const text = row?.body.subarray(SEED_BYTES).toString() ?? '[]';
    return Object.fromEntries(JSON.parse(text) as [string, unknown][]);
  };
  it.each([
    ['is down', { isDown: true }, 'store_unreachable'],
    ['answers 500', { status: 500 }, 'store_failed'],
    ['answers 403', { status: 403 }, 'store_failed'],
  ])('a store that %s gives 502, an event and the budget back', async (_, faults, code) => {
    const grant = await grantOf(small);
    store.faults = faults;
    const answer = await get(grant, '/small.csv');
    expect([answer.status, await codeOf(answer)]).toEqual([502, code]);
    expect(await world.endOf(grant.id)).toEqual({
      type: 'object.cut',
      bytes: 0,
      reasonCodes: ['store_failed'],
    });
    expect(await world.row(grant.id)).toMatchObject({ bytes_reserved: '0', bytes_delivered: '0' });
    store.faults = {};
    expect((await get(grant, '/small.csv')).status).toBe(200);
  });

  it('a store that drops half-way shows as a cut, counted in full', async () => {
    const grant = await grantOf(big);
    store.faults = { dropsAfterBytes: 5 * MIB };
    const reader = await openReader(world.nodes[0].url, grant, 'big.bin');
    const { received, isCut } = await reader.rest();
    expect(isCut).toBe(true);
    const cut = await world.endOf(grant.id);
    expect(cut).toMatchObject({ type: 'object.cut', reasonCodes: ['store_failed'] });
    expect(cut.bytes).toBeGreaterThanOrEqual(received);
  });

  it('a store that gives nothing for too long is cut', async () => {
    const grant = await grantOf(big);
    store.faults = { trickle: { bytes: MIB, everyMs: 2_000 } };
    const reader = await openReader(world.nodes[0].url, grant, 'big.bin');
    expect(await reader.rest()).toMatchObject({ isCut: true });
    expect(await world.endOf(grant.id)).toMatchObject({ reasonCodes: ['store_idle'] });
  });

  it('a store that is slow and steady is not', async () => {
    const grant = await grantOf(small);
    store.faults = { trickle: { bytes: 20_000, everyMs: 150 } };
    expect((await (await get(grant, '/small.csv')).arrayBuffer()).byteLength).toBe(100_000);
    expect(await world.endOf(grant.id)).toMatchObject({ type: 'object.delivered', bytes: 100_000 });
  });

  it('a reader that takes too little is cut', async () => {
    const grant = await grantOf(big);
    const reader = await openReader(world.nodes[0].url, grant, 'big.bin');
    expect(await world.endOf(grant.id)).toMatchObject({ reasonCodes: ['client_slow'] });
    expect(await reader.rest()).toMatchObject({ isCut: true });
  });

  it('a store that ignores If-Match or Range is not believed', async () => {
    const grant = await grantOf({ ...small, etag: '"of-another-day"' });
    store.faults = { ignoresIfMatch: true };
    const changed = await get(grant, '/small.csv');
    expect([changed.status, await codeOf(changed)]).toEqual([409, 'object_changed']);
    store.faults = { ignoresRange: true };
    const whole = await get(await grantOf(small), '/small.csv', 'bytes=5-9');
    expect([whole.status, await codeOf(whole)]).toEqual([502, 'store_failed']);
  });

  it('no event, no byte: a failing audit insert stops the read before the store is asked', async () => {
    const grant = await grantOf(small);
    const asked = store.requests.length;
    await asSuperuser(world.db, 'REVOKE INSERT ON audit_event FROM concordat_app');
    const answers = await Promise.all([get(grant, '/small.csv'), get(grant, '')]);
    await asSuperuser(world.db, 'GRANT INSERT ON audit_event TO concordat_app');
    for (const answer of answers) {
      expect([answer.status, await codeOf(answer)]).toEqual([503, 'audit_unavailable']);
    }
    expect(store.requests.length).toBe(asked);
    expect(await world.eventsOf(grant.id)).toEqual([]);
    expect(await world.row(grant.id)).toMatchObject({ status: 'issued', bytes_reserved: '0' });
  });

  it('a node that says nothing any more has its streams settled in full, once (GD-14)', async () => {
    const grant = await grantOf(big);
    const reader = await openReader(world.nodes[1].url, grant, 'big.bin');
    await reader.take(MIB);
    await world.move(40_000);
    await world.nodes[1].app.get(LeaseRenewal, { strict: false }).renew();
    await world.move(40_000);
    await world.settleLost();
    expect(await world.eventsOf(grant.id)).toMatchObject([
      { type: 'grant.activated' },
      { type: 'object.opened' },
    ]);
    await world.move(21_000);
    await world.settleLost();
    reader.leave();
    await world.nodes[1].app.get(LiveStreams, { strict: false }).drained();
    expect(await world.eventsOf(grant.id)).toEqual([
      { type: 'grant.activated', bytes: null, reasonCodes: [] },
      { type: 'object.cut', bytes: BIG_BYTES, reasonCodes: ['node_lost'] },
      { type: 'object.opened', bytes: BIG_BYTES, reasonCodes: [] },
    ]);
    expect(await world.row(grant.id)).toMatchObject({
      bytes_reserved: '0',
      bytes_delivered: String(BIG_BYTES),
    });
  });

  it.each([
    ['that can be read', false],
    ['that nobody can read any more', true],
  ])('the end of a lost stream of a grant %s says what its beginning said', async (_, isLost) => {
    const grant = await grantOf(big);
    const reader = await openReader(world.nodes[1].url, grant, 'big.bin', { range: 'bytes=5-' });
    await reader.take(MIB);
    if (isLost) {
      await asSuperuser(
        world.db,
        `UPDATE grants SET dataset_version = NULL WHERE id = '${grant.id}'`,
      );
    }
    await world.move(61_000);
    await world.settleLost();
    reader.leave();
    await world.nodes[1].app.get(LiveStreams, { strict: false }).drained();
    const [opened, cut] = [await said(grant, 'object.opened'), await said(grant, 'object.cut')];
    const common = ['grantId', 'objectId', 'range', 'decisionId'];
    expect(common.map((name) => cut[name])).toEqual(common.map((name) => opened[name]));
    expect(cut).toMatchObject({
      range: `5-${String(BIG_BYTES - 1)}`,
      decisionId: expect.any(String) as string,
      reasonCodes: ['node_lost'],
    });
  });

  it('a node that reaches no database for five seconds cuts everything, and writes it later', async () => {
    const proxy = await cuttableProxy(new URL(world.db.url));
    const databaseUrl = new URL(world.db.url);
    databaseUrl.port = String(proxy.port);
    const node = await world.addNode({ databaseUrl: databaseUrl.href });
    const watch = node.app.get(LiveWatch, { strict: false });
    const grant = await grantOf(big);
    const reader = await openReader(node.url, grant, 'big.bin');
    await reader.take(MIB);
    proxy.cut();
    await watch.check();
    // One heartbeat less: the beat after this one must find that five seconds are over.
    world.clock.add(4_000);
    watch.beat();
    expect(reader.response.destroyed).toBe(false);
    world.clock.add(1);
    watch.beat();
    proxy.restore();
    expect(await reader.rest()).toMatchObject({ isCut: true });
    expect(await world.endOf(grant.id)).toMatchObject({ reasonCodes: ['database_lost'] });
    await proxy.close();
    // For the patient node too five seconds have passed without a word of policy.
    await patient.app.get(PolicyService, { strict: false }).catchUp();
  });

  it('a reader that stalls holds the store up, not the broker’s memory (GD-15)', async () => {
    const large = { name: 'large.bin', body: Buffer.alloc(LARGE_BYTES, 7), sha256: null };
    store.objects.set(world.prefix + large.name, large.body);
    const grant = await grantOf(large);
    // The clock has leapt in the tests before; to the node that looks like a database that said nothing.
    await patient.app.get(LiveWatch, { strict: false }).check();
    const before = process.memoryUsage.rss();
    const reader = await openReader(patient.url, grant, large.name);
    await reader.take(MIB);
    expect((await settledMemory()) - before).toBeLessThan(64 * MIB);
    reader.leave();
    expect((await world.endOf(grant.id)).bytes).toBeLessThan(32 * MIB);
    store.objects.delete(world.prefix + large.name);
  });

  it('a reader that stalls within a long list does not make the broker read it all', async () => {
    const version = await world.seal([]);
    await asSuperuser(
      world.db,
      `INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified)
       SELECT dataset_id, version, repeat('long/', 180) || i, i, md5(i::text), now()
       FROM dataset_version, generate_series(1, ${String(LINES)}) i WHERE version = '${version}'`,
    );
    const grant = await world.grantOf(version);
    const before = process.memoryUsage.rss();
    const reader = await openReader(patient.url, grant, '', { accept: 'application/x-ndjson' });
    await reader.take(MIB);
    expect((await settledMemory()) - before).toBeLessThan(64 * MIB);
    reader.leave();
  });
});

const STILL_POLLS = 25;

/** @returns the memory of this process, once it has stopped growing. */
async function settledMemory(): Promise<number> {
  let most = 0;
  let still = 0;
  await until(() => {
    const now = process.memoryUsage.rss();
    still = now > most ? 0 : still + 1;
    most = Math.max(most, now);
    return still >= STILL_POLLS;
  });
  return most;
}
