import { randomBytes } from 'node:crypto';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import { until } from '../../../test/support/policy-node.js';
import type { Config } from '../../config/config.js';
import { EgressGuard } from './egress-guard.js';
import { StoreBreakers } from './store-breakers.js';
import { StoreClient } from './store-client.js';

const CONNECTIONS = 256;

describe('the client of a store', () => {
  let store: FaultyStore;
  let client: StoreClient;
  let guard: EgressGuard;

  beforeAll(async () => {
    store = await startFaultyStore({ 'big.bin': randomBytes(256 * 1024) });
    const config = {
      environment: 'test',
      storeEndpointHosts: ['127.0.0.1'],
      egressAllowCidrs: ['127.0.0.0/8'],
    } as unknown as Config;
    guard = new EgressGuard(config);
    client = new StoreClient(guard);
  });
  afterAll(async () => {
    client.onApplicationShutdown();
    await store.close();
  });

  it('lists while every connection of its streams waits for readers', async () => {
    const reads = Array.from({ length: CONNECTIONS }, () =>
      client.get(store.location, { key: 'big.bin' }),
    );
    const answers = await Promise.all(reads);
    expect((await client.list(store.location, '')).objects).toHaveLength(1);
    answers.forEach(({ body }) => {
      body.destroy();
    });
  });

  it('gives a list up when it is no longer wanted', async () => {
    store.faults = { delayMs: 3_600_000 };
    const list = client.list(store.location, '', { signal: AbortSignal.timeout(50) });
    await expect(list).rejects.toMatchObject({ name: 'AbortError' });
  });

  describe('with a breaker', () => {
    let guarded: StoreClient;
    beforeEach(() => {
      store.faults = {};
      guarded = new StoreClient(guard, new StoreBreakers());
    });
    afterEach(() => {
      guarded.onApplicationShutdown();
    });
    const list = (): Promise<unknown> =>
      guarded.list(store.location, '').catch((error: unknown) => error);

    it('tries again by itself where the store stumbles', async () => {
      store.faults = { status: 500 };
      const before = store.requests.length;
      const listing = list();
      await until(() => store.requests.length > before);
      store.faults = {};
      expect(await listing).toMatchObject({ objects: [expect.anything()] });
    });

    it('asks a store that fails again and again no more, and says so at once', async () => {
      store.faults = { status: 500 };
      for (let call = 0; call < 5; call += 1) {
        expect(await list()).toMatchObject({ code: 'store_failed' });
      }
      const asked = store.requests.length;
      store.faults = {};
      expect(await list()).toMatchObject({ code: 'store_unreachable' });
      expect(store.requests.length).toBe(asked);
    }, 30_000);

    it('goes on asking one that refuses', async () => {
      store.faults = { status: 403 };
      for (let call = 0; call < 8; call += 1) {
        expect(await list()).toMatchObject({ code: 'store_failed' });
      }
    });
  });
});
