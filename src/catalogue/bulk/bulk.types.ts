/** Why a row is refused, by the name of a column; null: the row as a whole. */
export interface CellFault {
  readonly column: string | null;
  readonly reason: string;
}

export type RowOutcome = 'created' | 'updated' | 'unchanged' | 'refused';

export interface RowReport {
  /** On which line of the file it ends; the header is on the first. */
  readonly line: number;
  readonly id: string | null;
  readonly outcome: RowOutcome;
  readonly faults: readonly CellFault[];
}

/** What an import did, or would do. */
export interface ImportReport {
  readonly isDryRun: boolean;
  readonly counts: Readonly<Record<RowOutcome, number>>;
  readonly rows: readonly RowReport[];
}
