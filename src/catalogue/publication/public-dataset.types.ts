import type { BoundingBox, Temporal } from '../dataset.types.js';

/** A dataset that anybody may know of, as other catalogues read it: never where it lies (R8.7). */
export interface PublicDataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly publisher: string;
  readonly contact: string;
  readonly organisationId: string;
  readonly organisation: string;
  readonly access: 'open' | 'shared' | 'closed';
  readonly accessReason: string | null;
  readonly licence: string;
  readonly themes: readonly string[];
  readonly keywords: readonly string[];
  readonly frequency: string | null;
  readonly languages: readonly string[];
  readonly spatial: string | null;
  /** Codes of the Office for National Statistics. */
  readonly places: readonly string[];
  readonly bbox: BoundingBox | null;
  readonly qualityNotes: string | null;
  readonly landingPage: string | null;
  readonly temporal: Temporal | null;
  readonly modified: Date;
  readonly distributions: readonly PublicDistribution[];
}

export interface PublicDistribution {
  readonly id: string;
  readonly title: string;
  readonly mediaType: string;
  /** Bytes, when the owner has said. */
  readonly byteSize: number | null;
  readonly modified: string | null;
  /** Of open data that lies elsewhere. */
  readonly downloadUrl: string | null;
  readonly accessUrl: string | null;
}

/** Which public datasets; absent members do not narrow. */
export interface PublicQuery {
  readonly words?: string;
  readonly modifiedSince?: Date;
  readonly access?: string;
  readonly organisationId?: string;
  readonly theme?: string;
  readonly keyword?: string;
  readonly mediaType?: string;
  readonly licence?: string;
}

export type Facet = 'organisation' | 'theme' | 'keyword' | 'mediaType' | 'licence';

/** How many of the datasets asked for have a value. */
export interface FacetCount {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}
