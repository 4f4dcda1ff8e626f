import { MAX_COLUMNS } from '../profile-limits.js';
import { profileFault, type ScannedTable } from '../profile.types.js';
import { ColumnScan } from './column-scan.js';
import { columnNames, isHeader } from './header.rules.js';

const NO_HEADER =
  'The first line of a file is taken for data, not for names: columns are called by their number.';
const RAGGED = 'Some lines have more or fewer cells than the first one.';

/** A table that is told line by line. The first one is kept until it is sure that it holds names. */
export class CsvTable {
  private first: readonly string[] | undefined;
  private columns: ColumnScan[] = [];
  private rows = 0;
  private isRagged = false;
  /** Columns in which a cell below says the same as the first line. */
  private readonly repeated = new Set<number>();

  /** @throws ConcordatError for more columns than a description has. */
  add(cells: readonly string[]): void {
    if (cells.length > MAX_COLUMNS) {
      throw profileFault(`has more than ${String(MAX_COLUMNS)} columns`);
    }
    if (this.first === undefined) {
      this.first = cells;
      this.columns = cells.map(() => new ColumnScan());
      return;
    }
    const { first } = this;
    this.isRagged ||= cells.length !== first.length;
    const same = first.flatMap((name, at) => (name !== '' && cells[at] === name ? [at] : []));
    // Files that were put behind one another have their names again.
    if (same.length === first.filter((name) => name !== '').length && isHeader(first)) {
      return;
    }
    same.forEach((at) => this.repeated.add(at));
    this.addRow(cells);
  }

  get rowCount(): number {
    return this.rows;
  }

  tell(isWhole: boolean): ScannedTable {
    const { first = [] } = this;
    const named = first.filter((name) => name.trim() !== '').length;
    // Names of people and places come again further down; names of columns hardly do.
    const hasNames = isHeader(first) && (named === 0 || this.repeated.size * 2 < named);
    if (!hasNames && first.length > 0) {
      this.addRow(first);
    }
    const names = columnNames(hasNames ? first : undefined, first.length);
    return {
      columns: this.columns.map((column, at) => column.tell(names[at] ?? '')),
      rows: this.rows,
      isWhole,
      notes: [...(hasNames ? [] : [NO_HEADER]), ...(this.isRagged ? [RAGGED] : [])],
    };
  }

  private addRow(cells: readonly string[]): void {
    this.rows += 1;
    this.columns.forEach((column, at) => {
      column.add(cells[at]?.trim() ?? '');
    });
  }
}
