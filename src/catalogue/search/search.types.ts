import type { BoundingBox, DatasetAccess, DatasetKind, Theme } from '../dataset.types.js';

export const SORTS = ['relevance', 'title', 'newest'] as const;
export type Sort = (typeof SORTS)[number];

export const FACETS = ['access', 'kind', 'theme', 'language', 'organisation', 'place'] as const;
export type Facet = (typeof FACETS)[number];

/** What is looked for. Everything that is said must hold. */
export interface Search {
  /** A `tsquery`, as PostgreSQL writes one. */
  readonly words: string | null;
  readonly access: DatasetAccess | null;
  readonly kind: DatasetKind | null;
  readonly theme: Theme | null;
  readonly language: string | null;
  readonly organisationId: string | null;
  /** The code of a place. */
  readonly place: string | null;
  /** Whose area touches this one. */
  readonly bbox: BoundingBox | null;
  /** Whose days overlap with this `daterange`. */
  readonly days: string | null;
  readonly modifiedSince: string | null;
}

/** Where a page starts: after this, in the order of the sort. */
export interface PageStart {
  readonly key: number | string;
  readonly id: string;
}

/** A page of what is found. */
export interface PageQuery {
  readonly sort: Sort;
  readonly after: PageStart | null;
  readonly limit: number;
  readonly isHighlighted: boolean;
}

export interface FacetValue {
  readonly value: string;
  /** What a reader calls it, where that is not the value. */
  readonly label?: string;
  readonly count: number;
}

export type Facets = Readonly<Record<Facet, readonly FacetValue[]>>;
