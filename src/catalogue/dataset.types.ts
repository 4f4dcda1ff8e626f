export const DATASET_ACCESS = ['open', 'shared', 'closed'] as const;
export type DatasetAccess = (typeof DATASET_ACCESS)[number];

export const DATASET_KINDS = ['files', 'feed'] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

export const VISIBILITIES = ['public', 'parties', 'owner'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** The EU's data themes. @see http://publications.europa.eu/resource/authority/data-theme */
export const THEMES = [
  'AGRI',
  'ECON',
  'EDUC',
  'ENER',
  'ENVI',
  'GOVE',
  'HEAL',
  'INTR',
  'JUST',
  'OP_DATPRO',
  'REGI',
  'SOCI',
  'TECH',
  'TRAN',
] as const;
export type Theme = (typeof THEMES)[number];

/** One column of the data. `class` says how far it tells who a row is about. */
export interface DatasetField {
  readonly name: string;
  readonly type: string;
  /** Of the numbers in it, such as `µg/m3`. */
  readonly unit?: string;
  /** Whether a row may have none; unset: nobody said. */
  readonly nullable?: boolean;
  readonly description: string;
  readonly class: string;
}

/** How many rows the data has: as counted, or by a guess from a sample of it. */
export interface RowCount {
  readonly count: number;
  readonly isExact: boolean;
}

/** London days that the data is about; either may be open. */
export interface Temporal {
  readonly startsOn?: string;
  readonly endsOn?: string;
}

/** Degrees of WGS 84: west, south, east, north. Never across the 180th meridian. */
export type BoundingBox = readonly [number, number, number, number];

/** What a dataset is to another one, and what the other then is to it. Terms of Dublin Core and PROV. */
export const LINK_KINDS = {
  part_of: 'has_part',
  version_of: 'has_version',
  replaces: 'replaced_by',
  requires: 'required_by',
  derived_from: 'source_of',
  see_also: 'see_also',
} as const;
export type LinkKind = keyof typeof LINK_KINDS;

/** Who answers questions about the data: a member of its organisation, or an address. */
export interface Steward {
  readonly personId?: string;
  readonly contact?: string;
}
