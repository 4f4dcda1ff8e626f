import { datasetWords } from '../dataset-words.js';
import type { PublicDataset } from './public-dataset.types.js';

const OPEN_END = '..';
const LESS_THAN = /</g;

/**
 * A public dataset as search engines read it from its page.
 * @returns JSON for a `<script type="application/ld+json">`: no `<` in it, so that no title can end the element.
 * @see https://developers.google.com/search/docs/appearance/structured-data/dataset
 */
export function schemaOrgText(publicUrl: string, dataset: PublicDataset): string {
  return JSON.stringify(toSchemaOrg(publicUrl, dataset)).replaceAll(LESS_THAN, '\\u003c');
}

function toSchemaOrg(publicUrl: string, dataset: PublicDataset): object {
  const url = `${publicUrl}/datasets/${dataset.id}`;
  const { startsOn, endsOn } = dataset.temporal ?? {};
  const isDated = startsOn !== undefined || endsOn !== undefined;
  return {
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    '@id': url,
    url,
    identifier: dataset.id,
    name: dataset.title,
    description: dataset.description,
    keywords: [...dataset.themes.map(datasetWords.theme), ...dataset.keywords],
    license: dataset.licence,
    isAccessibleForFree: dataset.access === 'open',
    conditionsOfAccess: dataset.accessReason ?? undefined,
    creator: { '@type': 'Organization', name: dataset.publisher },
    dateModified: dataset.modified.toISOString(),
    spatialCoverage: spatialCoverage(dataset),
    temporalCoverage: isDated ? `${startsOn ?? OPEN_END}/${endsOn ?? OPEN_END}` : undefined,
    includedInDataCatalog: { '@type': 'DataCatalog', name: 'Concordat', url: publicUrl },
    // R8.3: nothing says where it lies, but of what is open elsewhere.
    distribution: dataset.distributions
      .filter(({ downloadUrl }) => downloadUrl !== null)
      .map(({ downloadUrl, mediaType, title }) => ({
        '@type': 'DataDownload',
        name: title,
        contentUrl: downloadUrl,
        encodingFormat: mediaType,
      })),
  };
}

function spatialCoverage({ spatial, bbox }: PublicDataset): object | string | undefined {
  if (bbox === null) {
    return spatial ?? undefined;
  }
  const [west, south, east, north] = bbox;
  // South-west corner, north-east corner, latitude first.
  const box = [south, west, north, east].join(' ');
  return { '@type': 'Place', name: spatial ?? undefined, geo: { '@type': 'GeoShape', box } };
}
