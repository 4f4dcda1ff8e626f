import { setTimeout as pause } from 'node:timers/promises';
import { aPackage } from '../support/ckan-packages.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { startSourceCatalogue, type SourceCatalogue } from '../support/source-catalogue.js';

interface Source {
  readonly id: string;
  readonly fault: string | null;
}
interface Run {
  readonly id: string;
  readonly outcome: string | null;
  readonly added: number;
}
interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | null;
}
interface Entry {
  readonly change: string;
  readonly datasetId: string;
}

const SOURCES = '/api/v1/harvest-sources';
const PATIENCE_MS = 20_000;
const STEP_MS = 100;

describe('reading another catalogue', () => {
  let world: HttpWorld;
  let catalogue: SourceCatalogue;
  let organisationId: string;

  beforeAll(async () => {
    world = await httpWorld();
    catalogue = await startSourceCatalogue();
    const [dataset] = world.seeded.datasets;
    const own = await world.callers.owner.get<{ organisationId: string }>(
      `/api/v1/datasets/${dataset?.id ?? ''}`,
    );
    ({ organisationId } = own);
  }, 120_000);
  afterAll(async () => {
    await catalogue.close();
    await world.close();
  }, 30_000);

  const sourceOf = (changes: object = {}) => ({
    ...{ organisationId, name: 'City portal', format: 'ckan', url: catalogue.url },
    ...changes,
  });

  async function ended(id: string): Promise<Run> {
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      const { items } = await world.callers.owner.get<Page<Run>>(`${SOURCES}/${id}/runs`);
      const [run] = items;
      if (run?.outcome === 'completed') {
        return run;
      }
      await pause(STEP_MS);
    }
    throw new Error('The worker did not read the source');
  }

  it('refuses whoever may not, and shows a source to nobody else', async () => {
    const { owner, researcher } = world.callers;
    expect((await world.outsider.try('POST', SOURCES, sourceOf())).status).toBe(404);
    expect((await researcher.try('POST', SOURCES, sourceOf())).status).toBeGreaterThanOrEqual(403);
    const source = await owner.post<Source>(
      SOURCES,
      sourceOf({ name: 'Hidden', url: `${catalogue.url}/hidden` }),
    );
    for (const path of ['', '/runs', `/runs/${source.id}`, `/runs/${source.id}/entries`]) {
      expect((await world.outsider.try('GET', `${SOURCES}/${source.id}${path}`)).status).toBe(404);
    }
    expect((await world.outsider.try('POST', `${SOURCES}/${source.id}/runs`)).status).toBe(404);
    expect((await world.outsider.try('PATCH', `${SOURCES}/${source.id}`, {})).status).toBe(404);
    const { items } = await world.outsider.get<Page<Source>>(SOURCES);
    expect(items).toEqual([]);
    const stopped = await owner.try('PATCH', `${SOURCES}/${source.id}`, { status: 'stopped' });
    expect(stopped).toMatchObject({ status: 200, body: { status: 'stopped' } });
    expect((await owner.try('POST', `${SOURCES}/${source.id}/runs`)).status).toBe(409);
  });

  it.each([
    ['an address inside', { url: 'http://10.0.0.1/data' }, '/url'],
    ['an address of the machine’s own metadata', { url: 'http://169.254.169.254/' }, '/url'],
    ['a number that is an address', { url: 'http://2852039166/' }, '/url'],
    ['an address of a file', { url: 'file:///etc/passwd' }, '/url'],
    ['credentials', { url: 'https://user:secret@portal.example' }, '/url'],
    ['no address', { url: 'portal' }, '/url'],
    ['a format that is none', { format: 'rss' }, '/format'],
    ['every second', { everyHours: 0 }, '/everyHours'],
    ['an unknown member', { shell: 'rm' }, '/shell'],
  ])('refuses %s, naming it', async (_, changes, pointer) => {
    const answer = await world.callers.owner.try('POST', SOURCES, sourceOf(changes));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ pointer }] });
  });

  it('takes its records in, shows them to everybody, and has them granted to nobody', async () => {
    const { owner, researcher } = world.callers;
    catalogue.put(aPackage(1));
    catalogue.put(aPackage(2, { private: true, notes: 'Kept inside.' }));
    const key = { 'idempotency-key': 'a-source-of-ours' };
    const { id } = await owner.post<Source>(SOURCES, sourceOf(), key);
    expect(await owner.post<Source>(SOURCES, sourceOf(), key)).toMatchObject({ id });
    const again = sourceOf({ name: 'Again', url: `${catalogue.url}/` });
    expect(await owner.try('POST', SOURCES, again)).toMatchObject({ status: 409 });
    const run = await ended(id);
    expect(run).toMatchObject({ added: 2 });
    const entries = await owner.get<Page<Entry>>(
      `${SOURCES}/${id}/runs/${run.id}/entries?pageSize=1`,
    );
    expect(entries.items).toHaveLength(1);
    expect(entries.nextPageToken).not.toBeNull();
    const datasetId = entries.items[0]?.datasetId ?? '';
    const seen = await researcher.get<Record<string, unknown>>(`/api/v1/datasets/${datasetId}`);
    expect(seen).toMatchObject({ access: 'open', isInStore: false, title: 'Air quality 1' });
    const path = `/api/v1/datasets/${datasetId}`;
    const edit = await owner.try('PATCH', path, { title: 'Mine' }, await owner.ifMatch(path));
    expect(edit).toMatchObject({ status: 409, body: { move: 'edit' } });
  });
});
