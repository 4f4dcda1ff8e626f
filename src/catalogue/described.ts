import type { DatasetDto, DistributionDto } from './dataset.dto.js';
import type { DatasetEntity, DatasetLinkEntity, DistributionEntity } from './dataset.entity.js';
import { boxAround } from './places/gazetteer.js';

const BY_AGREEMENT = 'DATA_SHARE_AGREEMENT';

type Described = Pick<
  DatasetEntity,
  | 'organisationId'
  | 'title'
  | 'description'
  | 'publisher'
  | 'contact'
  | 'access'
  | 'accessReason'
  | 'sensitivity'
  | 'tags'
  | 'kind'
  | 'frequency'
  | 'fields'
  | 'populationId'
  | 'storeId'
  | 'prefix'
  | 'keywords'
  | 'themes'
  | 'languages'
  | 'places'
  | 'bbox'
  | 'spatial'
  | 'temporal'
  | 'licence'
  | 'stewardPersonId'
  | 'stewardContact'
  | 'rowCount'
  | 'qualityNotes'
  | 'landingPage'
  | 'visibility'
>;

/** The columns that a description fills. @param id the dataset's: by itself it is a population of its own. */
export function describedIn(dto: DatasetDto, id: string): Described {
  return {
    organisationId: dto.organisationId,
    title: dto.title,
    description: dto.description,
    publisher: dto.publisher,
    contact: dto.contact,
    access: dto.access,
    accessReason: dto.accessReason ?? null,
    sensitivity: dto.sensitivity,
    tags: dto.tags,
    kind: dto.kind,
    frequency: dto.frequency ?? null,
    fields: dto.fields.map((field) => ({ ...field })),
    populationId: dto.populationId ?? id,
    storeId: dto.storeId ?? null,
    prefix: dto.prefix ?? null,
    keywords: dto.keywords,
    themes: dto.themes,
    languages: dto.languages,
    places: dto.places,
    bbox: dto.bbox ?? boxAround(dto.places) ?? null,
    spatial: dto.spatial ?? null,
    temporal: dto.temporal ? { ...dto.temporal } : null,
    licence: dto.licence ?? BY_AGREEMENT,
    stewardPersonId: dto.steward?.personId ?? null,
    stewardContact: dto.steward?.contact ?? null,
    rowCount: dto.rowCount ? { ...dto.rowCount } : null,
    qualityNotes: dto.qualityNotes ?? null,
    landingPage: dto.landingPage ?? null,
    visibility: dto.visibility,
  };
}

/** The columns that one distribution fills. */
export function distributionIn(dto: DistributionDto) {
  return {
    title: dto.title,
    mediaType: dto.mediaType,
    path: dto.path ?? null,
    downloadUrl: dto.downloadUrl ?? null,
    accessUrl: dto.accessUrl ?? null,
    byteSize: dto.byteSize === undefined ? null : String(dto.byteSize),
    modified: dto.modified === undefined ? null : new Date(dto.modified),
    disclosesLocation: dto.disclosesLocation,
  };
}

/** The links that a description makes. */
export function linksIn(
  { related }: DatasetDto,
  datasetId: string,
  auditEventId: string,
): DatasetLinkEntity[] {
  return related.map((link) => ({
    datasetId,
    relatedId: link.datasetId,
    kind: link.kind,
    auditEventId,
  }));
}

/** What was said of a dataset, as `DatasetDto` takes it: without what was left out, so that a change can be merged in. */
export function descriptionOf(
  dataset: DatasetEntity,
  distributions: readonly DistributionEntity[],
  links: readonly DatasetLinkEntity[],
): Readonly<Record<string, unknown>> {
  const { bbox, places, stewardPersonId, stewardContact } = dataset;
  const isOfPlaces = String(bbox) === String(boxAround(places));
  return present({
    ...describedBy(dataset),
    bbox: isOfPlaces ? null : bbox,
    steward:
      stewardPersonId === null && stewardContact === null
        ? null
        : present({ personId: stewardPersonId, contact: stewardContact }),
    related: links.map(({ relatedId, kind }) => ({ datasetId: relatedId, kind })),
    distributions: distributions.map(distributionOf),
  });
}

function describedBy(dataset: DatasetEntity) {
  return {
    organisationId: dataset.organisationId,
    title: dataset.title,
    description: dataset.description,
    publisher: dataset.publisher,
    contact: dataset.contact,
    access: dataset.access,
    accessReason: dataset.accessReason,
    sensitivity: dataset.sensitivity,
    tags: dataset.tags,
    kind: dataset.kind,
    frequency: dataset.frequency,
    fields: dataset.fields,
    populationId: dataset.populationId,
    storeId: dataset.storeId,
    prefix: dataset.prefix,
    keywords: dataset.keywords,
    themes: dataset.themes,
    languages: dataset.languages,
    places: dataset.places,
    spatial: dataset.spatial,
    temporal: dataset.temporal,
    licence: dataset.licence,
    rowCount: dataset.rowCount,
    qualityNotes: dataset.qualityNotes,
    landingPage: dataset.landingPage,
    visibility: dataset.visibility,
  };
}

/** One distribution, as its DTO takes it. */
export function distributionOf(distribution: DistributionEntity) {
  return present({
    id: distribution.id,
    title: distribution.title,
    mediaType: distribution.mediaType,
    path: distribution.path,
    downloadUrl: distribution.downloadUrl,
    accessUrl: distribution.accessUrl,
    byteSize: distribution.byteSize === null ? null : Number(distribution.byteSize),
    modified: distribution.modified?.toISOString() ?? null,
    disclosesLocation: distribution.disclosesLocation,
  });
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
