import {
  aStore,
  dataWorld,
  OWNER,
  STRANGER,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import type { ProbeCheck } from '../../platform/object-store/probe-check.js';
import { StoreProbing } from '../store-probing.service.js';
import { StoreRegistration } from '../store-registration.service.js';
import { StoreRotation } from '../store-rotation.service.js';
import { StoresService } from '../stores.service.js';
import { StoreAccessLogs } from './store-access-logs.service.js';

describe('the access log of a store', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let logs: StoreAccessLogs;
  let stores: StoresService;
  let names = 0;

  beforeAll(async () => {
    world = await dataWorld();
    store = await startFaultyStore({ 'data/one.csv': 'a\n', 'data/two.csv': 'b\n' });
    logs = world.app.get(StoreAccessLogs);
    stores = world.app.get(StoresService);
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  beforeEach(() => {
    store.faults = {};
    store.objects.delete('logs/1');
  });

  const owner = () => world.as(OWNER);
  const place = (prefix = 'logs/') => ({ bucket: store.location.bucket, prefix });
  const register = async (accessLog?: ReturnType<typeof place>): Promise<string> => {
    const name = `Store ${String((names += 1))}`;
    const dto = aStore(store.location, { name, ...(accessLog ? { accessLog } : {}) });
    return (await world.app.get(StoreRegistration).register(owner(), dto)).id;
  };
  const probe = async (id: string): Promise<ProbeCheck | undefined> => {
    const { checks, passed } = await world.app.get(StoreProbing).probe(owner(), id);
    expect(passed).toBe(true);
    return checks.find(({ name }) => name === 'access_log');
  };

  it('is named at registration, and shown with how far it was read', async () => {
    const id = await register(place());
    expect((await stores.get(owner(), id)).accessLog).toEqual({
      ...place(),
      readAt: null,
      newestLineAt: null,
      unreadableLines: 0,
      unreadObjects: 0,
      unmatchedReads: 0,
      lastUnmatchedAt: null,
      fault: null,
    });
    expect((await stores.list(owner(), null, 10))[0]?.accessLog).toMatchObject(place());
  });

  it('is named later, and no more: each is an event, and reading begins anew', async () => {
    const id = await register();
    expect((await stores.get(owner(), id)).accessLog).toBeNull();
    await logs.set(owner(), id, place());
    expect((await stores.get(owner(), id)).accessLog).toMatchObject(place());
    await logs.remove(owner(), id);
    expect((await stores.get(owner(), id)).accessLog).toBeNull();
    expect(await world.eventsOf(id)).toEqual([
      'store.registered',
      'store.updated',
      'store.updated',
    ]);
    const [row] = await world.database.manager.query<{ due: number }[]>(
      'SELECT read_due_at::text AS due FROM access_log WHERE store_id = $1',
      [id],
    );
    expect(row?.due).toBe('infinity');
  });

  it('is for the owner to name: for others the store is absent, for officers it is not allowed', async () => {
    const id = await register();
    await expect(logs.set(world.as(STRANGER), id, place())).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(logs.set(world.as(OWNER, 'ig_officer'), id, place())).rejects.toMatchObject({
      code: 'operation_denied',
    });
  });

  it('lies apart from the data', async () => {
    await expect(register(place(''))).rejects.toMatchObject({
      fields: { errors: [{ pointer: '/accessLog/prefix' }] },
    });
    const id = await register();
    await world.describeDataset({ storeId: id, prefix: 'data/' });
    for (const prefix of ['', 'data/', 'data/logs/', 'da']) {
      await expect(logs.set(owner(), id, place(prefix))).rejects.toMatchObject({
        code: 'input_invalid',
        fields: { errors: [{ pointer: '/prefix' }] },
      });
    }
    await logs.set(owner(), id, { ...place(''), bucket: 'another' });
  });

  it('is tried by the probe, and closes no store when it cannot be read', async () => {
    const id = await register(place());
    expect(await probe(id)).toMatchObject({
      result: 'pass',
      detail: expect.stringContaining('nothing') as string,
    });
    store.objects.set('logs/1', Buffer.from('a line\n'));
    expect(await probe(id)).toMatchObject({ result: 'pass' });
    await logs.set(owner(), id, { bucket: 'no-such-bucket', prefix: '' });
    expect(await probe(id)).toMatchObject({ result: 'fail' });
    expect((await stores.get(owner(), id)).status).toBe('ready');
    await logs.remove(owner(), id);
    expect(await probe(id)).toBeUndefined();
  });

  it('is read with new keys once there are some, and shown after', async () => {
    const id = await register(place());
    await probe(id);
    const { accessKeyId, secretAccessKey } = store.location;
    const view = await world.app
      .get(StoreRotation)
      .rotate(owner(), id, { accessKeyId, secretAccessKey });
    expect(view.accessLog).toMatchObject(place());
    expect(view.probe?.checks).toContainEqual(
      expect.objectContaining({ name: 'access_log', result: 'pass' }),
    );
  });

  it('is named of no retired store', async () => {
    const id = await register(place());
    await stores.retire(owner(), id);
    await expect(logs.set(owner(), id, place())).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
  });
});
