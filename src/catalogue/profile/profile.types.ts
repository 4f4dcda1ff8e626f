import { ConcordatError } from '../../kernel/errors.js';

/** The types that rules of a release read (docs/owners.md lists their other names). */
export const FIELD_TYPES = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const TABLE_FORMATS = ['csv', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** London days, both inclusive. */
export interface DayRange {
  readonly startsOn: string;
  readonly endsOn: string;
}

/** What one object of the sample told of a column. Besides days it holds no value of the data. */
export interface ScannedColumn {
  readonly name: string;
  /** Undefined where every value was empty. */
  readonly type: FieldType | undefined;
  readonly isNullable: boolean;
  readonly days: DayRange | null;
}

/** What one object of the sample told. */
export interface ScannedTable {
  readonly columns: readonly ScannedColumn[];
  readonly rows: number;
  /** True when every row of the object was looked at, or its own statistics speak for all of them. */
  readonly isWhole: boolean;
  readonly notes: readonly string[];
}

/** And how many of its bytes tell it. */
export interface ReadTable extends ScannedTable {
  readonly bytesRead: number;
}

export interface ProposedColumn {
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  /** A term of `column-class`. */
  readonly class: string;
  /** Why this class: what the name is taken for. Null where the name says nothing. */
  readonly because: string | null;
  /** Of dates that are nobody's own. */
  readonly days: DayRange | null;
}

/** What the owner is asked to confirm. */
export interface Proposal {
  readonly format: TableFormat;
  readonly columns: readonly ProposedColumn[];
  /** Null when the store holds more objects than were listed. */
  readonly rows: { readonly count: number; readonly isExact: boolean } | null;
  readonly temporal: DayRange | null;
  /** The least careful term of `sensitivity` that the names allow. Null where they say nothing. */
  readonly sensitivity: string | null;
  readonly sample: {
    readonly objectsRead: number;
    readonly objectsListed: number;
    readonly rowsRead: number;
    readonly isWhole: boolean;
  };
  readonly notes: readonly string[];
}

/** Why there is no proposal, in words for the owner: they name objects and lines, never what stands there. */
export function profileFault(detail: string, cause?: unknown): ConcordatError {
  return new ConcordatError('input_invalid', { detail }, { cause });
}
