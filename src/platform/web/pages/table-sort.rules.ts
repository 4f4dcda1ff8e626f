import type { Block, Cell, SortLink } from './blocks.js';

type Table = Extract<Block, { readonly kind: 'table' }>;

/** By which column of which table of a page its reader wants the rows, as `by=grants.2` or `by=-grants.2` says. */
export interface Sort {
  readonly table: string;
  readonly column: number;
  readonly isDescending: boolean;
}

const ASKED = /^(-?)([a-z][a-z0-9-]{0,60})\.(\d{1,2})$/;
const QUANTITY = /^(-?[\d,]+(?:\.\d+)?)(?: (bytes|KiB|MiB|GiB|TiB|PiB))?$/;
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
/** Two rows are seen at once. */
const FEWEST_ROWS = 3;

const words = new Intl.Collator('en-GB', { numeric: true });

/** @returns undefined for what is no such wish: a page is then as it comes. */
export function readSort(text: string): Sort | undefined {
  const [, minus, table, column] = ASKED.exec(text) ?? [];
  return table === undefined
    ? undefined
    : { table, column: Number(column), isDescending: minus === '-' };
}

/**
 * The table in the order that was asked for, with a link for every other. A table that goes on elsewhere is left as it is:
 * sorting the part that is here would tell its reader something else than what they asked.
 * @param query of the page, as it was asked for.
 */
export function sortedTable(table: Table, query: string, asked: Sort | undefined): Table {
  if (table.first !== undefined || table.next !== undefined || table.rows.length < FEWEST_ROWS) {
    return table;
  }
  const own = asked?.table === table.id && asked.column < table.columns.length ? asked : undefined;
  const columns = table.columns.map((column, at) =>
    column.text === '' ? column : { ...column, sort: linkTo(table.id, at, query, own) },
  );
  if (!own) {
    return { ...table, columns };
  }
  const by = `by ${columns[own.column]?.text.toLowerCase() ?? ''}`;
  const order = own.isDescending ? `${by}, the other way round` : by;
  return { ...table, columns, order, rows: sorted(table.rows, own) };
}

/** A query alone, which leads to the page that it stands on: no path that somebody typed becomes a link. */
function linkTo(table: string, column: number, query: string, now: Sort | undefined): SortLink {
  const isNow = now?.column === column;
  const params = new URLSearchParams(query);
  const sign = isNow && !now.isDescending ? '-' : '';
  params.set('by', `${sign}${table}.${String(column)}`);
  const state = now?.isDescending ? 'descending' : 'ascending';
  return { href: `?${params.toString()}#${table}`, state: isNow ? state : 'none' };
}

/** What says nothing comes last, whichever way. */
function sorted(
  rows: readonly (readonly Cell[])[],
  { column, isDescending }: Sort,
): readonly (readonly Cell[])[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row[column]) }));
  const said = keyed.filter(({ key }) => key !== '');
  said.sort((a, b) => (isDescending ? compare(b.key, a.key) : compare(a.key, b.key)));
  return [...said, ...keyed.filter(({ key }) => key === '')].map(({ row }) => row);
}

function keyOf(cell: Cell | undefined): string | number {
  const { tag, href, day, instant, text = '' } = cell ?? {};
  if (tag) {
    return tag.text;
  }
  const at = href === undefined ? (day ?? instant) : undefined;
  if (at !== null && at !== undefined && at !== '') {
    return new Date(at).getTime();
  }
  const [, digits, unit = 'bytes'] = QUANTITY.exec(text) ?? [];
  return digits === undefined
    ? text
    : Number(digits.replaceAll(',', '')) * 1024 ** UNITS.indexOf(unit);
}

/** Numbers and times before words. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return words.compare(a, b);
  }
  return typeof a === 'number' ? -1 : 1;
}
