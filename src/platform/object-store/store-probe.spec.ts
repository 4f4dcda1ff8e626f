import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../kernel/clock.js';
import { EgressGuard } from './egress-guard.js';
import { StoreClient } from './store-client.js';
import { StoreProbe } from './store-probe.js';
import { StsClient } from './sts-client.js';
import { StsProbe } from './sts-probe.js';

const LOCAL = { storeEndpointHosts: ['127.0.0.1'], egressAllowCidrs: ['127.0.0.0/8'] };

describe('a probe', () => {
  let store: FaultyStore;
  const clients: StoreClient[] = [];

  beforeAll(async () => {
    store = await startFaultyStore({ 'a.csv': 'a,b\n', 'b.csv': 'a,b\n' });
  });
  afterEach(() => {
    store.faults = {};
    store.requests.length = 0;
  });
  afterAll(async () => {
    clients.forEach((client) => {
      client.onApplicationShutdown();
    });
    await store.close();
  });

  const probe = (changes: Partial<Config> = {}): StoreProbe => {
    const guard = new EgressGuard({
      environment: 'test',
      ...LOCAL,
      ...changes,
    } as unknown as Config);
    const client = new StoreClient(guard);
    clients.push(client);
    return new StoreProbe(
      client,
      guard,
      new StsProbe(client, new StsClient(guard), systemClock),
      systemClock,
    );
  };

  it.each<[string, Partial<Config>, string]>([
    ['off the list', { storeEndpointHosts: ['s3.example.org'] }, 'is not on the list'],
    ['no longer excepted', { egressAllowCidrs: [] }, 'is not a public address'],
    ['plain http in production', { environment: 'production' }, 'must use https'],
  ])('connects nowhere when the endpoint is %s', async (_, changes, reason) => {
    const { passed, checks } = await probe(changes).run(store.location, '');
    expect(passed).toBe(false);
    expect(checks).toEqual([
      { name: 'endpoint', result: 'fail', detail: expect.stringContaining(reason) as string },
    ]);
    expect(store.requests).toEqual([]);
  });

  it('reads no object whose key could not be sealed: of such a store it knows nothing bad', async () => {
    const odd = await startFaultyStore({ 'a//b.csv': 'a,b\n' });
    const { checks } = await probe().run(odd.location, '');
    await odd.close();
    const ofObjects = checks.filter(({ name }) => /^get_|_refused$/.test(name));
    expect(ofObjects.length).toBeGreaterThan(3);
    expect(new Set(ofObjects.map(({ result }) => result))).toEqual(new Set(['skip']));
  });

  it('ends at its deadline, however slowly the store answers, and proves nothing then', async () => {
    store.faults = { delayMs: 3_600_000 };
    const { passed, checks } = await probe().run(store.location, '', {
      deadline: AbortSignal.timeout(50),
    });
    expect(passed).toBe(false);
    expect(checks.find(({ name }) => name === 'list')).toMatchObject({ result: 'fail' });
  });
});
