/** Parts of the calendar that a day or an instant is cut to, UTC; weeks start on Monday (privacy.md section 2). */
export const PERIODS = ['year', 'quarter', 'month', 'week'] as const;
export const IDENTIFIER_DOMAINS = ['nhs_number', 'uprn', 'text'] as const;
export const ASSESSMENT_RESULTS = ['passed', 'failed'] as const;
export const PROTECTIONS = ['round5', 'cellkey', 'dp'] as const;
export const PRESETS = [
  'ons_srs',
  'uk_llc',
  'hesa',
  'nhs_hes',
  'ofqual',
  'acro',
  'sdclog',
] as const;
export const FILTER_OPERATORS = ['eq', 'in', 'between'] as const;

export type Period = (typeof PERIODS)[number];
type FilterOperator = (typeof FILTER_OPERATORS)[number];
type MeasureFunction = 'units' | 'rows' | 'sum' | 'mean';

/** What a view does to one source column; each kind has members of its own. Quantities are decimal strings. */
export type ColumnRule =
  | { readonly kind: 'keep' | 'presence' | 'postcode' | 'pseudonymise' | 'prefix' }
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'map'; readonly values: Readonly<Record<string, string>> }
  | {
      readonly kind: 'band';
      readonly width: string;
      readonly origin?: string;
      readonly bottom?: string;
      readonly top?: string;
    }
  | { readonly kind: 'round'; readonly to: string }
  | { readonly kind: 'clamp'; readonly low: string; readonly high: string }
  | { readonly kind: 'date'; readonly to?: Period };

export type RowRule =
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly string[] }
  | {
      readonly kind: 'between';
      readonly column: string;
      readonly low: string;
      readonly high: string;
    }
  | { readonly kind: 'notNull'; readonly column: string };

/** How a view is computed (privacy.md section 2). */
export interface ViewTerms {
  readonly schema: 1;
  readonly unit: { readonly column: string; readonly domain: (typeof IDENTIFIER_DOMAINS)[number] };
  readonly format: 'parquet' | 'csv';
  readonly columns: readonly {
    readonly name: string;
    readonly from?: string;
    readonly rule: ColumnRule;
  }[];
  readonly rows?: readonly RowRule[];
  readonly checks?: {
    readonly kAnonymity?: { readonly columns: readonly string[]; readonly maxSuppressed?: string };
    readonly lDiversity?: { readonly column: string; readonly maxSuppressed?: string };
    readonly window?: { readonly column: string; readonly grain: string };
  };
}

/** A motivated-intruder assessment of one view (privacy.md, V2.8). */
export interface AssessmentTerms {
  readonly viewDigest: string;
  readonly assessedBy: string;
  readonly assessedOn: string;
  readonly result: (typeof ASSESSMENT_RESULTS)[number];
  readonly reviewBy: string;
}

export interface Dimension {
  readonly column: string;
  readonly bins?: readonly Period[];
  /** `public`: every one of `values` appears in the answer, an absent one as zero (V4.4). */
  readonly keys: 'public' | 'private';
  readonly values?: readonly string[];
}

export interface Filter {
  readonly column: string;
  readonly ops: readonly FilterOperator[];
  /** Bounds stand on multiples of it, or on the first days of a period. */
  readonly grain?: string;
}

export interface Measure {
  readonly fn: MeasureFunction;
  /** Of `sum` and `mean`. */
  readonly column?: string;
  readonly low?: string;
  readonly high?: string;
  readonly scale?: number;
}

/** A table listed in full: a query in the words of this item, as `round5` takes it. */
export interface AgreedTable {
  readonly name: string;
  readonly groupBy: readonly { readonly column: string; readonly bin?: Period }[];
  readonly where?: readonly {
    readonly column: string;
    readonly op: FilterOperator;
    readonly value: string | readonly string[];
  }[];
  readonly measures: readonly { readonly fn: MeasureFunction; readonly column?: string }[];
}

/** What a project may spend of privacy under differential privacy (privacy.md sections 6 and 7). */
export type Budget =
  | {
      readonly accountant: 'pure';
      readonly epsilon?: string;
      readonly maxEpsilonPerQuery?: string;
      readonly delta?: string;
    }
  | { readonly accountant: 'zcdp'; readonly rho: string; readonly maxRhoPerQuery: string };

/** What may be asked, and how the answers are protected (privacy.md sections 4 to 7). */
export interface AggregateTerms {
  readonly schema: 1;
  readonly unit: { readonly column: string };
  readonly protection: (typeof PROTECTIONS)[number];
  readonly preset?: (typeof PRESETS)[number];
  readonly dimensions: readonly Dimension[];
  readonly filters?: readonly Filter[];
  readonly measures: readonly Measure[];
  readonly tables?: readonly AgreedTable[];
  readonly maxGroupsPerUnit?: number;
  readonly maxRowsPerUnitGroup?: number;
  readonly queriesPerDay: number;
  readonly budget?: Budget;
}
