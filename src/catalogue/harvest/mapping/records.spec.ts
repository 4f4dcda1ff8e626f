import fc from 'fast-check';
import { aPackage } from '../../../../test/support/ckan-packages.js';
import type { HarvestFormat } from '../harvest.types.js';
import type { HarvestedRecord } from './harvested-record.rules.js';
import { RECORD_MAPPERS } from './record-mappers.js';

const SOURCE = {
  name: 'City portal',
  url: 'https://portal.example',
  frequencies: new Set(['DAILY', 'MONTHLY', 'ANNUAL']),
};
const LICENCE = 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/';

const ENTRY = {
  '@type': 'dcat:Dataset',
  identifier: 'https://portal.example/id/trees',
  title: 'Street trees',
  description: 'Each tree, and <script>alert(1)</script> who planted it.',
  publisher: { '@type': 'org:Organization', name: 'Parks office' },
  contactPoint: { '@type': 'vcard:Contact', fn: 'Trees', hasEmail: 'mailto:trees@portal.example' },
  accessLevel: 'public',
  license: LICENCE,
  keyword: ['trees', 'parks', 'trees'],
  theme: ['ENVI', 'Nature'],
  language: ['en-GB'],
  accrualPeriodicity: 'R/P1Y',
  spatial: '-0.5,51.2,0.3,51.7',
  temporal: '2019-01-01T00:00:00Z/2020-12-31',
  landingPage: 'https://portal.example/trees',
  modified: '2026-01-01',
  distribution: [
    { title: 'As CSV', mediaType: 'text/csv', downloadURL: 'https://portal.example/trees.csv' },
    { title: 'As a map', format: 'GeoJSON', accessURL: 'https://portal.example/trees/map' },
  ],
};

function read(format: HarvestFormat, raw: unknown): HarvestedRecord {
  return RECORD_MAPPERS[format](raw, SOURCE);
}

function descriptionOf(format: HarvestFormat, raw: unknown) {
  const record = read(format, raw);
  if ('refused' in record) {
    throw new Error(JSON.stringify(record.refused));
  }
  return record.description;
}

