import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { WorkerModule } from '../../src/app.module.js';
import { readCheckpoint } from '../../src/audit/log/checkpoint.js';
import type { FolderPlace } from '../../src/config/config.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { startFaultyStore } from '../support/faulty-store.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';
import { logTap } from '../support/log-tap.js';
import { placeIn } from '../support/store-folder.js';
import { run } from '../verify/running.js';

const LIMIT_MS = 20_000;
const SECRET = 'log-secret-9f2c41d7';

describe('a log in a bucket', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'concordat-bucket-'));
  const tap = logTap();
  let server: S3Server;
  let place: FolderPlace;
  let world: EmptyWorld;

  const startStore = (port: number): Promise<S3Server> =>
    startS3Server({
      dataDir,
      port,
      region: 'eu-west-2',
      buckets: ['city-log'],
      credentials: [{ accessKeyId: 'LOGKEY', secretAccessKey: SECRET }],
    });
  const read = (path: string): Promise<Response> => fetch(new URL(path, world.config.publicUrl));
  const published = async (): Promise<bigint> => {
    const answer = await read('/log/checkpoint');
    return answer.ok ? readCheckpoint(await answer.text()).size : 0n;
  };
  const grows = async (size: bigint): Promise<void> => {
    await waitFor('the log grows', LIMIT_MS, async () => (await published()) > size);
  };
  const act = (name: string): Promise<unknown> =>
    world.callers.admin.post('/api/v1/organisations', {
      name,
      kind: 'agency',
      publicAuthority: true,
    });

  beforeAll(async () => {
    server = await startStore(0);
    const location: StoreLocation = {
      endpoint: server.endpoint,
      publicEndpoint: server.endpoint,
      region: 'eu-west-2',
      bucket: 'city-log',
      addressing: 'path',
      accessKeyId: 'LOGKEY',
      secretAccessKey: SECRET,
    };
    place = placeIn(location, 'public/');
    const log = { origin: 'city.example/log', tiles: place };
    world = await emptyWorld({ log }, [], tap);
    await grows(0n);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await server.close();
    rmSync(dataDir, { recursive: true });
  }, 30_000);

  it('is served from the same port, verifies from outside, and lies under its prefix', async () => {
    const keys = [...server.bucket('city-log').keys('', '')].map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(['public/checkpoint', 'public/vkey']));
    expect(keys.filter((key) => !key.startsWith('public/'))).toEqual([]);
    const answer = await read(`/log/tile/entries/000.p/${String(await published())}`);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await read('/log/tile/entries/009')).status).toBe(404);
    const vkey = (await (await read('/log/vkey')).text()).trim();
    const url = new URL('/log', world.config.publicUrl).href;
    expect((await run('log', url, '--vkey', vkey)).code).toBe(0);
  });

  it('stands still while its store is away, and goes on where it was', async () => {
    const size = await published();
    const { port } = new URL(server.endpoint);
    await server.close();
    await act('Written while the store is away');
    const answer = await read('/log/checkpoint');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ type: 'urn:concordat:problem:store_unreachable' });
    await waitFor('the publisher says so', LIMIT_MS, () =>
      Promise.resolve(tap.text().includes('publisher_failed')),
    );
    server = await startStore(Number(port));
    await grows(size);
  }, 90_000);

  it('never shows its key', () => {
    expect(tap.text()).toContain('ECONNREFUSED');
    expect(tap.text().includes(SECRET)).toBe(false);
  });

  it('is not begun by a worker in a store that ignores conditions', async () => {
    const store = await startFaultyStore();
    store.faults = { ignoresPutConditions: 'if-match' };
    const logHead = placeIn(store.location, '');
    const worker = await Test.createTestingModule({
      imports: [WorkerModule.with({ ...world.workerConfig, logHead })],
    }).compile();
    try {
      await expect(worker.init()).rejects.toThrow(
        'LOG_HEAD cannot keep the log: it lets several replace one version',
      );
    } finally {
      await worker.close();
      await store.close();
    }
  }, 30_000);
});
