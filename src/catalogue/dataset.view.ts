import type { DatasetEntity, DistributionEntity } from './dataset.entity.js';
import type { DatasetField, Temporal } from './dataset.types.js';
import type { SealedManifest } from './sealing/sealing.types.js';

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
  readonly theme: string | null;
  readonly keywords: readonly string[];
  readonly licence: string;
  readonly visibility: string;
  readonly status: string;
}

/** A dataset as anybody who may see it does: never where it lies (R8.7). */
export interface DatasetView extends DatasetSummary {
  readonly contact: string;
  readonly accessReason: string | null;
  readonly tags: readonly string[];
  readonly frequency: string | null;
  readonly fields: readonly DatasetField[];
  readonly populationId: string;
  readonly spatial: string | null;
  readonly temporal: Temporal | null;
  readonly forwardingNote: string | null;
  readonly distributions: readonly {
    readonly id: string;
    readonly title: string;
    readonly mediaType: string;
    readonly byteSize: number | null;
    readonly modified: string | null;
    readonly disclosesLocation: boolean;
  }[];
}

/** What its organisation sees besides: the place in its own store, and how sealing went. */
export interface OwnDatasetView extends DatasetView {
  readonly storeId: string;
  readonly prefix: string;
  readonly sealedVersion: string | null;
  readonly isSealDue: boolean;
  readonly sealFault: string | null;
  readonly manifest: SealedManifest | null;
  readonly feed: WatchedFeed | null;
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

export function toDatasetSummary(dataset: DatasetEntity): DatasetSummary {
  return {
    id: dataset.id,
    organisationId: dataset.organisationId,
    title: dataset.title,
    description: dataset.description,
    publisher: dataset.publisher,
    access: dataset.access,
    sensitivity: dataset.sensitivity,
    kind: dataset.kind,
    theme: dataset.theme,
    keywords: dataset.keywords,
    licence: dataset.licence,
    visibility: dataset.visibility,
    status: dataset.status,
  };
}

export function toDatasetView(
  dataset: DatasetEntity,
  distributions: readonly DistributionEntity[],
): DatasetView {
  return {
    ...toDatasetSummary(dataset),
    contact: dataset.contact,
    accessReason: dataset.accessReason,
    tags: dataset.tags,
    frequency: dataset.frequency,
    fields: dataset.fields,
    populationId: dataset.populationId,
    spatial: dataset.spatial,
    temporal: dataset.temporal,
    forwardingNote: dataset.forwardingNote,
    distributions: distributions.map((distribution) => ({
      id: distribution.id,
      title: distribution.title,
      mediaType: distribution.mediaType,
      byteSize: distribution.byteSize === null ? null : Number(distribution.byteSize),
      modified: distribution.modified?.toISOString() ?? null,
      disclosesLocation: distribution.disclosesLocation,
    })),
  };
}

export function toOwnDatasetView(
  dataset: DatasetEntity,
  distributions: readonly DistributionEntity[],
  manifest: SealedManifest | null,
  feed: WatchedFeed | null,
): OwnDatasetView {
  return {
    ...toDatasetView(dataset, distributions),
    storeId: dataset.storeId,
    prefix: dataset.prefix,
    sealedVersion: dataset.sealedVersion,
    isSealDue: dataset.sealDueAt !== null,
    sealFault: dataset.sealFault,
    manifest,
    feed,
  };
}
