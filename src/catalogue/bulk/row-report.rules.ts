import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import type { CellFault, ImportReport, RowOutcome, RowReport } from './bulk.types.js';
import { columnAt } from './metadata-columns.rules.js';

/** What stops a row and no other. */
const OF_A_ROW = ['input_invalid', 'transition_not_allowed', 'idempotency_mismatch', 'not_found'];

/** A refusal of one cell, as a description's faults are refused. */
export function cellRefusal(column: string, reason: string): ConcordatError {
  return new ConcordatError('input_invalid', { errors: [{ pointer: `/${column}`, reason }] });
}

/** Why a row is refused. @throws what is no refusal of this row: then the import ends. */
export function faultsOf(error: unknown): readonly CellFault[] {
  if (isConcordatError(error, 'precondition_failed')) {
    return [{ column: 'version', reason: 'is not what it is now: export again' }];
  }
  if (!isConcordatError(error) || !OF_A_ROW.includes(error.code)) {
    throw error;
  }
  const errors = error.fields['errors'] ?? [];
  return errors.length === 0
    ? [{ column: null, reason: error.message }]
    : errors.map(({ pointer, reason }) => ({ column: columnAt(pointer), reason }));
}

export function refusedRow(
  line: number,
  id: string | null,
  faults: readonly CellFault[],
): RowReport {
  return { line, id, outcome: 'refused', faults };
}

export function reportOf(isDryRun: boolean, rows: readonly RowReport[]): ImportReport {
  const count = (outcome: RowOutcome): number =>
    rows.filter((row) => row.outcome === outcome).length;
  return {
    isDryRun,
    counts: {
      created: count('created'),
      updated: count('updated'),
      unchanged: count('unchanged'),
      refused: count('refused'),
    },
    rows,
  };
}
