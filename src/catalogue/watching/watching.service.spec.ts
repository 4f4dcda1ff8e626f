import { setTimeout as pause } from 'node:timers/promises';
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
import { DatasetRegistration } from '../dataset-registration.service.js';
import { DatasetsService } from '../datasets.service.js';
import { WATCH_LIMITS } from './watch-limits.js';
import { Watching } from './watching.service.js';

describe('watching a feed', () => {
  let world: DataWorld;
  let datasets: DatasetsService;
  let watching: Watching;
  let store: FaultyStore;
  let storeId: string;
  let prefixes = 0;

  beforeAll(async () => {
    world = await dataWorld();
    datasets = world.app.get(DatasetsService);
    watching = world.app.get(Watching);
    store = await startFaultyStore({ 'probe.txt': 'probe' });
    storeId = (await world.app.get(StoreRegistration).register(owner(), aStore(store.location))).id;
    await world.app.get(StoreProbing).probe(owner(), storeId);
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  afterEach(() => {
    store.faults = {};
  });

  const owner = (): Principal => world.as(OWNER);

  interface Feed {
    readonly id: string;
    readonly put: (name: string, body?: string) => void;
    readonly remove: (name: string) => void;
  }

  async function published(kind: 'feed' | 'files' = 'feed'): Promise<Feed> {
    const prefix = `feed-${String((prefixes += 1))}/`;
    const id = await world.app
      .get(DatasetRegistration)
      .register(owner(), aDataset({ storeId, prefix, kind }));
    await datasets.publish(owner(), id);
    return {
      id,
      put: (name, body = name) => void store.objects.set(prefix + name, Buffer.from(body)),
      remove: (name) => void store.objects.delete(prefix + name),
    };
  }

  /** Looks at everything, whether its time has come or not. */
  async function look(): Promise<number> {
    await world.database.manager.query(`UPDATE feed SET watch_due_at = '-infinity'`);
    return watching.watchDue();
  }

  async function entries(id: string): Promise<readonly string[]> {
    const rows = await world.database.manager.query<Record<string, string>[]>(
      'SELECT number, change, name FROM feed_entry WHERE dataset_id = $1 ORDER BY number',
      [id],
    );
    return rows.map(({ number, change, name }) => [number, change, name].join(' '));
  }

  const feedRow = async (id: string) => {
    const [row] = await world.database.manager.query<
      { lastNumber: string; watchedAt: Date | null; fault: string | null; dueAt: Date }[]
    >(
      `SELECT last_number AS "lastNumber", watched_at AS "watchedAt", watch_fault AS fault, watch_due_at AS "dueAt"
       FROM feed WHERE dataset_id = $1`,
      [id],
    );
    return row;
  };

  it('numbers what it finds from one on, and each later arrival once', async () => {
    const feed = await published();
    feed.put('01.csv');
    feed.put('02.csv');
    expect(await look()).toBe(2);
    expect(await look()).toBe(0);
    feed.put('00.csv');
    feed.put('03.csv');
    await look();
    expect(await entries(feed.id)).toEqual([
      '1 available 01.csv',
      '2 available 02.csv',
      '3 available 00.csv',
      '4 available 03.csv',
    ]);
    expect(await feedRow(feed.id)).toMatchObject({ lastNumber: '4', fault: null });
  });

  it('skips the empty object that a console puts in place of a folder', async () => {
    const feed = await published();
    feed.put('', '');
    feed.put('01.csv');
    await look();
    expect(await feedRow(feed.id)).toMatchObject({ lastNumber: '1', fault: null });
  });

  it('says nothing of what is new until it has looked again after a freeze', async () => {
    const feed = await published();
    feed.put('01.csv');
    await look();
    await datasets.freeze(owner(), feed.id, 'A sensor is wrong.');
    feed.put('02.csv');
    await datasets.unfreeze(owner(), feed.id, 'A sensor is wrong.');
    expect(await feedRow(feed.id)).toMatchObject({ watchedAt: null });
  });

  it('numbers an object again when its bytes change, and says when one is gone', async () => {
    const feed = await published();
    feed.put('a.csv');
    feed.put('b.csv');
    await look();
    feed.put('a.csv', 'corrected');
    feed.remove('b.csv');
    await look();
    feed.put('b.csv', 'back');
    await look();
    expect((await entries(feed.id)).slice(2)).toEqual([
      '3 available a.csv',
      '4 withdrawn b.csv',
      '5 available b.csv',
    ]);
  });

  it('reads a long prefix in pages, and takes none of them for the whole', async () => {
    const feed = await published();
    const names = Array.from({ length: 25 }, (_, at) => `${String(at).padStart(2, '0')}.csv`);
    names.forEach((name) => {
      feed.put(name);
    });
    store.faults = { pageSize: 4 };
    expect(await look()).toBe(25);
    expect(await look()).toBe(0);
    ['00.csv', '07.csv', '24.csv'].forEach((name) => {
      feed.remove(name);
    });
    await look();
    expect((await entries(feed.id)).slice(25)).toEqual([
      '26 withdrawn 00.csv',
      '27 withdrawn 07.csv',
      '28 withdrawn 24.csv',
    ]);
  });

  it('looks every 30 seconds, at feeds only, and at nothing that is frozen', async () => {
    const feed = await published();
    const files = await published('files');
    await look();
    const row = await feedRow(feed.id);
    expect(row?.dueAt.getTime()).toBe(world.clock.now().getTime() + WATCH_LIMITS.everyMs);
    expect(await feedRow(files.id)).toBeUndefined();
    await datasets.freeze(owner(), feed.id, 'A sensor is wrong.');
    feed.put('late.csv');
    await look();
    expect(await entries(feed.id)).toEqual([]);
    await datasets.unfreeze(owner(), feed.id, 'It is mended.');
    await look();
    expect(await entries(feed.id)).toEqual(['1 available late.csv']);
  });

  it('two workers at once number nothing twice and leave no gap', async () => {
    const feed = await published();
    for (let at = 0; at < 40; at += 1) {
      feed.put(`${String(at).padStart(2, '0')}.csv`);
    }
    store.faults = { pageSize: 3 };
    await Promise.all([look(), look(), look(), watching.watchDue()]);
    await look();
    const seen = await entries(feed.id);
    expect(seen.map((line) => Number(line.split(' ')[0]))).toEqual(
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
    expect(new Set(seen.map((line) => line.split(' ')[2])).size).toBe(40);
  });

  it.each<[string, FaultyStore['faults']]>([
    ['is down', { isDown: true }],
    ['repeats its pages', { repeatsPages: true, pageSize: 2 }],
  ])('a store that %s takes nothing away; the next look goes on', async (_what, faults) => {
    const feed = await published();
    ['1.csv', '2.csv', '3.csv'].forEach((name) => {
      feed.put(name);
    });
    await look();
    const before = await entries(feed.id);
    store.faults = faults;
    await look();
    expect(await entries(feed.id)).toEqual(before);
    expect((await feedRow(feed.id))?.fault).toEqual(expect.any(String));
    store.faults = {};
    feed.put('4.csv');
    await look();
    expect((await entries(feed.id)).slice(before.length)).toEqual(['4 available 4.csv']);
    expect((await feedRow(feed.id))?.fault).toBeNull();
  });

  it('a look whose claim was taken over notes nothing more', async () => {
    const feed = await published();
    ['1.csv', '2.csv', '3.csv', '4.csv'].forEach((name) => {
      feed.put(name);
    });
    store.faults = { pageSize: 1, delayMs: 40 };
    const slow = look();
    while ((await entries(feed.id)).length === 0) {
      await pause(5);
    }
    await world.database.manager.query(
      'UPDATE feed SET watch_claim = gen_random_uuid() WHERE dataset_id = $1',
      [feed.id],
    );
    await slow;
    const noted = (await entries(feed.id)).length;
    expect(noted).toBeLessThan(4);
    store.faults = {};
    await look();
    expect(await entries(feed.id)).toHaveLength(4);
  });
});
