import { cornersOf } from '../coverage.rules.js';
import type { BoundingBox } from '../dataset.types.js';
import { PLACES } from '../places/gazetteer.js';
import type { PublicDataset, PublicDistribution } from './public-dataset.types.js';

/** A node of a JSON-LD document; names are as in `CONTEXT`. */
export type Node = Readonly<Record<string, unknown>>;

const EU = 'http://publications.europa.eu/resource/authority';
const MEDIA_TYPES = 'https://www.iana.org/assignments/media-types';
const ENGLISH = `${EU}/language/ENG`;
/** Where the Office for National Statistics names its areas. */
const AREAS = 'http://statistics.data.gov.uk/id/statistical-geography';
const WKT = 'http://www.opengis.net/ont/geosparql#wktLiteral';

const CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  hydra: 'http://www.w3.org/ns/hydra/core#',
  odrl: 'http://www.w3.org/ns/odrl/2/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const;

const LOCATION = { '@type': 'dct:Location' } as const;
const ACCESS_RIGHTS = { open: 'PUBLIC', shared: 'RESTRICTED', closed: 'NON_PUBLIC' } as const;

/** Where in the catalogue a page is: `page` counts from 1. */
export interface CatalogPage {
  readonly items: readonly PublicDataset[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Of a page, by its number. */
  readonly urlOf: (page: number) => string;
}

/** One page of the catalogue as DCAT-AP 3.0.1. @param publisher who runs the broker. */
export function toCatalog(publicUrl: string, publisher: string, page: CatalogPage): Node {
  const catalog = {
    '@id': `${publicUrl}/catalog.jsonld`,
    '@type': 'dcat:Catalog',
    'dct:title': english('Concordat catalogue'),
    'dct:description': english(
      'Data of the city that stays with its owners: what there is, whose it is and how to ask for it.',
    ),
    'dct:publisher': agent(`${publicUrl}/#publisher`, publisher),
    'dct:language': { '@id': ENGLISH, '@type': 'dct:LinguisticSystem' },
    'foaf:homepage': { '@id': publicUrl, '@type': 'foaf:Document' },
    'dcat:service': ckanService(publicUrl),
    'dcat:dataset': page.items.map((dataset) => toDcatDataset(publicUrl, dataset)),
  };
  return { '@context': CONTEXT, '@graph': [catalog, paging(page)] };
}

// Harvesters that know DCAT follow Hydra from page to page; the older name is what ckanext-dcat has long read.
function paging({ total, page, pages, urlOf, items }: CatalogPage): Node {
  const link = (to: number): Node => ({ '@id': urlOf(to) });
  return {
    '@id': urlOf(page),
    '@type': 'hydra:PagedCollection',
    'hydra:totalItems': total,
    'hydra:itemsPerPage': items.length,
    'hydra:firstPage': link(1),
    'hydra:lastPage': link(pages),
    ...(page > 1 ? { 'hydra:previousPage': link(page - 1) } : {}),
    ...(page < pages ? { 'hydra:next': link(page + 1), 'hydra:nextPage': link(page + 1) } : {}),
  };
}

function ckanService(publicUrl: string): Node {
  const endpoint = `${publicUrl}/api/3/action`;
  return {
    '@id': endpoint,
    '@type': 'dcat:DataService',
    'dct:title': english('The catalogue for CKAN clients'),
    'dcat:endpointURL': { '@id': endpoint },
  };
}

function toDcatDataset(publicUrl: string, dataset: PublicDataset): Node {
  const url = `${publicUrl}/datasets/${dataset.id}`;
  return {
    '@id': url,
    '@type': 'dcat:Dataset',
    'dct:identifier': dataset.id,
    'dct:title': english(dataset.title),
    'dct:description': english(dataset.description),
    'dct:publisher': agent(`urn:uuid:${dataset.organisationId}`, dataset.publisher),
    'dcat:contactPoint': contactPoint(dataset.contact),
    'dcat:landingPage': [url, ...(dataset.landingPage === null ? [] : [dataset.landingPage])].map(
      (page) => ({ '@id': page, '@type': 'foaf:Document' }),
    ),
    'dct:language': dataset.languages.map((code) => ({
      '@id': `${EU}/language/${code}`,
      '@type': 'dct:LinguisticSystem',
    })),
    'dct:modified': typed('dateTime', dataset.modified.toISOString()),
    'dct:accessRights': accessRights(dataset),
    'dct:rights': rightsInWords(dataset),
    'odrl:hasPolicy': policy(dataset),
    'dcat:keyword': dataset.keywords.map(english),
    ...classified(dataset),
    ...covered(dataset),
    'dcat:distribution': dataset.distributions.map((distribution) =>
      toDcatDistribution(url, dataset, distribution),
    ),
  };
}

/** R8.3: whoever wants the data starts at the request page; nothing says where it lies, but of what is open elsewhere. */
function toDcatDistribution(
  url: string,
  dataset: PublicDataset,
  { id, title, mediaType, byteSize, modified, downloadUrl, accessUrl }: PublicDistribution,
): Node {
  return {
    '@id': `${url}#${id}`,
    '@type': 'dcat:Distribution',
    'dct:title': english(title),
    'dcat:accessURL': { '@id': accessUrl ?? downloadUrl ?? `${url}/request` },
    ...(downloadUrl === null ? {} : { 'dcat:downloadURL': { '@id': downloadUrl } }),
    'dcat:mediaType': { '@id': `${MEDIA_TYPES}/${mediaType}`, '@type': 'dct:MediaType' },
    'dct:license': licence(dataset.licence),
    ...(byteSize === null
      ? {}
      : { 'dcat:byteSize': typed('nonNegativeInteger', String(byteSize)) }),
    ...(modified === null
      ? {}
      : { 'dct:modified': typed('dateTime', new Date(modified).toISOString()) }),
  };
}

// R8.2: a term of a vocabulary is typed in the graph, or the shapes refuse it.
function accessRights({ access }: PublicDataset): Node {
  return {
    ...concept(`${EU}/access-right/${ACCESS_RIGHTS[access]}`, ACCESS_RIGHTS[access].toLowerCase()),
    '@type': ['dct:RightsStatement', 'skos:Concept'],
  };
}

/** R8.4: CKAN's harvesters drop the policy, so it is repeated in words. */
function rightsInWords({ access, accessReason }: PublicDataset): Node {
  const asking = 'Access needs a signed data sharing agreement and an approved request.';
  const words = {
    open: 'Anybody may use this under its licence.',
    shared: `${asking} ${accessReason ?? ''}`,
    closed: `This is not shared at present. ${accessReason ?? ''}`,
  } as const;
  return english(words[access].trim());
}

function policy({ id, access }: PublicDataset): Node {
  return {
    '@id': `urn:uuid:${id}`,
    '@type': ['odrl:Policy', 'odrl:Offer'],
    'odrl:permission': {
      '@type': 'odrl:Permission',
      'odrl:action': { '@id': 'odrl:use' },
      ...(access === 'open'
        ? {}
        : {
            'odrl:duty': { '@type': 'odrl:Duty', 'odrl:action': { '@id': 'odrl:obtainConsent' } },
          }),
    },
  };
}

function classified({ themes, frequency }: PublicDataset): Node {
  return {
    'dcat:theme': themes.map((theme) => concept(`${EU}/data-theme/${theme}`, theme)),
    ...(frequency === null
      ? {}
      : {
          'dct:accrualPeriodicity': {
            '@id': `${EU}/frequency/${frequency}`,
            '@type': 'dct:Frequency',
          },
        }),
  };
}

function covered({ spatial, places, bbox, temporal }: PublicDataset): Node {
  const areas = [
    ...(spatial === null ? [] : [{ ...LOCATION, 'skos:prefLabel': english(spatial) }]),
    ...places.map((code) => ({
      '@id': `${AREAS}/${code}`,
      ...LOCATION,
      'skos:prefLabel': english(PLACES.get(code)?.name ?? code),
    })),
    ...(bbox === null
      ? []
      : [{ ...LOCATION, 'dcat:bbox': { '@value': polygon(bbox), '@type': WKT } }]),
  ];
  const { startsOn, endsOn } = temporal ?? {};
  return {
    ...(areas.length === 0 ? {} : { 'dct:spatial': areas }),
    ...(startsOn === undefined && endsOn === undefined
      ? {}
      : {
          'dct:temporal': {
            '@type': 'dct:PeriodOfTime',
            ...(startsOn === undefined ? {} : { 'dcat:startDate': typed('date', startsOn) }),
            ...(endsOn === undefined ? {} : { 'dcat:endDate': typed('date', endsOn) }),
          },
        }),
  };
}

/** Well-known text, longitude first: CRS84 is what a geosparql literal means when it names none. */
function polygon(bbox: BoundingBox): string {
  return `POLYGON((${cornersOf(bbox)
    .map((corner) => corner.join(' '))
    .join(', ')}))`;
}

function licence(text: string): Node {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:'
    ? { '@id': url.href, '@type': 'dct:LicenseDocument' }
    : { '@type': 'dct:LicenseDocument', 'dct:title': text };
}

function contactPoint(contact: string): Node {
  const isMail = /^[^\s@<>"]+@[^\s@<>"]+$/.test(contact);
  return {
    '@type': 'vcard:Kind',
    ...(isMail
      ? { 'vcard:hasEmail': { '@id': `mailto:${encodeURI(contact)}` } }
      : { 'vcard:fn': contact }),
  };
}

const agent = (id: string, name: string): Node => ({
  '@id': id,
  '@type': 'foaf:Agent',
  'foaf:name': name,
});

const concept = (id: string, label: string): Node => ({
  '@id': id,
  '@type': 'skos:Concept',
  'skos:prefLabel': english(label),
});

function english(text: string): Node {
  return { '@value': text, '@language': 'en' };
}

function typed(type: string, value: string): Node {
  return { '@value': value, '@type': `xsd:${type}` };
}