describe('a record of another catalogue', () => {
  it('is read from a data.json', () => {
    expect(descriptionOf('data_json', ENTRY)).toEqual({
      title: 'Street trees',
      description: 'Each tree, and <script>alert(1)</script> who planted it.',
      publisher: 'Parks office',
      contact: 'trees@portal.example',
      access: 'open',
      licence: LICENCE,
      keywords: ['trees', 'parks'],
      themes: ['ENVI'],
      languages: ['ENG'],
      frequency: 'ANNUAL',
      bbox: [-0.5, 51.2, 0.3, 51.7],
      temporal: { startsOn: '2019-01-01', endsOn: '2020-12-31' },
      landingPage: 'https://portal.example/trees',
      distributions: [
        {
          title: 'As CSV',
          mediaType: 'text/csv',
          downloadUrl: 'https://portal.example/trees.csv',
        },
        {
          title: 'As a map',
          mediaType: 'application/geo+json',
          accessUrl: 'https://portal.example/trees/map',
        },
      ],
    });
  });

  it.each<readonly [string, HarvestFormat, object, string]>([
    ['of a private package', 'ckan', aPackage(1, { private: true }), 'closed'],
    [
      'restricted by an extra',
      'ckan',
      aPackage(1, { extras: [{ key: 'access_rights', value: 'RESTRICTED' }] }),
      'shared',
    ],
    [
      'with words of its own',
      'ckan',
      aPackage(1, { access_level: 'ask us', isopen: false }),
      'closed',
    ],
    ['restricted public', 'data_json', { ...ENTRY, accessLevel: 'restricted public' }, 'shared'],
    ['non-public', 'data_json', { ...ENTRY, accessLevel: 'non-public' }, 'closed'],
    ['with a level that is none', 'data_json', { ...ENTRY, accessLevel: 'constructor' }, 'closed'],
  ])('%s is not open, and where it lies is not said', (_, format, raw, access) => {
    const description = descriptionOf(format, raw);
    expect(description.access).toBe(access);
    expect(description.accessReason).not.toBe('');
    expect(description.distributions).toHaveLength(2);
    expect(JSON.stringify(description.distributions)).not.toContain('http');
  });

  it('is as open as its licence where a package has rights in words of its own', () => {
    const extras = [{ key: 'access_rights', value: 'No restrictions' }];
    expect(descriptionOf('ckan', aPackage(1, { extras })).access).toBe('open');
    expect(descriptionOf('ckan', aPackage(1, { extras, isopen: false }))).toMatchObject({
      access: 'closed',
      accessReason: 'No restrictions',
    });
  });

  it.each<readonly [string, HarvestFormat, unknown, string]>([
    ['no record', 'ckan', null, ''],
    ['a number', 'data_json', 7, '/identifier'],
    ['no name', 'ckan', aPackage(1, { id: undefined }), '/identifier'],
    ['a name of spaces', 'data_json', { ...ENTRY, identifier: ' \u0000 ' }, '/identifier'],
    ['a name that is an object', 'data_json', { ...ENTRY, identifier: {} }, '/identifier'],
    ['a name without end', 'data_json', { ...ENTRY, identifier: 'a'.repeat(501) }, '/identifier'],
    ['no title', 'data_json', { ...ENTRY, title: [] }, '/title'],
    ['a package that was deleted', 'ckan', aPackage(1, { state: 'deleted' }), '/state'],
    ['a source of a harvester', 'ckan', aPackage(1, { type: 'harvest' }), '/type'],
  ])('with %s is refused, saying so', (_, format, raw, pointer) => {
    const record = read(format, raw);
    expect('refused' in record && record.refused[0]?.pointer).toBe(pointer);
  });

  it.each<readonly [string, object, string]>([
    ['a private address', { downloadURL: 'https://10.0.0.1/a.csv' }, 'downloadUrl'],
    ['a script', { downloadURL: 'javascript:alert(1)' }, 'downloadUrl'],
    ['a password', { accessURL: 'https://user:secret@portal.example/' }, 'accessUrl'],
    ['a signed address', { downloadURL: 'https://b.example/a?X-Amz-Signature=00' }, 'downloadUrl'],
    ['no encryption', { downloadURL: 'http://portal.example/a.csv' }, 'downloadUrl'],
  ])('leaves out a file at %s, and says so', (_, distribution, member) => {
    const record = read('data_json', { ...ENTRY, distribution: [distribution] });
    expect(record).toMatchObject({ leftOut: [{ pointer: `/distributions/0/${member}` }] });
    expect(descriptionOf('data_json', { ...ENTRY, distribution: [distribution] })).toMatchObject({
      distributions: [{ title: 'At its source', accessUrl: ENTRY.landingPage }],
    });
  });

  it('is cut where it is too long, without what is not seen, and says so', () => {
    const title = `A\u202e${'b'.repeat(300)}\u0000`;
    const raw = {
      ...ENTRY,
      title,
      description: 'c\ud800'.repeat(4_000),
      keyword: ['k'.repeat(101)],
    };
    const record = read('data_json', raw);
    expect(record).toMatchObject({
      leftOut: [{ pointer: '/title' }, { pointer: '/description' }, { pointer: '/keywords' }],
    });
    const description = descriptionOf('data_json', raw);
    expect(description.title).toBe(`A ${'b'.repeat(197)}…`);
    expect(description.description).toHaveLength(5_000);
    expect(description.description.isWellFormed()).toBe(true);
  });

  it.each([
    ['a polygon', '{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4],[1,2]]]}', [1, 2, 3, 4]],
    [
      'a multipolygon',
      {
        coordinates: [
          [
            [
              [1, 2],
              [3, 4],
            ],
          ],
          [[[5, 6]]],
        ],
      },
      [1, 2, 5, 6],
    ],
    ['WKT', 'POLYGON((1 2, 3 2, 3 4, 1 2))', [1, 2, 3, 4]],
    ['an envelope', 'ENVELOPE(1, 3, 4, 2)', [1, 2, 3, 4]],
    ['four numbers', '1 2 3 4', [1, 2, 3, 4]],
    ['a box off the globe', '1,2,3,400', undefined],
    ['degrees that are none', 'POLYGON((e e, 1 2))', undefined],
    ['a place', 'London', undefined],
    ['lists without end', `${'['.repeat(20)}1,2${']'.repeat(20)}`, undefined],
  ])('has the area of %s', (_, spatial, bbox) => {
    expect(descriptionOf('data_json', { ...ENTRY, spatial }).bbox).toEqual(bbox);
  });

  it('is read or refused, and never breaks anything, whatever is in it', () => {
    const name = fc.constantFrom(...Object.keys(ENTRY), ...Object.keys(aPackage(1)), '__proto__');
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom("'; DROP TABLE dataset; --", '\u0000'));
    const changes = fc.array(fc.tuple(name, odd), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.constantFrom<HarvestFormat>('ckan', 'data_json'), (some, format) => {
        const raw = { ...aPackage(1), ...ENTRY, ...Object.fromEntries(some) };
        const record = read(format, JSON.parse(JSON.stringify(raw)));
        const text = JSON.stringify(record);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/\\u000[0-8]/);
        expect(
          'refused' in record ? record.refused.length : record.description.title.length,
        ).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
