import fc from 'fast-check';
import type { PublicDataset } from '../../publication/public-dataset.types.js';
import { toCatalog } from '../../publication/dcat.view.js';
import { readDcatDataset } from './dcat.rules.js';
import { readGraph } from './json-ld-graph.rules.js';

const SOURCE = { name: 'Portal', url: 'https://portal.example', frequencies: new Set(['ANNUAL']) };
const EU = 'http://publications.europa.eu/resource/authority';
const LICENCE = 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/';

function recordsOf(document: unknown) {
  const graph = readGraph(document);
  if ('fault' in graph) {
    throw new Error(graph.fault);
  }
  return [...graph.values()]
    .filter((node) => node.is('dcat:Dataset'))
    .map((node) => readDcatDataset(node, SOURCE));
}

/** As extensions of CKAN write it: flat, and each thing by its name. */
const FLAT = {
  '@context': { dcat: 'http://www.w3.org/ns/dcat#', dcterms: 'http://purl.org/dc/terms/' },
  '@graph': [
    {
      '@id': 'https://portal.example/catalog',
      '@type': 'dcat:Catalog',
      'dcat:dataset': { '@id': 'https://portal.example/trees' },
    },
    {
      '@id': 'https://portal.example/trees',
      '@type': 'http://www.w3.org/ns/dcat#Dataset',
      'dcterms:title': [
        { '@value': 'Bäume', '@language': 'de' },
        { '@value': 'Trees', '@language': 'en-GB' },
      ],
      'http://purl.org/dc/terms/description': 'Each tree.',
      'dcterms:publisher': { '@id': '_:p' },
      'dcat:contactPoint': { '@id': '_:c' },
      'dcat:keyword': ['trees', { '@value': 'parks', '@language': 'en' }],
      'dcat:theme': [{ '@id': `${EU}/data-theme/ENVI` }],
      'dcterms:language': { '@id': `${EU}/language/ENG` },
      'dcterms:accrualPeriodicity': { '@id': `${EU}/frequency/ANNUAL` },
      'dcterms:spatial': { '@id': '_:s' },
      'dcterms:temporal': { '@id': '_:t' },
      'dcterms:accessRights': { '@id': `${EU}/access-right/PUBLIC` },
      'dcat:landingPage': { '@id': 'https://portal.example/trees.html' },
      'dcat:distribution': { '@set': [{ '@id': 'https://portal.example/trees#csv' }] },
    },
    { '@id': '_:p', 'http://xmlns.com/foaf/0.1/name': 'Parks office' },
    {
      '@id': '_:c',
      'http://www.w3.org/2006/vcard/ns#hasEmail': { '@id': 'mailto:trees@portal.example' },
    },
    { '@id': '_:s', 'dcat:bbox': { '@value': 'POLYGON((1 2, 3 2, 3 4, 1 2))', '@type': 'wkt' } },
    { '@id': '_:t', 'dcat:startDate': { '@value': '2019-01-01', '@type': 'xsd:date' } },
    {
      '@id': 'https://portal.example/trees#csv',
      '@type': 'dcat:Distribution',
      'dcterms:title': 'As CSV',
      'dcat:downloadURL': { '@id': 'https://portal.example/trees.csv' },
      'dcat:mediaType': { '@id': 'https://www.iana.org/assignments/media-types/text/csv' },
      'dcterms:license': { '@id': LICENCE },
      'dcat:byteSize': { '@value': '120', '@type': 'xsd:decimal' },
    },
  ],
};

const EXPECTED = {
  identifier: 'https://portal.example/trees',
  leftOut: [],
  description: {
    title: 'Trees',
    description: 'Each tree.',
    publisher: 'Parks office',
    contact: 'trees@portal.example',
    access: 'open',
    licence: LICENCE,
    keywords: ['parks', 'trees'],
    themes: ['ENVI'],
    languages: ['ENG'],
    frequency: 'ANNUAL',
    bbox: [1, 2, 3, 4],
    temporal: { startsOn: '2019-01-01' },
    landingPage: 'https://portal.example/trees.html',
    distributions: [
      {
        title: 'As CSV',
        mediaType: 'text/csv',
        downloadUrl: 'https://portal.example/trees.csv',
        byteSize: 120,
      },
    ],
  },
};

/** As a context of DCAT's own lets it be written: one inside the other, without prefixes. */
const NESTED = {
  '@context': ['https://www.w3.org/ns/dcat', { id: '@id', type: '@type' }],
  type: 'Catalog',
  title: 'Portal',
  dataset: [
    {
      id: 'https://portal.example/trees',
      type: 'Dataset',
      title: 'Trees',
      description: 'Each tree.',
      publisher: { name: 'Parks office' },
      contactPoint: { hasEmail: 'mailto:trees@portal.example' },
      keyword: ['parks', 'trees'],
      theme: `${EU}/data-theme/ENVI`,
      language: 'en',
      accrualPeriodicity: 'R/P1Y',
      spatial: { bbox: '{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}' },
      temporal: { startDate: '2019' },
      accessRights: { 'rdfs:label': 'public' },
      landingPage: 'https://portal.example/trees.html',
      distribution: {
        title: 'As CSV',
        format: 'CSV',
        downloadURL: 'https://portal.example/trees.csv',
        license: LICENCE,
        byteSize: 120,
      },
    },
  ],
};

