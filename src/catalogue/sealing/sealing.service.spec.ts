import { createHash } from 'node:crypto';
import pg from 'pg';
import {
  OWNER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import type { Principal } from '../../identity/principal.js';
import { StoreProbing } from '../../stores/store-probing.service.js';
import { StoreRegistration } from '../../stores/store-registration.service.js';
import { StoresService } from '../../stores/stores.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import type { OwnDatasetView } from '../dataset.view.js';
import { DatasetsService } from '../datasets.service.js';
import { Sealing } from './sealing.service.js';

interface Entry {
  readonly name: string;
  readonly size: string;
  readonly etag: string;
}

describe('sealing', () => {
  let world: DataWorld;
  let datasets: DatasetsService;
  let sealing: Sealing;
  let store: FaultyStore;
  let storeId: string;
  let prefixes = 0;

  beforeAll(async () => {
    world = await dataWorld();
    datasets = world.app.get(DatasetsService);
    sealing = world.app.get(Sealing);
    store = await startFaultyStore({ 'probe.txt': 'probe' });
    storeId = (await world.app.get(StoreRegistration).register(owner(), aStore(store.location))).id;
    await world.app.get(StoreProbing).probe(owner(), storeId);
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  afterEach(async () => {
    store.faults = {};
    // What one test leaves due is no other's business.
    await world.database.manager.query('UPDATE dataset SET seal_due_at = NULL');
  });

  const owner = (): Principal => world.as(OWNER);
  /** A published dataset of these objects. */
  const published = async (objects: Readonly<Record<string, string>>) => {
    const prefix = `set-${String((prefixes += 1))}/`;
    for (const [name, body] of Object.entries(objects)) {
      store.objects.set(prefix + name, Buffer.from(body));
    }
    const id = await world.app
      .get(DatasetRegistration)
      .register(owner(), aDataset({ storeId, prefix }));
    await datasets.publish(owner(), id);
    return { id, prefix };
  };
  const view = async (id: string): Promise<OwnDatasetView> =>
    (await datasets.get(owner(), id)) as OwnDatasetView;
  const manifest = (id: string, version: string | null): Promise<Entry[]> =>
    world.database.manager.query<Entry[]>(
      `SELECT name, size, etag FROM manifest_entry WHERE dataset_id = $1 AND version = $2 ORDER BY name`,
      [id, version],
    );
  const countOf = async (table: string, id: string): Promise<number> => {
    const [row] = await world.database.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM ${table} WHERE dataset_id = $1`,
      [id],
    );
    return row?.count ?? -1;
  };
  const md5 = (body: string): string => `"${createHash('md5').update(body).digest('hex')}"`;
  const versionOf = (entries: readonly (readonly [string, string])[]): string =>
    createHash('sha256')
      .update(
        entries
          .map(([name, body]) => `${JSON.stringify([name, body.length, md5(body), null])}\n`)
          .join(''),
      )
      .digest('hex');
  const nothingSealed = async (id: string): Promise<void> => {
    expect(await view(id)).toMatchObject({ sealedVersion: null, manifest: null });
    expect(await countOf('dataset_version', id)).toBe(0);
    expect(await countOf('manifest_entry', id)).toBe(0);
    expect(await countOf('manifest_draft', id)).toBe(0);
    expect(await world.eventsOf(id)).not.toContain('dataset.sealed');
  };

  it('R3.21: seals what was published: names in byte order, sizes, ETags and their digest', async () => {
    const { id } = await published({ 'b.csv': 'bb', 'a/z.csv': 'z', 'é.csv': 'e', 'B.csv': '' });
    store.faults = { pageSize: 2 };
    expect(await sealing.sealDue()).toBe(1);
    const version = versionOf([
      ['B.csv', ''],
      ['a/z.csv', 'z'],
      ['b.csv', 'bb'],
      ['é.csv', 'e'],
    ]);
    expect(await view(id)).toMatchObject({
      sealedVersion: version,
      isSealDue: false,
      sealFault: null,
      manifest: { objectCount: 4, sizeBytes: 4, skipped: { count: 0, objects: [] } },
    });
    expect((await manifest(id, version)).map(({ name }) => name)).toEqual([
      'B.csv',
      'a/z.csv',
      'b.csv',
      'é.csv',
    ]);
    expect(await countOf('manifest_draft', id)).toBe(0);
    expect(await world.eventsOf(id)).toContain('dataset.sealed');
    expect(await sealing.sealDue()).toBe(0);
  });

  it('orders by bytes whatever order the store lists in', async () => {
    // Beyond the BMP, UTF-16 order and byte order differ.
    const names = ['\uff5e.csv', '\u{1f600}.csv'] as const;
    const { id } = await published({ [names[1]]: 'x', [names[0]]: 'y' });
    await sealing.sealDue();
    const { sealedVersion } = await view(id);
    expect(sealedVersion).toBe(
      versionOf([
        [names[0], 'y'],
        [names[1], 'x'],
      ]),
    );
    expect((await manifest(id, sealedVersion)).map(({ name }) => name)).toEqual(names);
  });

  it('seals a prefix that holds nothing as nothing', async () => {
    const { id } = await published({});
    await sealing.sealDue();
    expect(await view(id)).toMatchObject({
      sealedVersion: versionOf([]),
      manifest: { objectCount: 0, sizeBytes: 0 },
    });
  });

  it('skips objects that could not be delivered as what they are, and says why', async () => {
    const { id, prefix } = await published({
      'good.csv': 'x',
      '': '',
      'sub/': '',
      'a%2e%2e': 'x',
      'a\\b': 'x',
    });
    store.faults = { listsAlso: [`${prefix.slice(0, -1)}2/x.csv`] };
    await sealing.sealDue();
    const { manifest: sealed } = await view(id);
    expect(sealed).toMatchObject({ objectCount: 1, skipped: { count: 5 } });
    expect(sealed?.skipped.objects).toEqual(
      expect.arrayContaining([
        { name: '', reason: 'has an empty, "." or ".." segment' },
        { name: 'sub/', reason: 'has an empty, "." or ".." segment' },
        { name: 'a%2e%2e', reason: 'has an encoded dot, slash or backslash' },
        { name: 'a\\b', reason: 'has a backslash' },
        { name: `${prefix.slice(0, -1)}2/x.csv`, reason: 'lies outside the prefix' },
      ]),
    );
  });

  it('GD-31: sealing again makes a new version and leaves the old manifest as it was', async () => {
    const { id, prefix } = await published({ 'one.csv': '1', 'two.csv': '2' });
    await sealing.sealDue();
    const first = (await view(id)).sealedVersion;
    const before = await manifest(id, first);
    store.objects.set(`${prefix}one.csv`, Buffer.from('one'));
    store.objects.delete(`${prefix}two.csv`);
    await datasets.seal(owner(), id);
    expect(await view(id)).toMatchObject({ sealedVersion: first, isSealDue: true });
    await sealing.sealDue();
    expect(await view(id)).toMatchObject({ sealedVersion: versionOf([['one.csv', 'one']]) });
    expect(await manifest(id, first)).toEqual(before);
    expect(before).toHaveLength(2);
    expect(await world.eventsOf(id)).toEqual([
      'dataset.published',
      'dataset.registered',
      'dataset.sealed',
      'dataset.sealed',
      'dataset.updated',
    ]);
  });

  it('sealing the same content again keeps the version, and an older one can come back', async () => {
    const { id, prefix } = await published({ 'one.csv': '1' });
    const sealAgain = async (): Promise<string | null> => {
      await datasets.seal(owner(), id);
      await sealing.sealDue();
      return (await view(id)).sealedVersion;
    };
    await sealing.sealDue();
    const first = (await view(id)).sealedVersion;
    expect(await sealAgain()).toBe(first);
    store.objects.set(`${prefix}one.csv`, Buffer.from('2'));
    expect(await sealAgain()).not.toBe(first);
    store.objects.set(`${prefix}one.csv`, Buffer.from('1'));
    expect(await sealAgain()).toBe(first);
    expect(await countOf('dataset_version', id)).toBe(2);
    expect(await countOf('manifest_entry', id)).toBe(2);
  });

  describe('a store that fails', () => {
    /** Answers the first page of one object, and refuses the next. */
    const failAfterOnePage = (): void => {
      const { requests } = store;
      store.faults = { pageSize: 1 };
      requests.push = (...items: string[]) => {
        Reflect.deleteProperty(requests, 'push');
        store.faults = { pageSize: 1, status: 403 };
        return requests.push(...items);
      };
    };

    it('half-way leaves nothing, and is asked again later', async () => {
      const { id } = await published({ 'one.csv': '1', 'two.csv': '2' });
      failAfterOnePage();
      expect(await sealing.sealDue()).toBe(0);
      await nothingSealed(id);
      expect(await view(id)).toMatchObject({
        isSealDue: true,
        sealFault: 'Tell the store’s owner.',
      });
      store.faults = {};
      expect(await sealing.sealDue()).toBe(0);
      world.clock.add(61_000);
      expect(await sealing.sealDue()).toBe(1);
      expect(await view(id)).toMatchObject({
        sealFault: null,
        manifest: { objectCount: 2 },
      });
    });

    it('that repeats its pages is found out', async () => {
      const { id } = await published({ 'one.csv': '1', 'two.csv': '2' });
      store.faults = { pageSize: 1, repeatsPages: true };
      await sealing.sealDue();
      await nothingSealed(id);
      expect(await view(id)).toMatchObject({ sealFault: 'The store lists an object twice.' });
    });

    it('keeps no other dataset waiting', async () => {
      const broken = await published({ 'one.csv': '1' });
      store.faults = { status: 403 };
      await sealing.sealDue();
      store.faults = {};
      const { id } = await published({ 'one.csv': '1' });
      expect(await sealing.sealDue()).toBe(1);
      expect(await view(id)).toMatchObject({ isSealDue: false });
      expect(await view(broken.id)).toMatchObject({ isSealDue: true });
    });

    it('keeps the version that is sealed', async () => {
      const { id } = await published({ 'one.csv': '1' });
      await sealing.sealDue();
      const { sealedVersion } = await view(id);
      await datasets.seal(owner(), id);
      store.faults = { status: 403 };
      await sealing.sealDue();
      expect(await view(id)).toMatchObject({ sealedVersion, manifest: { objectCount: 1 } });
    });
  });

  describe('beside others', () => {
    it('two workers never seal one dataset twice', async () => {
      const { id } = await published({ 'one.csv': '1' });
      store.faults = { delayMs: 50 };
      const sealed = await Promise.all([sealing.sealDue(), sealing.sealDue(), sealing.sealDue()]);
      expect(sealed.reduce((sum, n) => sum + n)).toBe(1);
      const events = await world.eventsOf(id);
      expect(events.filter((type) => type === 'dataset.sealed')).toHaveLength(1);
    });

    it('an attempt that a crash left is taken over, with nothing of what it had listed', async () => {
      const { id } = await published({ 'one.csv': '1' });
      const dead = '01990000-0000-7000-8000-00000000dead';
      const { manager } = world.database;
      await manager.query(`UPDATE dataset SET seal_claim = $2, seal_due_at = $3 WHERE id = $1`, [
        id,
        dead,
        new Date(world.clock.now().getTime() + 120_000),
      ]);
      await manager.query(
        `INSERT INTO manifest_draft (dataset_id, attempt_id, name, size, etag, last_modified)
         VALUES ($1, $2, 'ghost.csv', 1, '"x"', now())`,
        [id, dead],
      );
      expect(await sealing.sealDue()).toBe(0);
      world.clock.add(121_000);
      expect(await sealing.sealDue()).toBe(1);
      const { sealedVersion } = await view(id);
      expect((await manifest(id, sealedVersion)).map(({ name }) => name)).toEqual(['one.csv']);
      expect(await countOf('manifest_draft', id)).toBe(0);
    });

    it.each(['seal', 'withdraw'] as const)(
      'an attempt is void when the owner calls %s meanwhile',
      async (act) => {
        const { id, prefix } = await published({ 'one.csv': '1' });
        store.faults = { delayMs: 200 };
        const seen = store.requests.length;
        const attempt = sealing.sealDue();
        while (store.requests.length === seen) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        store.objects.set(`${prefix}two.csv`, Buffer.from('2'));
        await datasets[act](owner(), id, 'Gone');
        await attempt;
        if (act === 'withdraw') {
          await nothingSealed(id);
          expect(await view(id)).toMatchObject({ isSealDue: false });
        } else {
          const events = await world.eventsOf(id);
          expect(events.filter((type) => type === 'dataset.sealed')).toHaveLength(1);
          expect(await view(id)).toMatchObject({ manifest: { objectCount: 2 } });
        }
      },
    );

    it('stops between two pages when the worker stops, and leaves it to the next at once', async () => {
      const { id } = await published({ 'one.csv': '1', 'two.csv': '2' });
      store.faults = { pageSize: 1, delayMs: 50 };
      const stopping = new AbortController();
      const seen = store.requests.length;
      const attempt = sealing.sealDue(stopping.signal);
      while (store.requests.length === seen) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      stopping.abort();
      expect(await attempt).toBe(0);
      await nothingSealed(id);
      expect(await sealing.sealDue()).toBe(1);
    });

    it('reads no store that is suspended', async () => {
      const { id } = await published({ 'one.csv': '1' });
      const stores = world.app.get(StoresService);
      await stores.suspend(owner(), storeId, 'Leak');
      expect(await sealing.sealDue()).toBe(0);
      await stores.resume(owner(), storeId, 'Mended');
      expect(await sealing.sealDue()).toBe(1);
      expect(await view(id)).toMatchObject({ isSealDue: false });
    });

    it('a failing audit insert leaves no version (law 1)', async () => {
      const { id } = await published({ 'one.csv': '1' });
      const admin = world.db.urlFor('postgres');
      await onDatabase(admin, 'REVOKE INSERT ON audit_payload FROM concordat_app');
      try {
        expect(await sealing.sealDue()).toBe(0);
        await nothingSealed(id);
      } finally {
        await onDatabase(admin, 'GRANT INSERT ON audit_payload TO concordat_app');
      }
    });
  });
});

async function onDatabase(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
