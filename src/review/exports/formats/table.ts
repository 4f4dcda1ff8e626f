import type { Json } from '../../../kernel/canonical-json.js';
import {
  BYTE_ORDER_MARK,
  csvLine,
  type CsvCell,
  type CsvRow,
} from '../../../platform/web/csv/csv.rules.js';

/** The columns of a table, in order. A number is written as it is, and exempt from the guard; a list is JSON. */
export type Columns<View> = Readonly<Record<string, (view: View) => Json | undefined>>;

/** Things as a table of RFC 4180; what a thing does not have is an empty cell. */
export async function* csvOf<View>(
  columns: Columns<View>,
  batches: AsyncIterable<readonly View[]>,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(Object.keys(columns));
  for await (const views of batches) {
    yield views.map((view) => csvLine(rowOf(columns, view))).join('');
  }
}

function rowOf<View>(columns: Columns<View>, view: View): CsvRow {
  return Object.values(columns).map((cell) => cellOf(cell(view) ?? null));
}

function cellOf(value: Json): CsvCell {
  return value === null || typeof value === 'string' || typeof value === 'number'
    ? value
    : JSON.stringify(value);
}
