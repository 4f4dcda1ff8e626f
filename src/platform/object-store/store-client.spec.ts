import { randomBytes } from 'node:crypto';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import type { Config } from '../../config/config.js';
import { EgressGuard } from './egress-guard.js';
import { StoreClient } from './store-client.js';

const CONNECTIONS = 256;

describe('the client of a store', () => {
  let store: FaultyStore;
  let client: StoreClient;

  beforeAll(async () => {
    store = await startFaultyStore({ 'big.bin': randomBytes(256 * 1024) });
    const config = {
      environment: 'test',
      storeEndpointHosts: ['127.0.0.1'],
      egressAllowCidrs: ['127.0.0.0/8'],
    } as unknown as Config;
    client = new StoreClient(new EgressGuard(config));
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
});
