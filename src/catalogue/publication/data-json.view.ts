import type { PublicDataset } from './public-dataset.types.js';

const SCHEMA = 'https://project-open-data.cio.gov/v1.1/schema';

/** The document around the entries: what comes before them and after them. */
export const DATA_JSON = {
  head: `{"@context":"${SCHEMA}/catalog.jsonld","@type":"dcat:Catalog","conformsTo":"${SCHEMA}","dataset":[`,
  tail: ']}',
} as const;

/** A box as `west,south,east,north`, or else what the owner calls the area. */
function spatialOf({ spatial, bbox }: PublicDataset): { readonly spatial?: string } {
  const area = bbox?.join(',') ?? spatial;
  return area === null ? {} : { spatial: area };
}

/** One open dataset. @see https://resources.data.gov/resources/dcat-us/ */
export function toDataJson(publicUrl: string, dataset: PublicDataset): object {
  const url = `${publicUrl}/datasets/${dataset.id}`;
  return {
    '@type': 'dcat:Dataset',
    identifier: dataset.id,
    title: dataset.title,
    description: dataset.description,
    keyword: dataset.keywords.length > 0 ? dataset.keywords : [dataset.publisher],
    modified: dataset.modified.toISOString(),
    publisher: { '@type': 'org:Organization', name: dataset.publisher },
    contactPoint: { '@type': 'vcard:Contact', fn: dataset.contact },
    accessLevel: 'public',
    license: dataset.licence,
    landingPage: dataset.landingPage ?? url,
    ...spatialOf(dataset),
    ...(dataset.themes.length === 0 ? {} : { theme: dataset.themes }),
    distribution: dataset.distributions.map(({ title, mediaType, downloadUrl, accessUrl }) => ({
      '@type': 'dcat:Distribution',
      title,
      mediaType,
      ...(downloadUrl === null ? {} : { downloadURL: downloadUrl }),
      ...(downloadUrl === null || accessUrl !== null
        ? { accessURL: accessUrl ?? `${url}/request` }
        : {}),
    })),
  };
}