/** As DCAT-US has it, with contexts inside, terms that it misspells, and texts where DCAT has things. */
const OF_DCAT_US = {
  '@context': {
    license: 'http://purl.org/dc/terms/#license',
    dataset: 'http://www.w3.org/ns/dcat#dataset',
  },
  '@type': 'Catalog',
  dataset: [
    {
      '@context': { contactPoint: 'http://www.w3.org/ns/adms#contactPoint' },
      '@id': 'https://portal.example/trees',
      '@type': 'Dataset',
      identifier: 'trees-1',
      title: 'Trees',
      description: 'Each tree.',
      'http://www.w3.org/ns/adms#contactPoint': { hasEmail: 'mailto:trees@portal.example' },
      publisher: { name: 'Parks office', mbox: 'parks@portal.example' },
      accessLevel: 'public',
      license: LICENCE,
      spatial: 'London',
      temporal: '2019-09-01T12:00:00Z/2020-05-31T12:00:00Z',
    },
  ],
};

describe('a dataset of a DCAT catalogue', () => {
  it('is read where it is written as DCAT-US', () => {
    expect(recordsOf(OF_DCAT_US)).toMatchObject([
      {
        identifier: 'https://portal.example/trees',
        description: {
          ...{ access: 'open', licence: LICENCE, contact: 'trees@portal.example' },
          ...{ publisher: 'Parks office', spatial: 'London' },
          temporal: { startsOn: '2019-09-01', endsOn: '2020-05-31' },
        },
      },
    ]);
  });

  it.each([
    ['flat, by names', FLAT],
    ['one inside the other', NESTED],
  ])('is read where it is written %s', (_, document) => {
    expect(recordsOf(document)).toEqual([EXPECTED]);
  });

  it('is read of a broker like this one', () => {
    const dataset: PublicDataset = {
      ...{ id: '0190', title: 'Footfall', description: 'Counts', publisher: 'Borough' },
      ...{ contact: 'data@borough.example', organisationId: '01', organisation: 'Borough' },
      ...{ access: 'shared', accessReason: 'Personal data.', licence: 'DATA_SHARE_AGREEMENT' },
      ...{ themes: ['TRAN'], keywords: ['people'], frequency: 'ANNUAL', spatial: 'London' },
      ...{ temporal: { startsOn: '2020-01-01' }, modified: new Date(0), distributions: [] },
      ...{ languages: ['ENG'], places: ['E09000007'], bbox: [-0.25, 51.5, -0.1, 51.6] },
      ...{ qualityNotes: null, landingPage: 'https://borough.example/footfall' },
    };
    const page = {
      items: [dataset],
      total: 1,
      page: 1,
      pages: 1,
      urlOf: () => 'https://b.example',
    };
    const [record] = recordsOf(toCatalog('https://broker.example', 'Operator', page));
    expect(record).toMatchObject({
      identifier: 'https://broker.example/datasets/0190',
      description: {
        ...{ title: 'Footfall', publisher: 'Borough', contact: 'data@borough.example' },
        ...{ access: 'shared', themes: ['TRAN'], frequency: 'ANNUAL', spatial: 'London' },
        accessReason:
          'Access needs a signed data sharing agreement and an approved request. Personal data.',
        temporal: { startsOn: '2020-01-01' },
        bbox: [-0.25, 51.5, -0.1, 51.6],
        languages: ['ENG'],
      },
    });
  });

  it.each([
    ['of another server', 'https://evil.example/context.jsonld'],
    ['of a server inside', ['http://169.254.169.254/', {}]],
    ['by a relative name', '/context.jsonld'],
  ])('is not read with a context %s: none is fetched', (_, context) => {
    expect(readGraph({ '@context': context, '@graph': [] })).toHaveProperty('fault');
  });

  it('is read or refused, and never breaks anything, however it refers to itself and to others', () => {
    const id = fc.constantFrom('_:a', '_:b', 'https://portal.example/a', '__proto__', 'dcat:a');
    const property = fc.constantFrom(
      'dct:title',
      'dcat:distribution',
      'dct:publisher',
      'dct:spatial',
      'title',
      '@set',
      '@value',
      '@graph',
      '__proto__',
      'constructor',
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      id.map((one) => ({ '@id': one })),
    );
    const node = fc
      .tuple(id, fc.array(fc.tuple(property, value), { maxLength: 6 }))
      .map(([name, said]) => ({
        '@id': name,
        '@type': 'dcat:Dataset',
        ...Object.fromEntries(said),
      }));
    const context = fc.oneof(
      fc.constant(undefined),
      fc.dictionary(property, fc.oneof(id, fc.jsonValue())),
    );
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), context, (nodes, said) => {
        const document = JSON.parse(
          JSON.stringify({ '@context': said, '@graph': nodes }),
        ) as unknown;
        for (const record of recordsOf(document)) {
          expect('refused' in record || record.description.title.length > 0).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
