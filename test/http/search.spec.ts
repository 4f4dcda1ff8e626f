import type { Problem } from '../../sandbox/api-client.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface Found {
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly total: number;
  readonly facets: Readonly<Record<string, readonly { readonly value: string }[]>>;
  readonly suggestions?: readonly string[];
}

/** Fields of a search that are text, each with something that is right. */
const FIELDS = {
  q: 'footfall',
  theme: 'TRAN',
  access: 'shared',
  kind: 'files',
  language: 'ENG',
  organisation: '01990000-0000-7000-8000-0000000000a1',
  place: 'Camden',
  bbox: '-0.5,51.3,0.3,51.7',
  from: '2020-01-01',
  to: '2020-12-31',
  modifiedSince: '2020-01-01T00:00:00Z',
  sort: 'newest',
  facets: 'true',
  highlights: 'true',
  pageSize: '10',
  pageToken: '',
} as const;
const HOSTILE = [
  `' OR 1=1; DROP TABLE dataset; --`,
  `$1) UNION SELECT pg_sleep(10)`,
  '<script>alert(1)</script>',
  '{{ constructor }}',
  '\u0000',
  'x'.repeat(10_000),
];

describe('the search', () => {
  let world: HttpWorld;
  let closed: string;

  beforeAll(async () => {
    world = await httpWorld();
    const own = await world.callers.owner.get<Record<string, unknown>>(
      `/api/v1/datasets/${world.seeded.datasets[0]?.id ?? ''}`,
    );
    const { id } = await world.callers.owner.post<{ id: string }>('/api/v1/datasets', {
      organisationId: own['organisationId'],
      title: 'Quagga shelters of Bromley',
      description: 'Footfall of zonkeys.',
      publisher: 'Department of quaggas',
      contact: 'quaggas@borough.example',
      sensitivity: 'internal',
      access: 'closed',
      accessReason: 'Safety',
      kind: 'feed',
      themes: ['AGRI'],
      languages: ['CYM'],
      places: ['E09000006'],
      visibility: 'owner',
      distributions: [],
    });
    closed = id;
    await world.callers.owner.post(`/api/v1/datasets/${id}/publish`);
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const path = (query: Readonly<Record<string, string>>): string =>
    `/api/v1/datasets?${new URLSearchParams(query).toString()}`;

  it('law 3: tells a foreign tenant of a closed dataset in no list, count, facet, highlight or suggestion', async () => {
    const QUERIES = [
      {},
      { q: 'quagga' },
      { q: 'quag*' },
      { q: 'footfall' },
      { q: 'footfall or quagga' },
      { q: 'zonkeys' },
      { q: 'bromley' },
      { q: 'quaga' },
      { place: 'Bromley' },
      { bbox: FIELDS.bbox },
      { theme: 'AGRI' },
      { language: 'CYM' },
      { access: 'closed' },
      { kind: 'feed' },
      { q: 'quagga', theme: 'TRAN' },
    ];
    for (const query of QUERIES) {
      const asked = path({ ...query, facets: 'true', highlights: 'true' });
      const seen = JSON.stringify(await world.outsider.get(asked));
      expect(seen).not.toContain(closed);
      expect(seen).not.toMatch(/quagga|zonkey|Bromley|E09000006|AGRI|CYM|"feed"|"closed"/i);
      expect(seen).not.toContain('"isFoundWithoutFilters":true');
    }
    for (const q of ['quag', 'quaga', 'quagga', 'shelters of br', 'department of q']) {
      const suggestions = await world.outsider.get(
        `/api/v1/datasets/suggestions?${new URLSearchParams({ q }).toString()}`,
      );
      expect(suggestions).toEqual({ items: [] });
    }
  });

  it('tells its owner of all of it', async () => {
    const { owner } = world.callers;
    const found = await owner.get<Found>(
      path({ q: 'quagga bromley', facets: 'true', highlights: 'true' }),
    );
    expect(found).toMatchObject({
      items: [{ id: closed, highlights: { title: [{ text: 'Quagga', isMatch: true }, {}, {}] } }],
      total: 1,
      facets: { place: [{ value: 'E09000006', label: 'Bromley', count: 1 }] },
    });
    expect(await owner.get<Found>(path({ q: 'quaga' }))).toMatchObject({ suggestions: ['quagga'] });
    expect(await owner.get('/api/v1/datasets/suggestions?q=quag')).toEqual({
      items: ['quagga', 'quaggas'],
    });
  });

  it('counts and lists the same', async () => {
    const { items, total, facets } = await world.callers.owner.get<Found>(
      path({ facets: 'true', pageSize: '1000' }),
    );
    expect(items).toHaveLength(total);
    expect(facets['kind']?.map(({ value }) => value)).toContain('feed');
  });

  it.each(Object.keys(FIELDS).flatMap((field) => HOSTILE.map((value) => [field, value] as const)))(
    'refuses or searches, in %s, for %j',
    async (field, value) => {
      const answer = await world.outsider.try<Problem & Partial<Found>>(
        'GET',
        path({ q: FIELDS.q, [field]: value }),
      );
      if (field === 'q' && value.length < 200 && value !== '\u0000') {
        expect(answer).toMatchObject({ status: 200, body: { items: [], suggestions: [] } });
        return;
      }
      expect(answer.status).toBe(
        field === 'pageToken' && value.length < 200 && value !== '\u0000' ? 400 : 422,
      );
      const errors = (answer.body['errors'] ?? []) as { pointer: string; reason: string }[];
      if (answer.status === 422) {
        expect(errors.map(({ pointer }) => pointer)).toContain(`/${field}`);
        expect(errors.every(({ reason }) => reason.length > 0)).toBe(true);
      }
    },
  );

  it.each(['', 'x'.repeat(10_000), '\u0000'])('suggests nothing to %j', async (q) => {
    const asked = `/api/v1/datasets/suggestions?${new URLSearchParams({ q }).toString()}`;
    expect(await world.outsider.try('GET', asked)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/q' }] },
    });
  });
});
