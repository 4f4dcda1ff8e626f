import { aPackage } from '../../../test/support/ckan-packages.js';
import { OWNER } from '../../../test/support/data-world.js';
import { harvestWorld, type HarvestWorld } from '../../../test/support/harvest-world.js';
import type { SourceCatalogue } from '../../../test/support/source-catalogue.js';
import { DatasetsService } from '../datasets.service.js';
import type { HarvestRunView } from './harvest.view.js';

const HOUR_MS = 3_600_000;

describe('harvesting CKAN', () => {
  let world: HarvestWorld;
  let source: SourceCatalogue;
  let sourceId: string;

  beforeAll(async () => {
    world = await harvestWorld();
    ({ source } = world);
  }, 60_000);
  afterAll(async () => {
    await world.close();
  });
  beforeEach(async () => {
    source.packages.clear();
    sourceId = await world.register('ckan');
  });

  const owner = () => world.as(OWNER);
  const harvest = (isAsked = false): Promise<HarvestRunView> => world.harvest(sourceId, isAsked);
  const entriesOf = (run: HarvestRunView) => world.entriesOf(run);
  const datasetOf = (number: number): Promise<string> =>
    world.datasetOf(sourceId, aPackage(number).id);

  async function writesOf(work: () => Promise<unknown>): Promise<number> {
    const count = async (): Promise<number> => {
      const [row] = await world.database.manager.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM audit_event WHERE target_type = 'dataset'`,
      );
      return row?.count ?? 0;
    };
    const before = await count();
    await work();
    return (await count()) - before;
  }

  it('takes every record of every page in, as open datasets in no store', async () => {
    source.maxRows = 10;
    Array.from({ length: 23 }, (_, at) => at + 1).forEach((number) => {
      source.put(aPackage(number));
    });
    const run = await harvest();
    expect(run).toMatchObject({ outcome: 'completed', isFull: true, seen: 23, added: 23 });
    expect(run).toMatchObject({ pages: 3, total: 23, refused: 0, vanished: 0 });
    const id = await datasetOf(7);
    const dataset = await world.app.get(DatasetsService).get(owner(), id);
    expect(dataset).toMatchObject({
      title: 'Air quality 7',
      publisher: 'Environment office',
      contact: 'air@portal.example',
      access: 'open',
      status: 'published',
      isInStore: false,
      themes: ['ENVI'],
      keywords: ['air', 'nitrogen dioxide'],
      frequency: 'HOURLY',
      languages: ['ENG'],
      bbox: [-0.51, 51.28, 0.33, 51.69],
      temporal: { startsOn: '2019-01-01' },
      origin: { sourceId, identifier: aPackage(7).id, vanishedAt: null },
    });
    expect(dataset.distributions).toMatchObject([
      {
        title: 'Readings',
        mediaType: 'text/csv',
        downloadUrl: 'https://portal.example/files/air-quality-7.csv',
      },
    ]);
    const entries = await entriesOf(run);
    expect(entries[0]).toMatchObject({
      change: 'added',
      reasons: [{ pointer: '/distributions/1/downloadUrl', reason: 'must be an https address' }],
    });
    expect(await world.eventsOf(id)).toEqual(['dataset.published', 'dataset.registered']);
    expect(await world.eventsOf(run.id)).toEqual(['harvest.completed']);
  });

  it('writes nothing of what has not changed, and only asks for what has between two full readings', async () => {
    source.put(aPackage(1));
    source.put(aPackage(2));
    await harvest();
    expect(await writesOf(() => harvest(true))).toBe(0);
    source.put(aPackage(2, { title: 'Air', metadata_modified: '2999-01-01T00:00:00.000000' }));
    world.clock.add(25 * HOUR_MS);
    source.asked.length = 0;
    const run = await harvest();
    expect(run).toMatchObject({ isFull: false, seen: 1, changed: 1, unchanged: 0 });
    expect(source.asked.join()).toContain('fq=metadata_modified');
    const [entry] = await entriesOf(run);
    expect(entry?.change).toBe('changed');
    expect(entry?.reasons).toContainEqual({ pointer: '/title', reason: 'changed' });
    expect(await world.eventsOf(await datasetOf(2))).toContain('dataset.updated');
  });

  it('marks what is gone, keeps it, and takes the mark away when it is there again', async () => {
    source.put(aPackage(1));
    source.put(aPackage(2));
    await harvest();
    const id = await datasetOf(1);
    source.packages.delete(aPackage(1).id);
    expect(await harvest(true)).toMatchObject({ vanished: 1, seen: 1, unchanged: 1 });
    const gone = await world.app.get(DatasetsService).get(owner(), id);
    expect(gone.origin?.vanishedAt).not.toBeNull();
    expect(gone.status).toBe('published');
    source.put(aPackage(1));
    expect(await harvest(true)).toMatchObject({ returned: 1, vanished: 0, changed: 0 });
    const back = await world.app.get(DatasetsService).get(owner(), id);
    expect(back.origin?.vanishedAt).toBeNull();
    expect(await world.eventsOf(id)).toEqual([
      'dataset.origin-returned',
      'dataset.origin-vanished',
      'dataset.published',
      'dataset.registered',
    ]);
  });
});
