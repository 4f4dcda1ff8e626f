import { OWNER } from '../../../test/support/data-world.js';
import { harvestWorld, type HarvestWorld } from '../../../test/support/harvest-world.js';
import { DatasetsService } from '../datasets.service.js';

const HOUR_MS = 3_600_000;

const entry = (number: number, changes: object = {}): object => ({
  '@type': 'dcat:Dataset',
  identifier: `trees-${String(number)}`,
  title: `Trees ${String(number)}`,
  description: 'Each tree.',
  publisher: { name: 'Parks office' },
  accessLevel: 'public',
  distribution: [{ downloadURL: `https://portal.example/trees-${String(number)}.csv` }],
  ...changes,
});
const dataJson = (...dataset: readonly object[]): object => ({
  conformsTo: 'https://project-open-data.cio.gov/v1.1/schema',
  dataset,
});
const node = (number: number): object => ({
  '@id': `https://portal.example/parks/${String(number)}`,
  '@type': 'dcat:Dataset',
  'dct:title': `Parks ${String(number)}`,
  'dcat:distribution': {
    'dcat:downloadURL': { '@id': `https://portal.example/parks/${String(number)}.csv` },
  },
});
const catalog = (from: number, to: number, paging: object = {}): object => ({
  '@graph': [
    { '@type': 'dcat:Catalog', 'dct:title': 'Portal' },
    { '@id': '#paging', '@type': 'hydra:PagedCollection', ...paging },
    ...Array.from({ length: to - from }, (_, at) => node(from + at)),
  ],
});

describe('harvesting documents', () => {
  let world: HarvestWorld;
  let paths = 0;

  beforeAll(async () => {
    world = await harvestWorld();
  }, 60_000);
  afterAll(async () => {
    await world.close();
  });

  it('takes a data.json in, and asks whether it has changed before it reads it again', async () => {
    const path = `/${String((paths += 1))}/data.json`;
    const all = Array.from({ length: 130 }, (_, at) => entry(at));
    world.source.documents.set(path, dataJson(...all));
    const id = await world.register('data_json', path);
    expect(await world.harvest(id)).toMatchObject({ outcome: 'completed', added: 130, pages: 2 });
    world.clock.add(25 * HOUR_MS);
    expect(await world.harvest(id)).toMatchObject({ outcome: 'completed', seen: 0, isFull: false });
    world.source.documents.set(path, dataJson(entry(0, { title: 'Oaks' }), entry(1), entry(1)));
    world.clock.add(25 * HOUR_MS);
    const run = await world.harvest(id);
    expect(run).toMatchObject({
      isFull: true,
      changed: 1,
      unchanged: 1,
      refused: 1,
      vanished: 128,
    });
    const entries = await world.entriesOf(run);
    expect(entries.find(({ change }) => change === 'refused')).toMatchObject({
      identifier: 'trees-1',
      reasons: [{ pointer: '/identifier', reason: 'stands twice in the source' }],
    });
    expect(new Set(entries.map(({ number }) => number)).size).toBe(entries.length);
  });

  it('takes a DCAT catalogue in, page by page', async () => {
    const path = `/${String((paths += 1))}/catalog.jsonld`;
    const paging = {
      'hydra:totalItems': 150,
      'hydra:next': { '@id': `${world.source.url}${path}?page=2` },
    };
    world.source.documents.set(path, catalog(0, 110, paging));
    world.source.documents.set(`${path}?page=2`, catalog(110, 150, { 'hydra:totalItems': 150 }));
    const id = await world.register('dcat', path);
    const run = await world.harvest(id);
    expect(run).toMatchObject({ outcome: 'completed', added: 150, pages: 3, total: 150 });
    const datasetId = await world.datasetOf(id, 'https://portal.example/parks/149');
    const dataset = await world.app.get(DatasetsService).get(world.as(OWNER), datasetId);
    expect(dataset).toMatchObject({
      ...{ title: 'Parks 149', publisher: expect.stringContaining('Source') as string },
      ...{ access: 'open', licence: 'Not stated by the source' },
      distributions: [{ downloadUrl: 'https://portal.example/parks/149.csv' }],
    });
    expect(await world.harvest(id, true)).toMatchObject({ unchanged: 150, added: 0, vanished: 0 });
  });

  it('marks nothing as gone while the number of records changes under the reading', async () => {
    const path = `/${String((paths += 1))}/catalog.jsonld`;
    const next = { 'hydra:next': { '@id': `?page=2` } };
    world.source.documents.set(path, catalog(0, 3));
    const id = await world.register('dcat', path);
    await world.harvest(id);
    world.source.documents.set(path, catalog(0, 1, { 'hydra:totalItems': 3, ...next }));
    world.source.documents.set(`${path}?page=2`, catalog(2, 3, { 'hydra:totalItems': 2 }));
    expect(await world.harvest(id, true)).toMatchObject({ isSteady: false, vanished: 0, seen: 2 });
    world.source.documents.set(path, catalog(0, 1, { 'hydra:totalItems': 2, ...next }));
    expect(await world.harvest(id, true)).toMatchObject({ isSteady: true, vanished: 1, seen: 2 });
  });

  it('marks nothing as gone where fewer come than the source says', async () => {
    const path = `/${String((paths += 1))}/catalog.jsonld`;
    world.source.documents.set(path, catalog(0, 3));
    const id = await world.register('dcat', path);
    await world.harvest(id);
    world.source.documents.set(path, catalog(0, 1, { 'hydra:totalItems': 3 }));
    expect(await world.harvest(id, true)).toMatchObject({ isSteady: false, vanished: 0, seen: 1 });
  });

  it('reports what is here already, by its title or by a file, and takes it in', async () => {
    const path = `/${String((paths += 1))}/data.json`;
    const file = 'https://portal.example/parks/7.csv';
    const [same, other] = [
      entry(900, { title: 'trees 5', publisher: { name: 'PARKS OFFICE' } }),
      entry(901, { title: 'Lawns', distribution: [{ downloadURL: file }] }),
    ];
    world.source.documents.set(path, dataJson(same, other, entry(902, { title: 'Unlike any' })));
    const id = await world.register('data_json', path);
    const run = await world.harvest(id);
    expect(run).toMatchObject({ added: 3, duplicates: 2 });
    const found = (await world.entriesOf(run)).filter(({ change }) => change === 'duplicate');
    expect(found).toMatchObject([
      { title: 'trees 5', reasons: [{ pointer: '/title' }] },
      { title: 'Lawns', reasons: [{ pointer: '/distributions' }] },
    ]);
    expect(found.every(({ sameAs, datasetId }) => sameAs !== null && sameAs !== datasetId)).toBe(
      true,
    );
  });

  it('refuses what is ours and comes back', async () => {
    const path = `/${String((paths += 1))}/data.json`;
    const ours = 'http://127.0.0.1:3000/datasets/01990000-0000-7000-8000-000000000001';
    world.source.documents.set(path, dataJson(entry(950, { identifier: ours }), entry(951)));
    const run = await world.harvest(await world.register('data_json', path));
    expect(run).toMatchObject({ added: 1, refused: 1 });
    expect((await world.entriesOf(run))[0]).toMatchObject({
      reasons: [{ pointer: '/identifier', reason: 'is a dataset of this catalogue' }],
    });
  });
});
