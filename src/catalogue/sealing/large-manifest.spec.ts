import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  aDataset,
  aStore,
  dataWorld,
  OWNER,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { StoreRegistration } from '../../stores/store-registration.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import { DatasetsService } from '../datasets.service.js';
import { Sealing } from './sealing.service.js';

const OBJECTS = 100_000;
const PAGE = 1_000;

/** A store that has so many objects that only its answers do: it makes each page as it is asked for. */
function endlessStore(prefix: string): Server {
  return createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://store').searchParams;
    const start = Number(query.get('continuation-token') ?? 0);
    const next = start + PAGE;
    const contents = Array.from({ length: PAGE }, (_, at) => {
      const key = `${prefix}part-${String(start + at).padStart(6, '0')}.csv`;
      return `<Contents><Key>${key}</Key><ETag>"${String(start + at)}"</ETag><LastModified>2026-05-01T09:00:00.000Z</LastModified><Size>7</Size></Contents>`;
    });
    const more = next < OBJECTS;
    const token = more ? `<NextContinuationToken>${String(next)}</NextContinuationToken>` : '';
    response.setHeader('content-type', 'application/xml');
    response.end(
      `<ListBucketResult><IsTruncated>${String(more)}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`,
    );
  });
}

describe('a dataset of 100,000 objects', () => {
  let world: DataWorld;
  let store: Server;

  beforeAll(async () => {
    world = await dataWorld();
    store = endlessStore('many/').listen(0, '127.0.0.1');
    await new Promise((resolve) => store.once('listening', resolve));
  });
  afterAll(async () => {
    store.closeAllConnections();
    store.close();
    await world.close();
  });

  it('is sealed whole when it is published, each object once', async () => {
    const owner = world.as(OWNER);
    const endpoint = `http://127.0.0.1:${String((store.address() as AddressInfo).port)}`;
    const place = { endpoint, publicEndpoint: endpoint, region: 'eu-west-2', bucket: 'partner' };
    const keys = { accessKeyId: 'KEYOFTHESTORE', secretAccessKey: 'secret-of-the-store' };
    const location = { ...place, addressing: 'path', ...keys } as const;
    const { id: storeId } = await world.app
      .get(StoreRegistration)
      .register(owner, aStore(location));
    await world.database.manager.query(
      `UPDATE partner_store SET status = 'ready', probe_passed = true, probed_at = now() WHERE id = $1`,
      [storeId],
    );
    const id = await world.app
      .get(DatasetRegistration)
      .register(owner, aDataset({ storeId, prefix: 'many/', kind: 'files' }));
    await world.app.get(DatasetsService).publish(owner, id);

    await world.app.get(Sealing).sealDue();

    const [row] = await world.database.manager.query<{ count: number; names: number }[]>(
      `SELECT v.object_count::int AS count, (SELECT count(DISTINCT name)::int FROM manifest_entry e
         WHERE e.dataset_id = v.dataset_id AND e.version = v.version) AS names
       FROM dataset d JOIN dataset_version v ON v.dataset_id = d.id AND v.version = d.sealed_version
       WHERE d.id = $1`,
      [id],
    );
    expect(row).toEqual({ count: OBJECTS, names: OBJECTS });
  }, 60_000);
});
