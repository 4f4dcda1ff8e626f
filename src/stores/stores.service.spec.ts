import { inspect } from 'node:util';
import { asDeputy, DELEGATION, delegationIn } from '../../test/support/deputies.js';
import { until } from '../../test/support/policy-node.js';
import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import {
  OWNER,
  PARTNER,
  STRANGER,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../test/support/data-world.js';
import {
  startFaultyStore,
  type FaultyStore,
  type StoreFaults,
} from '../../test/support/faulty-store.js';
import { StoreLocations } from './store-locations.service.js';
import { StoreProbing } from './store-probing.service.js';
import { StoreRegistration } from './store-registration.service.js';
import { StoreRotation } from './store-rotation.service.js';
import type { StoreView } from './store.view.js';
import { StoresService } from './stores.service.js';

const SECRET = 'a-secret-nobody-may-see';

describe('partner stores', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let registration: StoreRegistration;
  let stores: StoresService;
  let probing: StoreProbing;
  let locations: StoreLocations;
  let rotation: StoreRotation;
  let names = 0;

  beforeAll(async () => {
    world = await dataWorld();
    store = await startFaultyStore({ 'data/one.csv': 'a,b\n1,2\n', 'data/two.csv': 'a,b\n3,4\n' });
    registration = world.app.get(StoreRegistration);
    stores = world.app.get(StoresService);
    probing = world.app.get(StoreProbing);
    locations = world.app.get(StoreLocations);
    rotation = world.app.get(StoreRotation);
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  beforeEach(() => {
    store.faults = {};
    world.grants.applied.length = 0;
    world.grants.failsWith = undefined;
  });

  const owner = () => world.as(OWNER);
  const register = (): Promise<StoreView> =>
    registration.register(
      owner(),
      aStore(store.location, { name: `Store ${String((names += 1))}` }),
    );
  const readyStore = async (): Promise<StoreView> => {
    const { id } = await register();
    await probing.probe(owner(), id);
    return stores.get(owner(), id);
  };
  const failed = (checks: readonly ProbeCheck[]): readonly string[] =>
    checks.filter(({ result }) => result === 'fail').map(({ name }) => name);

  it('R3.24: a deputy’s probe names the delegation, whether the store passes or is suspended', async () => {
    const deputy = asDeputy(owner(), 'data_owner', ['researcher']);
    const { id } = await register();
    await probing.probe(deputy, id);
    expect(await delegationIn(world.database, 'store.probe-passed')).toBe(DELEGATION);
    store.faults = { acceptsUnsigned: true };
    await probing.probe(deputy, id);
    expect(await delegationIn(world.database, 'store.probe-failed')).toBe(DELEGATION);
    expect(await delegationIn(world.database, 'store.suspended')).toBe(DELEGATION);
  });

  describe('registering', () => {
    it('answers a view without a secret, and keeps the secret sealed', async () => {
      const view = await registration.register(
        owner(),
        aStore(store.location, {
          name: 'Sealed',
          credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET },
        }),
      );
      expect(view).toMatchObject({ name: 'Sealed', status: 'registered', probe: null });
      expect(JSON.stringify(view)).not.toMatch(/AKIDEXAMPLE|a-secret/);
      const rows = await world.database.manager.query<{ text: string; credentials: Buffer }[]>(
        `SELECT s::text AS text, credentials FROM partner_store s WHERE id = $1`,
        [view.id],
      );
      expect(rows[0]?.text).not.toMatch(/AKIDEXAMPLE|a-secret/);
      expect(rows[0]?.credentials.includes(SECRET)).toBe(false);
      expect(await world.eventsOf(view.id)).toEqual(['store.registered']);
      expect(await locations.locationOf(view.id)).toMatchObject({ secretAccessKey: SECRET });
    });

    it('answers the same for the same Idempotency-Key, and refuses another body under it', async () => {
      const dto = aStore(store.location, { name: 'Once' });
      const first = await registration.register(owner(), dto, 'key-1');
      expect(await registration.register(owner(), dto, 'key-1')).toEqual(first);
      const other = { ...dto, credentials: { ...dto.credentials, secretAccessKey: 'another-one' } };
      await expect(registration.register(owner(), other, 'key-1')).rejects.toMatchObject({
        code: 'idempotency_mismatch',
      });
    });

    it('refuses a name that another store of the organisation has, also in a race', async () => {
      const dto = aStore(store.location, { name: 'Twin' });
      const results = await Promise.allSettled([
        registration.register(owner(), dto),
        registration.register(owner(), dto),
      ]);
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({
        reason: { code: 'conflict', fields: { errors: [{ pointer: '/name' }] } },
      });
    });

    it.each([
      ['/endpoint', { endpoint: 'http://10.0.0.1:9000' }],
      ['/endpoint', { endpoint: 'http://127.0.0.1:9000/path' }],
      ['/endpoint', { endpoint: 'http://user:pw@127.0.0.1:9000' }],
      ['/publicEndpoint', { publicEndpoint: 'http://elsewhere.example' }],
      ['/sts/endpoint', { sts: { endpoint: 'http://169.254.169.254', roleArn: 'arn:x' } }],
    ])('refuses a bad location naming %s', async (pointer, changes) => {
      await expect(
        registration.register(owner(), aStore(store.location, { name: 'Bad', ...changes })),
      ).rejects.toMatchObject({ code: 'endpoint_refused', fields: { errors: [{ pointer }] } });
    });

    it('is for data owners of the organisation only', async () => {
      const dto = aStore(store.location);
      await expect(registration.register(world.as(STRANGER), dto)).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(registration.register(world.as(OWNER, 'dpo'), dto)).rejects.toMatchObject({
        code: 'operation_denied',
      });
    });
  });

  it('law 3: to another organisation a store is as absent as one that is not there', async () => {
    const { id } = await register();
    const stranger = world.as(STRANGER);
    const acts = [
      stores.get(stranger, id),
      stores.suspend(stranger, id, 'because'),
      stores.retire(stranger, id),
      probing.probe(stranger, id),
      stores.get(stranger, STRANGER),
    ];
    for (const act of acts) {
      await expect(act).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await stores.list(world.as(PARTNER), null, 10)).toEqual([]);
  });

  it('lists page by page, newest first', async () => {
    // Ids of one millisecond have no order.
    world.clock.add(1);
    const first = await register();
    world.clock.add(1);
    const ids = [first.id, (await register()).id];
    const [newest] = await stores.list(owner(), null, 1);
    const [next] = await stores.list(owner(), newest?.id ?? null, 1);
    expect([next?.id, newest?.id].sort()).toEqual(ids.sort());
  });

  describe('probing', () => {
    it('makes a strict store ready', async () => {
      const { id } = await register();
      const { checks, passed } = await probing.probe(owner(), id);
      expect({ passed, failed: failed(checks) }).toEqual({ passed: true, failed: [] });
      expect(await stores.get(owner(), id)).toMatchObject({ status: 'ready', probe: { passed } });
      expect(await world.eventsOf(id)).toEqual(['store.probe-passed', 'store.registered']);
    });

    it.each<[StoreFaults, string]>([
      [{ acceptsUnsigned: true }, 'anonymous_refused'],
      [{ acceptsExpired: true }, 'expired_url_refused'],
      [{ acceptsForged: true }, 'forged_signature_refused'],
      [{ acceptsForged: true }, 'altered_key_refused'],
    ])(
      'GD-24: a ready store with %j fails %s, is suspended and loses its grants',
      async (faults, check) => {
        const { id } = await readyStore();
        store.faults = faults;
        const { checks, passed } = await probing.probe(owner(), id);
        expect(passed).toBe(false);
        expect(failed(checks)).toContain(check);
        expect(await stores.get(owner(), id)).toMatchObject({ status: 'suspended' });
        expect(world.grants.applied).toEqual([{ code: 'store_suspended', storeId: id }]);
        expect(await world.eventsOf(id)).toContain('store.suspended');
      },
    );

    it('GD-24: a new store that accepts unsigned requests never becomes ready', async () => {
      const { id } = await register();
      store.faults = { acceptsUnsigned: true };
      await probing.probe(owner(), id);
      expect(await stores.get(owner(), id)).toMatchObject({
        status: 'registered',
        probe: { passed: false },
      });
    });

    it.each<[string, StoreFaults, string]>([
      ['ignores ranges', { ignoresRange: true }, 'get_range'],
      ['ignores If-Match', { ignoresIfMatch: true }, 'get_if_match'],
      ['repeats pages', { repeatsPages: true }, 'list_paging'],
      ['has a wrong clock', { clockOffsetSeconds: 300 }, 'clock_offset'],
      ['is down', { isDown: true }, 'list'],
      ['drops connections half-way', { dropsAfterBytes: 0 }, 'get_range'],
    ])('a ready store that %s fails without being suspended', async (_what, faults, check) => {
      const { id } = await readyStore();
      store.faults = faults;
      const { checks, passed } = await probing.probe(owner(), id);
      expect(passed).toBe(false);
      expect(failed(checks)).toContain(check);
      expect(await stores.get(owner(), id)).toMatchObject({ status: 'ready' });
      expect(world.grants.applied).toEqual([]);
    });

    it('a slow store passes', async () => {
      store.faults = { delayMs: 50 };
      expect((await readyStore()).status).toBe('ready');
    });

    it('says nothing of where the store is', async () => {
      const { id } = await register();
      store.faults = { isDown: true };
      const { checks } = await probing.probe(owner(), id);
      expect(JSON.stringify(checks)).not.toMatch(/127\.0\.0\.1|partner|FAULTYKEY/);
    });

    it('refuses a result about a store that was changed meanwhile', async () => {
      const { id } = await register();
      store.faults = { delayMs: 100 };
      const before = store.requests.length;
      const probe = probing.probe(owner(), id);
      await until(() => store.requests.length > before);
      await world.database.manager.query(
        'UPDATE partner_store SET credential_version = 2 WHERE id = $1',
        [id],
      );
      await expect(probe).rejects.toMatchObject({ code: 'precondition_failed' });
    });

    it('repeats passed probes before they are too old, failed ones sooner, and no others', async () => {
      const { id } = await readyStore();
      const isDueNow = async (): Promise<boolean> => {
        const before = await stores.get(owner(), id);
        await probing.probeDue();
        const after = await stores.get(owner(), id);
        return before.probe?.ranAt !== after.probe?.ranAt;
      };
      expect(await isDueNow()).toBe(false);
      world.clock.add(21 * 3_600_000);
      store.faults = { isDown: true };
      expect(await isDueNow()).toBe(true);
      world.clock.add(10 * 60_000);
      expect(await isDueNow()).toBe(false);
      world.clock.add(10 * 60_000);
      expect(await isDueNow()).toBe(true);
      const rows = await world.database.manager.query<{ outcome: string; person_ids: string[] }[]>(
        `SELECT person_ids FROM audit_event WHERE target_id = $1 AND type = 'store.probe-failed'`,
        [id],
      );
      expect(rows.map((row) => row.person_ids)).toEqual([[], []]);
      world.clock.add(-(21 * 3_600_000 + 20 * 60_000));
    }, 60_000);
  });

  describe('stopping', () => {
    it('suspends with its grants in one transaction, or not at all (law 1)', async () => {
      const { id } = await readyStore();
      world.grants.failsWith = new Error('a failing handler');
      await expect(stores.suspend(owner(), id, 'Leak')).rejects.toThrow('a failing handler');
      expect(await stores.get(owner(), id)).toMatchObject({ status: 'ready' });
      expect(await world.eventsOf(id)).not.toContain('store.suspended');
      world.grants.failsWith = undefined;
      expect(await stores.suspend(owner(), id, 'Leak')).toMatchObject({ status: 'suspended' });
      expect(world.grants.applied).toEqual([{ code: 'store_suspended', storeId: id }]);
    });

    it('lets an ig_officer suspend, and a signatory not', async () => {
      const { id } = await readyStore();
      await expect(stores.suspend(world.as(OWNER, 'signatory'), id, 'no')).rejects.toMatchObject({
        code: 'operation_denied',
      });
      expect(await stores.suspend(world.as(OWNER, 'ig_officer'), id, 'yes')).toMatchObject({
        status: 'suspended',
      });
    });

    it('resumes only a store whose last probe passed', async () => {
      const { id } = await readyStore();
      store.faults = { acceptsUnsigned: true };
      await probing.probe(owner(), id);
      await expect(stores.resume(owner(), id, 'Fixed')).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      store.faults = {};
      await probing.probe(owner(), id);
      expect(await stores.get(owner(), id)).toMatchObject({ status: 'suspended' });
      expect(await stores.resume(owner(), id, 'Fixed')).toMatchObject({ status: 'ready' });
    });

    it('retires for good: no location, no probe, no rotation, and the credentials are gone', async () => {
      const { id } = await readyStore();
      expect(await stores.retire(owner(), id)).toMatchObject({ status: 'retired' });
      await expect(locations.locationOf(id)).rejects.toMatchObject({ code: 'location_invalid' });
      await expect(probing.probe(owner(), id)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      const keys = { accessKeyId: 'NEWKEY', secretAccessKey: 'new-secret' };
      await expect(rotation.rotate(owner(), id, keys)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      const rows = await world.database.manager.query<{ left: number }[]>(
        'SELECT octet_length(credentials) AS left FROM partner_store WHERE id = $1',
        [id],
      );
      expect(rows).toEqual([{ left: 0 }]);
    });
  });

  it('rotates: the new credentials count from the next location on, as a new version', async () => {
    const { id } = await readyStore();
    const { accessKeyId, secretAccessKey } = store.location;
    const view = await rotation.rotate(owner(), id, { accessKeyId, secretAccessKey });
    expect(view.credentialVersion).toBe(2);
    expect(await locations.locationOf(id)).toMatchObject({ accessKeyId, secretAccessKey });
    expect(await world.eventsOf(id)).toContain('store.credential-rotated');
  });

  it('rotates on a probe with the new keys, whose result is the store’s from then on', async () => {
    const { id } = await readyStore();
    await stores.suspend(owner(), id, 'A leaked key.');
    world.clock.add(1_000);
    const { accessKeyId, secretAccessKey } = store.location;
    const keys = { accessKeyId, secretAccessKey };
    const { probe, oldKeyNeededUntil } = await rotation.rotate(owner(), id, keys);
    expect(probe).toMatchObject({ passed: true, ranAt: world.clock.now().toISOString() });
    expect(Date.parse(oldKeyNeededUntil ?? '') - world.clock.now().getTime()).toBe(3_600_000);
    expect(await stores.resume(owner(), id, 'A new key.')).toMatchObject({ status: 'ready' });
    const results = await stores.probes(owner(), id, null, 10);
    expect(results.map(({ passed }) => passed)).toEqual([true, true]);
    world.clock.add(-1_000);
  });

  it('does not rotate to keys that do not open the store: the old ones go on', async () => {
    const { id } = await readyStore();
    const before = await locations.locationOf(id);
    const keys = { accessKeyId: 'WRONG', secretAccessKey: 'wrong-secret' };
    await expect(rotation.rotate(owner(), id, keys)).rejects.toMatchObject({
      code: 'store_credentials_refused',
    });
    expect(await locations.locationOf(id)).toEqual(before);
    expect(await stores.get(owner(), id)).toMatchObject({ status: 'ready', credentialVersion: 1 });
    expect(await world.eventsOf(id)).not.toContain('store.credential-rotated');
  });

  it('keeps a hundred results of a store', async () => {
    const { id } = await readyStore();
    await world.database.manager.query(
      `INSERT INTO store_probe (id, store_id, ran_at, passed, checks)
       SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, now(), true, '[]'
       FROM generate_series(1, 200) n`,
      [id],
    );
    await probing.probe(owner(), id);
    expect(await stores.probes(owner(), id, null, 1_000)).toHaveLength(100);
  });

  it('shows its keys to whoever signs, and in no copy, log or JSON', async () => {
    const { id } = await readyStore();
    const location = await locations.locationOf(id);
    const { accessKeyId, secretAccessKey } = store.location;
    expect([location.accessKeyId, location.secretAccessKey]).toEqual([
      accessKeyId,
      secretAccessKey,
    ]);
    const shown = `${JSON.stringify(location)} ${inspect(location)} ${JSON.stringify({ ...location })}`;
    expect(shown).not.toContain(accessKeyId);
    expect(shown).not.toContain(secretAccessKey);
  });

  it('opens no credentials that were put in another store’s place', async () => {
    const [one, other] = [await register(), await register()];
    await world.database.manager.query(
      `UPDATE partner_store SET credentials = (SELECT credentials FROM partner_store WHERE id = $2) WHERE id = $1`,
      [one.id, other.id],
    );
    const location = await locations.locationOf(one.id);
    expect(() => location.secretAccessKey).toThrow();
  });
});

describe('partner stores in production', () => {
  let world: DataWorld;

  beforeAll(async () => {
    world = await dataWorld({
      environment: 'production',
      egressAllowCidrs: [],
      storeEndpointHosts: ['store.example', '127.0.0.1', '10.1.2.3', '[::1]', '169.254.169.254'],
    });
  });
  afterAll(() => world.close());

  it.each([
    'http://store.example',
    'https://127.0.0.1:9000',
    'https://10.1.2.3',
    'https://[::1]:9000',
    'https://169.254.169.254',
  ])('%s is refused with endpoint_refused at /endpoint', async (endpoint) => {
    const location = { endpoint, publicEndpoint: endpoint, region: 'eu-west-2', bucket: 'data' };
    const keys = { accessKeyId: 'KEY', secretAccessKey: 'some-secret' };
    await expect(
      world.app
        .get(StoreRegistration)
        .register(world.as(OWNER), aStore({ ...location, ...keys, addressing: 'path' })),
    ).rejects.toMatchObject({
      code: 'endpoint_refused',
      fields: { errors: [{ pointer: '/endpoint' }] },
    });
  });
});
