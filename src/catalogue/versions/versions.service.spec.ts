import {
  OWNER,
  PARTNER,
  STRANGER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import { id as idOf, fillManyRows, scannedBy } from '../../../test/support/many-rows.js';
import { testDatabase } from '../../../test/support/database.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { Secrets } from '../../platform/secrets/secrets.service.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { StoreProbing } from '../../stores/store-probing.service.js';
import { StoreRegistration } from '../../stores/store-registration.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import { DatasetsService } from '../datasets.service.js';
import { Sealing } from '../sealing/sealing.service.js';
import { DatasetVersionsApi } from './versions.api.js';
import { versionsStatement } from './versions.repository.js';
import { DatasetVersions } from './versions.service.js';

const ABSENT = '01990000-0000-7000-8000-00000000dead';

describe('the versions of a dataset', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let api: DatasetVersionsApi;
  let id: string;

  beforeAll(async () => {
    world = await dataWorld();
    store = await startFaultyStore({ 'data/one.csv': 'a,b\n1,2\n' });
    const { id: storeId } = await world.app
      .get(StoreRegistration)
      .register(world.as(OWNER), aStore(store.location));
    await world.app.get(StoreProbing).probe(world.as(OWNER), storeId);
    id = await world.app.get(DatasetRegistration).register(world.as(OWNER), aDataset({ storeId }));
    const datasets = world.app.get(DatasetsService);
    await datasets.publish(world.as(OWNER), id);
    await world.app.get(Sealing).sealDue();
    store.objects.set('data/two.csv', Buffer.from('a,b\n3,4\n'));
    world.clock.add(60_000);
    await datasets.seal(world.as(OWNER), id);
    await world.app.get(Sealing).sealDue();
    api = new DatasetVersionsApi(
      world.app.get(DatasetVersions),
      new PageTokens(world.app.get(Secrets), world.clock),
    );
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });

  it('are listed with what was sealed, newest first, to their owner', async () => {
    const { items } = await api.list(world.as(OWNER), id, { pageSize: 100 });
    expect(items).toMatchObject([
      {
        number: 2,
        isCurrent: true,
        objectCount: 2,
        version: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      { number: 1, isCurrent: false, objectCount: 1, sizeBytes: 8 },
    ]);
    expect(await world.app.get(DatasetsService).get(world.as(OWNER), id)).toMatchObject({
      versions: items,
    });
  });

  it('are numbers and dates to others: from a digest one could see that a guess was right', async () => {
    const { items } = await api.list(world.as(PARTNER), id, { pageSize: 100 });
    expect(items.map((item) => Object.keys(item))).toEqual([
      ['number', 'sealedAt', 'isCurrent'],
      ['number', 'sealedAt', 'isCurrent'],
    ]);
    expect(await world.app.get(DatasetsService).get(world.as(PARTNER), id)).toMatchObject({
      versions: items,
    });
  });

  it('come in pages', async () => {
    const first = await api.list(world.as(OWNER), id, { pageSize: 1 });
    const pageToken = first.nextPageToken ?? '';
    const second = await api.list(world.as(OWNER), id, { pageSize: 1, pageToken });
    expect([first, second].map(({ items }) => items[0]?.number)).toEqual([2, 1]);
    expect(second.nextPageToken).toBeNull();
    await expect(api.list(world.as(PARTNER), id, { pageSize: 1, pageToken })).rejects.toMatchObject(
      { code: 'page_token_invalid' },
    );
  });

  it('are absent with a dataset that is hidden, as with one that is nowhere', async () => {
    await world.db.dataSource.query(`UPDATE dataset SET visibility = 'owner' WHERE id = $1`, [id]);
    for (const hidden of [id, ABSENT]) {
      await expect(api.list(world.as(STRANGER), hidden, { pageSize: 100 })).rejects.toMatchObject({
        code: 'not_found',
        fields: {},
      });
    }
  });

  it('are found by index alone', async () => {
    const db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO dataset_version (dataset_id, version, object_count, size_bytes, skipped, sealed_at, audit_event_id)
         SELECT ${idOf('4')}, repeat('a', 64), 1, 1, '[]', '2026-01-01', ${idOf('e')} FROM generate_series(1, 20000) n;
       ANALYZE dataset_version`,
    );
    const [one] = await db.database.manager.query<{ id: string }[]>(
      `SELECT ${idOf('4', '711')} AS id`,
    );
    const { sql, params } = versionsStatement(one?.id ?? '', null, 101);
    expect(await scannedBy(db, sql, params)).toEqual([]);
    await db.close();
  }, 120_000);
});
