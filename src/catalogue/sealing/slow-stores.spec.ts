import {
  OWNER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import { until } from '../../../test/support/policy-node.js';
import { StoreProbing } from '../../stores/store-probing.service.js';
import { StoreRegistration } from '../../stores/store-registration.service.js';
import { StoresService } from '../../stores/stores.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import type { OwnDatasetView } from '../dataset.view.js';
import { DatasetsService } from '../datasets.service.js';
import { Sealing } from './sealing.service.js';

const NEVER = 3_600_000;
const ATTEMPT_MS = 3_000;

describe('beside a store that never ends its answer', () => {
  let world: DataWorld;
  let slow: FaultyStore;
  let quick: FaultyStore;
  let slowId: string;
  let quickId: string;

  beforeAll(async () => {
    world = await dataWorld({}, { attemptMs: ATTEMPT_MS, atOnce: 2 });
    const objects = { 'data/a.csv': 'a,b', 'data/b.csv': 'a,b' };
    [slow, quick] = [await startFaultyStore(objects), await startFaultyStore(objects)];
    [slowId, quickId] = [await ready(slow), await ready(quick)];
  });
  afterEach(() => {
    slow.faults = {};
  });
  afterAll(async () => {
    await slow.close();
    await quick.close();
    await world.close();
  });

  const owner = () => world.as(OWNER);
  const ready = async (store: FaultyStore): Promise<string> => {
    const registration = world.app.get(StoreRegistration);
    const { id } = await registration.register(owner(), aStore(store.location));
    await world.app.get(StoreProbing).probe(owner(), id);
    return id;
  };
  const published = async (storeId: string): Promise<string> => {
    const id = await world.app.get(DatasetRegistration).register(owner(), aDataset({ storeId }));
    await world.app.get(DatasetsService).publish(owner(), id);
    return id;
  };
  const view = async (id: string): Promise<OwnDatasetView> =>
    (await world.app.get(DatasetsService).get(owner(), id)) as OwnDatasetView;
  const isSealed = async (id: string): Promise<boolean> => (await view(id)).sealedVersion !== null;

  it('others are sealed, also those published meanwhile; its attempt ends in time', async () => {
    slow.faults = { delayMs: NEVER };
    const [stuck, next] = [await published(slowId), await published(slowId)];
    const asked = slow.requests.length;
    const first = await published(quickId);
    let isOver = false;
    const sealing = world.app
      .get(Sealing)
      .sealDue()
      .finally(() => {
        isOver = true;
      });
    await until(() => isSealed(first));
    const late = await published(quickId);
    await until(() => isSealed(late));
    expect(isOver).toBe(false);
    // One attempt at a time asks the slow store.
    expect(slow.requests.length).toBe(asked + 1);
    expect(await sealing).toBe(2);
    for (const id of [stuck, next]) {
      expect(await view(id)).toMatchObject({
        sealedVersion: null,
        isSealDue: true,
        sealFault: 'The store takes too long to list its objects.',
      });
    }
  });

  it('others are probed', async () => {
    world.clock.add(21 * 3_600_000);
    const stores = world.app.get(StoresService);
    const ranAt = async (id: string): Promise<unknown> =>
      (await stores.get(owner(), id)).probe?.ranAt;
    // The slow one has waited longer, and comes first.
    await world.database.manager.query(
      `UPDATE partner_store SET probed_at = probed_at - interval '1 hour' WHERE id = $1`,
      [slowId],
    );
    const before = await ranAt(quickId);
    slow.faults = { delayMs: NEVER };
    const probing = world.app.get(StoreProbing).probeDue();
    await until(async () => (await ranAt(quickId)) !== before);
    slow.close().catch(() => undefined);
    await probing;
    expect(await stores.get(owner(), slowId)).toMatchObject({ probe: { passed: false } });
  }, 60_000);
});
