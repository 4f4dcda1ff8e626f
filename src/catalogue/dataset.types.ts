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
  readonly description: string;
  readonly class: string;
}

/** London days that the data is about; either may be open. */
export interface Temporal {
  readonly startsOn?: string;
  readonly endsOn?: string;
}
