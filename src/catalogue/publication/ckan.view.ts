import { cornersOf } from '../coverage.rules.js';
import type { FacetCount, PublicDataset } from './public-dataset.types.js';

/** A dataset as CKAN's `package`. Its id serves as its name too: titles change, and names must not. */
export function toPackage(publicUrl: string, dataset: PublicDataset): object {
  const url = `${publicUrl}/datasets/${dataset.id}`;
  const modified = dataset.modified.toISOString().slice(0, -1);
  return {
    id: dataset.id,
    name: dataset.id,
    title: dataset.title,
    notes: dataset.description,
    type: 'dataset',
    state: 'active',
    private: false,
    isopen: dataset.access === 'open',
    url,
    author: dataset.publisher,
    maintainer: dataset.contact,
    owner_org: dataset.organisationId,
    organization: toOrganization(dataset.organisationId, dataset.organisation),
    license_id: dataset.licence,
    license_title: dataset.licence,
    metadata_modified: modified,
    metadata_created: createdAt(dataset.id),
    num_resources: dataset.distributions.length,
    num_tags: dataset.keywords.length,
    tags: dataset.keywords.map((name) => ({ name, display_name: name, state: 'active' })),
    groups: dataset.themes.map((name) => ({ name, title: name })),
    extras: extrasOf(dataset),
    resources: dataset.distributions.map((distribution, position) => ({
      id: distribution.id,
      package_id: dataset.id,
      name: distribution.title,
      format: distribution.mediaType,
      mimetype: distribution.mediaType,
      size: distribution.byteSize,
      position,
      state: 'active',
      // R8.3: where to ask, never where it lies; open data that lies elsewhere says so itself.
      url: distribution.downloadUrl ?? distribution.accessUrl ?? `${url}/request`,
    })),
  };
}

function extrasOf(dataset: PublicDataset): object[] {
  const { access, accessReason, frequency, languages, spatial, bbox, temporal } = dataset;
  const values = {
    access_rights: access,
    access_reason: accessReason,
    frequency,
    language: languages.length === 0 ? null : languages.join(','),
    spatial_text: spatial,
    // As ckanext-spatial keeps it: a GeoJSON geometry as text.
    spatial: bbox && JSON.stringify({ type: 'Polygon', coordinates: [cornersOf(bbox)] }),
    quality_notes: dataset.qualityNotes,
    landing_page: dataset.landingPage,
    temporal_start: temporal?.startsOn,
    temporal_end: temporal?.endsOn,
  };
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ({ key, value }));
}

/** RFC 9562 section 5.7: a UUIDv7 begins with the milliseconds of when it was made. */
function createdAt(id: string): string {
  const ms = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return new Date(ms).toISOString().slice(0, -1);
}

export function toOrganization(id: string, name: string, count?: number): object {
  return {
    id,
    name: id,
    title: name,
    display_name: name,
    type: 'organization',
    is_organization: true,
    state: 'active',
    ...(count === undefined ? {} : { package_count: count }),
  };
}

/** Counts of one facet, in the two shapes that clients read. */
export function toFacet(
  name: string,
  counts: readonly FacetCount[],
): {
  readonly plain: Readonly<Record<string, number>>;
  readonly full: object;
} {
  return {
    plain: Object.fromEntries(counts.map(({ value, count }) => [value, count])),
    full: {
      title: name,
      items: counts.map(({ value, label, count }) => ({ name: value, display_name: label, count })),
    },
  };
}
