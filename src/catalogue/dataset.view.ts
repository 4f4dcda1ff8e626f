import type { DatasetEntity, DistributionEntity } from './dataset.entity.js';
import type { RelatedDataset } from './dataset-links.repository.js';
import type { BoundingBox, DatasetField, RowCount, Temporal } from './dataset.types.js';
import { PLACES } from './places/gazetteer.js';
import type { SealedManifest } from './sealing/sealing.types.js';
import type { VersionView } from './versions/version.view.js';

/** A dataset in a list. */
export interface DatasetSummary {
  readonly id: string;
  readonly organisationId: string;
  readonly title: string;
  readonly description: string;
  readonly publisher: string;
  readonly access: string;
  readonly sensitivity: string;
  readonly kind: string;
  readonly themes: readonly string[];
  readonly keywords: readonly string[];
  readonly licence: string;
  readonly visibility: string;
  readonly status: string;
}

/** A dataset as anybody who may see it does: never where it lies (R8.7). */
export interface DatasetView extends DatasetSummary {
  /** For If-Match. */
  readonly etag: string;
  readonly contact: string;
  readonly steward: StewardView | null;
  readonly accessReason: string | null;
  readonly tags: readonly string[];
  readonly frequency: string | null;
  readonly fields: readonly DatasetField[];
  readonly populationId: string;
  readonly languages: readonly string[];
  readonly spatial: string | null;
  readonly places: readonly { readonly code: string; readonly name: string }[];
  readonly bbox: BoundingBox | null;
  readonly temporal: Temporal | null;
  readonly rowCount: RowCount | null;
  readonly qualityNotes: string | null;
  readonly landingPage: string | null;
  /** False: nobody is granted it here; it is open elsewhere, or only described. */
  readonly isInStore: boolean;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  /** Of a record that was read from another catalogue. */
  readonly origin: {
    readonly sourceId: string;
    readonly identifier: string;
    readonly fetchedAt: string;
    /** When it was no longer there. */
    readonly vanishedAt: string | null;
  } | null;
  readonly related: readonly RelatedDataset[];
  /** The newest that were sealed. */
  readonly versions: readonly VersionView[];
  readonly forwardingNote: string | null;
  readonly distributions: readonly {
    readonly id: string;
    readonly title: string;
    readonly mediaType: string;
    readonly byteSize: number | null;
    readonly modified: string | null;
    readonly disclosesLocation: boolean;
    /** Of open data that lies elsewhere. */
    readonly downloadUrl: string | null;
    readonly accessUrl: string | null;
  }[];
}

/** What its organisation sees besides: the place in its own store, and how sealing went. */
export interface OwnDatasetView extends DatasetView {
  readonly storeId: string | null;
  readonly prefix: string | null;
  /** Where in the store each form lies, by its id; null where it does not. */
  readonly paths: Readonly<Record<string, string | null>>;
  readonly sealedVersion: string | null;
  readonly isSealDue: boolean;
  readonly sealFault: string | null;
  readonly manifest: SealedManifest | null;
  readonly feed: WatchedFeed | null;
}

/** Who answers questions about the data. */
export interface StewardView {
  readonly contact: string | null;
  /** For members of the organisation; null for others, and once they are no member. */
  readonly person: { readonly id: string; readonly name: string | null } | null;
}

/** What is shown beside the dataset's own columns. */
export interface ShownBeside {
  readonly distributions: readonly DistributionEntity[];
  readonly related: readonly RelatedDataset[];
  readonly versions: readonly VersionView[];
  readonly steward: StewardView | null;
}

/** How the watching of a feed goes. */
export interface WatchedFeed {
  /** How many arrivals and withdrawals were numbered. */
  readonly lastNumber: number;
  /** When the last look at the whole prefix ended; null before the first. */
  readonly watchedAt: string | null;
  /** Why the last look did not end. */
  readonly fault: string | null;
}

export function toDatasetSummary(dataset: DatasetSummary): DatasetSummary {
  return {
    id: dataset.id,
    organisationId: dataset.organisationId,
    title: dataset.title,
    description: dataset.description,
    publisher: dataset.publisher,
    access: dataset.access,
    sensitivity: dataset.sensitivity,
    kind: dataset.kind,
    themes: dataset.themes,
    keywords: dataset.keywords,
    licence: dataset.licence,
    visibility: dataset.visibility,
    status: dataset.status,
  };
}

/** The state that was read, for the next change of it (RFC 9110 section 8.8.3). */
export function etagOf({ auditEventId }: Pick<DatasetEntity, 'auditEventId'>): string {
  return `"${auditEventId}"`;
}

export function toDatasetView(dataset: DatasetEntity, beside: ShownBeside): DatasetView {
  return {
    ...toDatasetSummary(dataset),
    etag: etagOf(dataset),
    contact: dataset.contact,
    steward: beside.steward,
    accessReason: dataset.accessReason,
    tags: dataset.tags,
    frequency: dataset.frequency,
    fields: dataset.fields,
    populationId: dataset.populationId,
    languages: dataset.languages,
    spatial: dataset.spatial,
    places: dataset.places.map((code) => ({ code, name: PLACES.get(code)?.name ?? code })),
    bbox: dataset.bbox,
    temporal: dataset.temporal,
    rowCount: dataset.rowCount,
    qualityNotes: dataset.qualityNotes,
    landingPage: dataset.landingPage,
    isInStore: dataset.storeId !== null,
    publishedAt: dataset.publishedAt?.toISOString() ?? null,
    modifiedAt: dataset.modifiedAt?.toISOString() ?? null,
    origin: originOf(dataset),
    related: beside.related,
    versions: beside.versions,
    forwardingNote: dataset.forwardingNote,
    distributions: beside.distributions.map((distribution) => ({
      id: distribution.id,
      title: distribution.title,
      mediaType: distribution.mediaType,
      byteSize: distribution.byteSize === null ? null : Number(distribution.byteSize),
      modified: distribution.modified?.toISOString() ?? null,
      disclosesLocation: distribution.disclosesLocation,
      downloadUrl: distribution.downloadUrl,
      accessUrl: distribution.accessUrl,
    })),
  };
}

export function toOwnDatasetView(
  dataset: DatasetEntity,
  beside: ShownBeside,
  manifest: SealedManifest | null,
  feed: WatchedFeed | null,
): OwnDatasetView {
  return {
    ...toDatasetView(dataset, beside),
    storeId: dataset.storeId,
    prefix: dataset.prefix,
    paths: Object.fromEntries(beside.distributions.map(({ id, path }) => [id, path])),
    sealedVersion: dataset.sealedVersion,
    isSealDue: dataset.sealDueAt !== null,
    sealFault: dataset.sealFault,
    manifest,
    feed,
  };
}

function originOf({
  originSourceId,
  originIdentifier,
  originFetchedAt,
  originVanishedAt,
}: DatasetEntity) {
  return originSourceId && originIdentifier && originFetchedAt
    ? {
        sourceId: originSourceId,
        identifier: originIdentifier,
        fetchedAt: originFetchedAt.toISOString(),
        vanishedAt: originVanishedAt?.toISOString() ?? null,
      }
    : null;
}
