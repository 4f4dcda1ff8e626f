import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { objectsOf, quadsOf, violationsOf } from '../support/rdf.js';

interface Dataset {
  readonly id: string;
  readonly title: string;
}
interface CkanAnswer<T> {
  readonly success: boolean;
  readonly result: T;
  readonly error?: { readonly __type: string; readonly message: string };
}
interface Found {
  readonly count: number;
  readonly results: readonly (Dataset & {
    readonly resources: readonly { readonly url: string }[];
  })[];
  readonly facets: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly search_facets: Readonly<Record<string, { readonly items: readonly object[] }>>;
}

const DCAT = 'http://www.w3.org/ns/dcat#';
const { SANDBOX_DATA } = process.env;

describe('other catalogues read ours', () => {
  let world: HttpWorld;
  let hidden: Dataset;
  let open: Dataset;

  beforeAll(async () => {
    world = await httpWorld();
    hidden = await register({ title: 'Hidden ledger', visibility: 'owner' });
    open = await register({
      title: 'Trees <b>of</b> the "city"',
      access: 'open',
      licence: 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
      themes: ['ENVI'],
      keywords: ['trees', 'parks'],
      frequency: 'ANNUAL',
      spatial: 'London',
      places: ['E09000007'],
      bbox: [-0.25, 51.5, -0.1, 51.6],
      languages: ['ENG', 'CYM'],
      qualityNotes: 'Counted by hand.',
      landingPage: 'https://parks.example.org/trees',
      temporal: { startsOn: '2020-01-01' },
    });
    for (const { id } of [hidden, open]) {
      await world.callers.owner.post(`/api/v1/datasets/${id}/publish`);
    }
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const register = async (fields: object): Promise<Dataset> => {
    const [seeded] = world.seeded.datasets;
    const own = await world.callers.owner.get<Record<string, unknown>>(
      `/api/v1/datasets/${seeded?.id ?? ''}`,
    );
    return world.callers.owner.post<Dataset>('/api/v1/datasets', {
      organisationId: own['organisationId'],
      storeId: own['storeId'],
      prefix: own['prefix'],
      description: 'Made for this test',
      publisher: 'Parks <script>',
      contact: 'parks@example.org',
      sensitivity: 'public',
      access: 'shared',
      accessReason: 'Not anybody’s',
      kind: 'files',
      visibility: 'public',
      distributions: [{ title: 'CSV', mediaType: 'text/csv', path: '', byteSize: 12 }],
      ...fields,
    });
  };
  /** As anybody: no token, no cookie. */
  const read = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, world.config.publicUrl), init);
  const ckan = async <T>(action: string, init?: RequestInit): Promise<CkanAnswer<T>> =>
    (await read(`/api/3/action/${action}`, init)).json() as Promise<CkanAnswer<T>>;

  describe('as DCAT-AP 3.0.1', () => {
    it('says of each public dataset what it is and how to ask for it (R8.1, R8.2, R8.3)', async () => {
      const response = await read('/catalog.jsonld');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/ld\+json/);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      const graph = await quadsOf((await response.json()) as object);
      const ids = objectsOf(graph, 'http://purl.org/dc/terms/identifier');
      expect(ids).toEqual(
        expect.arrayContaining([open.id, ...world.seeded.datasets.map(({ id }) => id)]),
      );
      expect(ids).not.toContain(hidden.id);
      const accessUrls = objectsOf(graph, `${DCAT}accessURL`);
      expect(accessUrls).toContain(`${world.config.publicUrl}/datasets/${open.id}/request`);
      expect(objectsOf(graph, `${DCAT}bbox`)).toEqual([
        'POLYGON((-0.25 51.5, -0.1 51.5, -0.1 51.6, -0.25 51.6, -0.25 51.5))',
      ]);
      expect(objectsOf(graph, `${DCAT}landingPage`)).toContain('https://parks.example.org/trees');
    });

    it('keeps to the shapes of the profile', async () => {
      if (SANDBOX_DATA === undefined) {
        return;
      }
      const graph = await quadsOf((await (await read('/catalog.jsonld')).json()) as object);
      const file = join(SANDBOX_DATA, 'dcat-ap-3.0.1', 'dcat-ap-SHACL.ttl');
      expect(await violationsOf(graph, file)).toEqual([]);
      // A test of the test: the shapes do look.
      graph.removeQuads(graph.getQuads(null, `${DCAT}accessURL`, null, null));
      expect(await violationsOf(graph, file)).not.toEqual([]);
    });

    it('tells what changed since, in pages', async () => {
      const since = new Date(systemClock.now().getTime() + 60_000).toISOString();
      const nothing = await quadsOf(
        (await (await read(`/catalog.jsonld?modified_since=${since}`)).json()) as object,
      );
      expect(objectsOf(nothing, `${DCAT}dataset`)).toEqual([]);
      const beyond = (await (await read('/catalog.jsonld?page=2')).json()) as object;
      expect(JSON.stringify(beyond)).toContain('hydra:previousPage');
    });

    it.each(['page=0', 'page=10001', 'page=x', 'modified_since=yesterday', 'q=x'])(
      'refuses %s, naming the field',
      async (query) => {
        const response = await read(`/catalog.jsonld?${query}`);
        expect(response.status).toBe(422);
        expect(await response.text()).toContain(`/${query.split('=')[0] ?? ''}`);
      },
    );
  });

  it('lists open data as data.json', async () => {
    const response = await read('/data.json');
    expect(response.status).toBe(200);
    const { dataset } = (await response.json()) as { dataset: readonly Record<string, unknown>[] };
    expect(dataset).toEqual([
      expect.objectContaining({
        identifier: open.id,
        title: 'Trees <b>of</b> the "city"',
        description: 'Made for this test',
        spatial: '-0.25,51.5,-0.1,51.6',
        landingPage: 'https://parks.example.org/trees',
        license: 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
      }),
    ]);
  });

  describe('as a CKAN client', () => {
    it('pages through every public dataset, by GET and as ckanapi by POST', async () => {
      const seen: string[] = [];
      for (let start = 0; ; start += 1) {
        const { result } = await ckan<Found>(`package_search?rows=1&start=${String(start)}`);
        if (result.results.length === 0) {
          expect(result.count).toBe(seen.length);
          break;
        }
        seen.push(...result.results.map(({ id }) => id));
      }
      const { result: names } = await ckan<string[]>('package_list', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(seen).toEqual(names);
      expect(seen).toContain(open.id);
      expect(seen).not.toContain(hidden.id);
    });

    it('searches, narrows and counts', async () => {
      const { result } = await ckan<Found>(
        `package_search?q=trees&fq=tags:parks&facet.field=${encodeURIComponent('["tags","organization"]')}`,
      );
      expect(result.results.map(({ id }) => id)).toEqual([open.id]);
      expect(result.facets['tags']).toEqual({ trees: 1, parks: 1 });
      expect(result.search_facets['organization']?.items).toHaveLength(1);
    });

    it('reads one by its id, and finds nothing of what it may not know', async () => {
      const { result } = await ckan<Found['results'][number]>(`package_show?id=${open.id}`);
      expect(result.resources[0]?.url).toBe(
        `${world.config.publicUrl}/datasets/${open.id}/request`,
      );
      for (const id of [hidden.id, '0199a1b2-0000-7000-8000-000000000001', 'x']) {
        const response = await read(`/api/3/action/package_show?id=${id}`);
        expect([response.status, await response.json()]).toEqual([
          404,
          expect.objectContaining({ success: false }),
        ]);
      }
    });

    it('is told whose data there is, and that this is a CKAN it knows', async () => {
      const { result } = await ckan<Record<string, unknown>[]>('organization_list?all_fields=true');
      expect(result[0]).toMatchObject({ type: 'organization', is_organization: true });
      expect(result[0]?.['package_count']).toBeGreaterThan(0);
      expect(await ckan('status_show')).toMatchObject({ success: true });
    });

    it.each([
      ['an action that writes', 'package_create', 400],
      ['a member of every object', 'constructor', 400],
      ['too many rows', 'package_search?rows=1001', 409],
      ['a filter that is not known', 'package_search?fq=capacity:public', 409],
      ['a query of 10,000 characters', `package_search?q=${'x'.repeat(10_000)}`, 409],
      ['facets that are no list', 'package_search?facet.field=tags', 409],
      ['no id', 'package_show', 409],
    ])('is refused %s in CKAN’s own words', async (_what, action, status) => {
      const response = await read(`/api/3/action/${action}`);
      expect(response.status).toBe(status);
      const { success, error } = (await response.json()) as CkanAnswer<never>;
      expect(success).toBe(false);
      expect(error?.__type).toMatch(/^(Bad request|Validation Error)$/);
      expect(error?.message).not.toBe('');
    });

    it.each(["'; DROP TABLE dataset; --", 'a & | ! ( :*', '<script>', '"unclosed', '%00'])(
      'finds nothing, and breaks nothing, with %s',
      async (q) => {
        const response = await read(`/api/3/action/package_search?q=${encodeURIComponent(q)}`);
        expect(response.status).toBe(200);
      },
    );
  });

  it('never reads where anything lies (R8.7)', async () => {
    const [store] = world.stores;
    const texts = await Promise.all(
      ['/catalog.jsonld', '/data.json', '/api/3/action/package_search?rows=100'].map(async (path) =>
        (await read(path)).text(),
      ),
    );
    for (const text of texts) {
      expect(text).not.toContain(store.bucket);
      expect(text).not.toContain(new URL(store.endpoint).host);
      expect(text).not.toContain(store.keys.broker.accessKeyId);
    }
  });
});
