import {
  OWNER,
  PARTNER,
  STRANGER,
  aDataset,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import type { Principal } from '../../identity/principal.js';
import { Secrets } from '../../platform/secrets/secrets.service.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import type { DatasetDto } from '../dataset.dto.js';
import { DatasetsService } from '../datasets.service.js';
import { CatalogueSearch } from './catalogue-search.service.js';
import { SearchAnswers } from './search-answers.service.js';
import { SearchSuggestions } from './search-suggestions.service.js';
import { SearchApi } from './search.api.js';
import { SearchQueryDto } from './search-query.dto.js';
import type { SearchAnswer } from './search.view.js';

describe('searching the catalogue', () => {
  let world: DataWorld;
  let api: SearchApi;

  beforeAll(async () => {
    world = await dataWorld();
    const suggestions = world.app.get(SearchSuggestions);
    const pages = new PageTokens(world.app.get(Secrets), world.clock);
    const answers = new SearchAnswers(world.app.get(CatalogueSearch), suggestions, pages);
    api = new SearchApi(answers, suggestions);
  });
  afterAll(() => world.close());

  const owner = (): Principal => world.as(OWNER);
  const described = async (changes: Partial<DatasetDto>): Promise<string> => {
    const dataset: Partial<DatasetDto> = aDataset({ storeId: '', distributions: [] });
    delete dataset.storeId;
    delete dataset.prefix;
    const id = await world.app
      .get(DatasetRegistration)
      .register(owner(), { ...(dataset as DatasetDto), ...changes });
    await world.app.get(DatasetsService).publish(owner(), id);
    return id;
  };
  const search = (
    changes: Partial<SearchQueryDto>,
    principal: Principal = owner(),
  ): Promise<SearchAnswer> => api.search(principal, Object.assign(new SearchQueryDto(), changes));
  const titles = async (
    changes: Partial<SearchQueryDto>,
    principal?: Principal,
  ): Promise<readonly string[]> =>
    (await search(changes, principal)).items.map(({ title }) => title);

  describe('by words', () => {
    it('finds them in title, description, publisher, keywords and columns, whatever their form', async () => {
      await described({
        title: 'Zebra crossings',
        description: 'Pedestrians waiting at cafés',
        publisher: 'Quayside Office',
        keywords: ['walking'],
        fields: [{ name: 'belisha_beacon', type: 'boolean', description: '', class: 'other' }],
      });
      for (const q of [
        'zebra',
        'crossing',
        'pedestrian waits',
        'quayside',
        'walk',
        'Café',
        'cafe',
        'belisha',
        '"zebra crossing"',
        'zeb*',
        'crossin*',
        'pedestrian zeb*',
        'giraffe or zebra',
      ]) {
        expect([q, await titles({ q })]).toEqual([q, ['Zebra crossings']]);
      }
      for (const q of ['zebra -crossing', '"crossing zebra"', 'zebra gir*', 'ebra*']) {
        expect([q, await titles({ q })]).toEqual([q, []]);
      }
    });

    it('ranks title above keywords, keywords above publisher, publisher above description', async () => {
      await described({ title: 'D', description: 'About heronries.' });
      await described({ title: 'C', publisher: 'Heronry Trust' });
      await described({ title: 'B', keywords: ['heronry'] });
      await described({ title: 'Heronries' });
      expect(await titles({ q: 'heronry' })).toEqual(['Heronries', 'B', 'C', 'D']);
      expect(await titles({ q: 'heronry', sort: 'title' })).toEqual(['B', 'C', 'D', 'Heronries']);
    });

    it('finds a place by its name in words, and by the place that a dataset is about', async () => {
      await described({ title: 'Osprey sightings', places: ['E09000020'] });
      await described({ title: 'Osprey nests', description: 'In Kensington and Chelsea alone.' });
      await described({ title: 'Osprey rings', description: 'In Chelsea alone.' });
      expect(await titles({ q: 'osprey kensington and chelsea', sort: 'title' })).toEqual([
        'Osprey nests',
        'Osprey sightings',
      ]);
      expect(await titles({ q: 'osprey', place: 'Kensington and chelsea' })).toEqual([
        'Osprey sightings',
      ]);
    });

    it.each(['the', `'"&|!():*`, '<>', '-', '-zebra', 'zebra or -giraffe'])(
      'refuses %j, and says why',
      async (q) => {
        await expect(search({ q })).rejects.toMatchObject({
          code: 'input_invalid',
          fields: {
            errors: [{ pointer: '/q', reason: expect.stringContaining('no word') as string }],
          },
        });
      },
    );
  });

  describe('pages', () => {
    const walk = async (changes: Partial<SearchQueryDto>, between?: () => Promise<unknown>) => {
      const seen: string[] = [];
      let pageToken: string | null = null;
      do {
        const page: SearchAnswer = await search({
          ...changes,
          pageSize: 1,
          ...(pageToken === null ? {} : { pageToken }),
        });
        seen.push(...page.items.map(({ id }) => id));
        pageToken = page.nextPageToken;
        await between?.();
      } while (pageToken !== null);
      return seen;
    };

    it.each(['relevance', 'title', 'newest'] as const)(
      'by %s show each dataset once, also among equals and while others come',
      async (sort) => {
        const word = `bittern${sort}`;
        const ids: string[] = [];
        for (const title of [`Some ${word}`, `Some ${word}`, `Some ${word}`, `Two ${word}`]) {
          ids.push(await described({ title }));
        }
        const seen = await walk({ q: word, sort }, () => described({ title: `A ${word} ${word}` }));
        expect(seen.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual([
          ...(await walk({ q: word, sort })).filter((id) => seen.includes(id)),
        ]);
      },
    );

    it('GD-17: take no page token of another query or caller, and none that is forged', async () => {
      const q = 'bitternnewest';
      const pageToken = (await search({ q, pageSize: 1 })).nextPageToken ?? '';
      expect(pageToken).not.toContain(q);
      for (const attempt of [
        search({ q: 'other', pageToken }),
        search({ q, pageToken, sort: 'title' }),
        search({ q, pageToken, theme: 'TRAN' }),
        search({ q, pageToken }, world.as(PARTNER)),
        search({ q, pageToken: `x${pageToken}` }),
      ]) {
        await expect(attempt).rejects.toMatchObject({ code: 'page_token_invalid' });
      }
    });
  });

  describe('filters', () => {
    it('narrow by theme, access, kind, language, organisation', async () => {
      const keywords = ['kestrel'];
      await described({ title: 'Themed', themes: ['TRAN'], languages: ['CYM'], keywords });
      await described({ title: 'Closed', access: 'closed', kind: 'feed', keywords });
      const q = 'kestrel';
      expect(await titles({ q, sort: 'title' })).toEqual(['Closed', 'Themed']);
      expect(await titles({ q, theme: 'TRAN' })).toEqual(['Themed']);
      expect(await titles({ q, language: 'CYM' })).toEqual(['Themed']);
      expect(await titles({ q, access: 'closed' })).toEqual(['Closed']);
      expect(await titles({ q, kind: 'feed' })).toEqual(['Closed']);
      expect(await titles({ q, organisation: OWNER })).toHaveLength(2);
      expect(await titles({ q, organisation: PARTNER })).toEqual([]);
    });

    it('narrow by area and by days, each touching', async () => {
      const q = 'plover';
      const keywords = [q];
      await described({
        title: 'West',
        keywords,
        bbox: [-0.5, 51.4, -0.3, 51.6],
        temporal: { startsOn: '2020-01-01', endsOn: '2020-12-31' },
      });
      await described({
        title: 'East',
        keywords,
        places: ['E09000002'],
        temporal: { startsOn: '2021-01-01' },
      });
      await described({ title: 'Nowhere, never', keywords });
      expect(await titles({ q, bbox: '-0.3,51.6,0,52' })).toEqual(['West']);
      expect(await titles({ q, bbox: '-0.6,51.3,0.3,51.7', sort: 'title' })).toEqual([
        'East',
        'West',
      ]);
      expect(await titles({ q, from: '2020-12-31', sort: 'title' })).toEqual(['East', 'West']);
      expect(await titles({ q, from: '2021-01-01' })).toEqual(['East']);
      expect(await titles({ q, to: '2020-12-31' })).toEqual(['West']);
      expect(await titles({ q, from: '2019-01-01', to: '2019-12-31' })).toEqual([]);
    });

    it('narrow by when the record was last changed', async () => {
      await described({ title: 'Fresh', keywords: ['whimbrel'] });
      const now = world.clock.now();
      const at = (ms: number): string => new Date(now.getTime() + ms).toISOString();
      expect(await titles({ q: 'whimbrel', modifiedSince: at(-60_000) })).toEqual(['Fresh']);
      expect(await titles({ q: 'whimbrel', modifiedSince: at(60_000) })).toEqual([]);
    });

    it.each<[string, Partial<SearchQueryDto>]>([
      ['/place', { place: 'Atlantis' }],
      ['/bbox', { bbox: '1,2,0,3' }],
      ['/bbox', { bbox: '181,0,190,3' }],
      ['/to', { from: '2020-02-02', to: '2020-02-01' }],
      ['/sort', { sort: 'relevance' }],
    ])('name %s where it is wrong', async (pointer, changes) => {
      await expect(search(changes)).rejects.toMatchObject({
        code: 'input_invalid',
        fields: { errors: [{ pointer }] },
      });
    });
  });

  describe('counts', () => {
    beforeAll(async () => {
      const keywords = ['lapwing'];
      await described({ title: 'One', keywords, themes: ['TRAN', 'ENVI'], places: ['E09000007'] });
      await described({ title: 'Two', keywords, themes: ['TRAN'], access: 'closed', kind: 'feed' });
      await described({
        title: 'Hidden lapwings of Brent',
        keywords,
        themes: ['JUST'],
        places: ['E09000005'],
        visibility: 'owner',
      });
    });
    const count = async (principal: Principal, changes: Partial<SearchQueryDto> = {}) => {
      const { total, facets } = await search({ q: 'lapwing', facets: true, ...changes }, principal);
      return { total, ...facets };
    };

    it('are of all that is found, with the names of organisations', async () => {
      expect(await count(owner())).toEqual({
        total: 3,
        access: [
          { value: 'shared', count: 2 },
          { value: 'closed', count: 1 },
        ],
        kind: [
          { value: 'files', count: 2 },
          { value: 'feed', count: 1 },
        ],
        theme: [
          { value: 'TRAN', count: 2 },
          { value: 'ENVI', count: 1 },
          { value: 'JUST', count: 1 },
        ],
        language: [{ value: 'ENG', count: 3 }],
        organisation: [{ value: OWNER, label: OWNER, count: 3 }],
        place: [
          { value: 'E09000005', label: 'Brent', count: 1 },
          { value: 'E09000007', label: 'Camden', count: 1 },
        ],
      });
      expect(await count(owner(), { theme: 'ENVI', pageSize: 1 })).toMatchObject({ total: 1 });
    });

    it('law 3: tell nobody of what they may not know of', async () => {
      for (const principal of [world.as(PARTNER, 'researcher'), world.as(STRANGER)]) {
        const seen = await count(principal);
        expect(seen).toMatchObject({ total: 2, organisation: [{ count: 2 }] });
        expect(JSON.stringify(seen)).not.toMatch(/JUST|Brent|E09000005/);
        expect(await titles({ q: 'brent' }, principal)).toEqual([]);
        expect(await count(principal, { q: 'brent' })).toMatchObject({
          total: 0,
          organisation: [],
        });
      }
    });

    it('are the same of everything as of everything that is narrowed by nothing', async () => {
      await described({ title: 'Withheld', visibility: 'parties' });
      const frozen = await described({ title: 'Frozen' });
      await world.app.get(DatasetsService).freeze(owner(), frozen, 'Wrong');
      const gone = await described({ title: 'Gone' });
      await world.app.get(DatasetsService).withdraw(owner(), gone, 'Elsewhere');
      for (const principal of [owner(), world.as(PARTNER, 'researcher')]) {
        const { total, facets } = await search({ facets: true }, principal);
        const since = await search(
          { facets: true, modifiedSince: '1970-01-01T00:00:00Z' },
          principal,
        );
        expect({ total, facets }).toEqual({ total: since.total, facets: since.facets });
        expect(await titles({ pageSize: 1_000 }, principal)).toHaveLength(total ?? -1);
      }
    });

    it('law 3: follow a dataset that is hidden, in the same transaction', async () => {
      const id = await described({ title: 'Avocet' });
      const stranger = world.as(STRANGER);
      expect(await count(stranger, { q: 'avocet' })).toMatchObject({ total: 1 });
      await world.database.transaction(async (tx) => {
        await tx.query(`UPDATE dataset SET visibility = 'owner' WHERE id = $1`, [id]);
      });
      expect(await count(stranger, { q: 'avocet' })).toMatchObject({ total: 0 });
      expect(await titles({ q: 'avocet' }, stranger)).toEqual([]);
    });

    it('are not made where nobody asks', async () => {
      expect(Object.keys(await search({ q: 'lapwing' }))).toEqual(['items', 'nextPageToken']);
    });
  });

  describe('highlights', () => {
    it('mark what was looked for, and are text', async () => {
      const title = 'Dunlin <b>counts</b>';
      const description = 'Each <script>alert(1)</script> dunlin counted yesterday.';
      await described({ title, description });
      const { items } = await search({ q: 'dunlins', highlights: true });
      expect(items[0]?.highlights).toEqual({
        title: [
          { text: 'Dunlin', isMatch: true },
          { text: ' <b>counts</b>', isMatch: false },
        ],
        description: [
          { text: 'Each  alert(1)  ', isMatch: false },
          { text: 'dunlin', isMatch: true },
          { text: ' counted yesterday', isMatch: false },
        ],
      });
    });
  });

  describe('suggestions', () => {
    beforeAll(async () => {
      await described({ title: 'Housing starts by ward', keywords: ['dwellings', 'café'] });
      await described({ title: 'Housing of eider ducks', visibility: 'owner' });
    });
    const stranger = () => world.as(STRANGER, 'researcher');
    const suggest = async (q: string, principal = stranger()): Promise<readonly string[]> =>
      (await api.suggest(principal, { q })).items;

    it.each([
      ['hosuing', ['housing']],
      ['housing strats', ['housing starts']],
      ['huosing sterts', ['housing starts']],
      ['dwelings', ['dwellings']],
      ['cafbé', ['cafe']],
      ['housing xylophones', []],
      ['zzzzzz', []],
    ])('correct the spelling of %j where nothing is found', async (q, suggestions) => {
      expect(await search({ q }, stranger())).toMatchObject({
        items: [],
        isFoundWithoutFilters: false,
        suggestions,
      });
    });

    it('say when only the filters hide it', async () => {
      expect(await search({ q: 'housing', theme: 'JUST' }, stranger())).toMatchObject({
        items: [],
        isFoundWithoutFilters: true,
      });
      expect(await search({ q: 'housing' }, stranger())).not.toHaveProperty('suggestions');
    });

    it.each([
      ['hous', ['housing']],
      ['housing st', ['housing starts']],
      ['housing strats', ['housing starts']],
      ['-hous', []],
      ['"', []],
      ['%', []],
    ])('complete %j while it is typed', async (q, suggestions) => {
      expect(await suggest(q)).toEqual(suggestions);
    });

    it('law 3: lead nobody to what they may not know of', async () => {
      for (const q of ['eid', 'eidr', 'housing eid', 'housing eidr', 'duck']) {
        expect([q, await suggest(q)]).toEqual([q, []]);
        expect(await suggest(q, owner())).not.toEqual([]);
      }
      expect(await search({ q: 'housing eidr' }, stranger())).toMatchObject({ suggestions: [] });
      expect(await search({ q: 'eider', theme: 'JUST' }, stranger())).toMatchObject({
        isFoundWithoutFilters: false,
        suggestions: [],
      });
    });
  });
});
