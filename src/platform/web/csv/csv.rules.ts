/** Text is guarded against formulas; a number is written as it is; null is an empty cell. */
export type CsvCell = string | number | null;
export type CsvRow = readonly CsvCell[];

/** So that spreadsheets read the file as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

// What a spreadsheet takes for a formula, also behind spaces, and in full width (domain.md section 6).
const DANGEROUS = /^[^\S\t\r\n]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** One line of RFC 4180, every cell quoted, with its CRLF. @throws TypeError for a number that no column can hold. */
export function csvLine(cells: CsvRow): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** Text as its cell has it: what a spreadsheet would take for a formula begins with an apostrophe. */
export function guardedText(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** The text of a cell that came back. */
export function unguardedText(cell: string): string {
  return cell.startsWith("'") && DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;
}

function cellText(cell: CsvCell): string {
  if (typeof cell === 'number') {
    if (!Number.isFinite(cell)) {
      throw new TypeError('A CSV cell is no finite number');
    }
    return quoted(String(cell));
  }
  return quoted(guardedText(cell ?? ''));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
