import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import {
  ConditionsIgnored,
  proveConditions,
} from '../../src/platform/object-folder/prove-conditions.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { storeFolder } from '../support/store-folder.js';
import { describeObjectFolder } from './object-folder.conformance.js';

const SERVED_AS = { contentType: 'text/plain', cacheControl: 'max-age=2' };
const of = (text: string): Buffer => Buffer.from(text);

describe('a bucket keeps objects', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'concordat-bucket-'));
  let server: S3Server;
  let location: StoreLocation;
  let round = 0;

  beforeAll(async () => {
    const credentials = { accessKeyId: 'LOGKEY', secretAccessKey: 'log-secret' };
    server = await startS3Server({
      dataDir,
      port: 0,
      region: 'eu-west-2',
      buckets: ['log'],
      credentials: [credentials],
    });
    location = {
      endpoint: server.endpoint,
      publicEndpoint: server.endpoint,
      region: 'eu-west-2',
      bucket: 'log',
      addressing: 'path',
      ...credentials,
    };
  });
  beforeEach(() => {
    round += 1;
  });
  afterAll(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true });
  });

  describeObjectFolder(() => storeFolder(location, `round-${String(round)}/`));
});

describe('a bucket whose store is not well', () => {
  let store: FaultyStore;

  beforeEach(async () => {
    store = await startFaultyStore();
  });
  afterEach(() => store.close());

  it('has stored what it stored, also when the answer was lost', async () => {
    const folder = storeFolder(store.location);
    store.faults = { losesPutAnswers: 1 };
    expect(await folder.create('tile', of('one'), SERVED_AS)).toBe(true);
    const { version } = (await folder.read('tile')) ?? {};
    store.faults = { losesPutAnswers: 1 };
    expect(await folder.replace('tile', of('two'), version, SERVED_AS)).toBe(true);
    expect(await folder.replace('tile', of('three'), version, SERVED_AS)).toBe(false);
  });

  it.each([
    ['answers with an error', { status: 503 }, 'store_failed'],
    ['refuses the key', { status: 403 }, 'store_failed'],
    ['does not answer', { isDown: true }, 'store_unreachable'],
    ['breaks off', { dropsAfterBytes: 2 }, 'store_unreachable'],
  ])('throws what says so when it %s', async (_what, faults, code) => {
    store.objects.set('log/tile', of('bytes'));
    store.faults = faults;
    await expect(storeFolder(store.location).read('tile')).rejects.toMatchObject({ code });
  });

  it('is no place for the log where the broker may not connect to', () => {
    expect(() => storeFolder(store.location, 'log/', { egressAllowCidrs: [] })).toThrow(
      "The host of the log's bucket is not a public address",
    );
  });

  it('is not asked where a name leads to an address that is not public', async () => {
    const { port } = new URL(store.endpoint);
    const location = { ...store.location, endpoint: `http://localhost:${port}` };
    const folder = storeFolder(location, 'log/', { egressAllowCidrs: [] });
    await expect(folder.read('tile')).rejects.toMatchObject({ code: 'store_unreachable' });
    expect(store.requests).toEqual([]);
  });

  it.each([
    ['if-none-match', 'creates what is there already'],
    ['if-match', 'lets several replace one version'],
  ] as const)('cannot keep the log when it ignores %s', async (ignoresPutConditions, what) => {
    store.faults = { ignoresPutConditions };
    await expect(proveConditions(storeFolder(store.location), 'LOG_TILES')).rejects.toEqual(
      new ConditionsIgnored('LOG_TILES', what),
    );
  });
});
