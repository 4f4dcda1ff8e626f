import { isDay } from '../../../kernel/london-day.js';
import type { FieldType } from '../profile.types.js';

/** What stands for nothing in files that people export. */
const EMPTY = new Set(['', 'null', 'NULL', 'NA', 'N/A', 'n/a', '\\N']);
// A leading zero makes a code of it: an account, a telephone number. So do more digits than a bigint has.
const INTEGER = /^-?(0|[1-9]\d{0,17})$/;
const DECIMAL = /^-?\d{1,18}\.\d{1,30}([eE][+-]?\d{1,3})?$/;
const BOOLEAN = /^(true|false)$/i;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}/;
const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/;
const TIME = /^[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/;

/** A date or a time of a date, as it is written. */
export interface WrittenDay {
  readonly type: 'date' | 'timestamp';
  readonly day: string;
  /** Milliseconds since 1970, of a time with a zone: its London day may be another one. */
  readonly at: number | undefined;
}

export function isEmptyCell(cell: string): boolean {
  return EMPTY.has(cell);
}

/** The narrowest type that reads a cell which is not empty. */
export function cellType(cell: string): FieldType {
  if (INTEGER.test(cell)) {
    return 'integer';
  }
  if (DECIMAL.test(cell)) {
    return 'decimal';
  }
  if (BOOLEAN.test(cell)) {
    return 'boolean';
  }
  return readDay(cell)?.type ?? 'text';
}

/** ISO 8601, and the day first as the United Kingdom writes it. */
export function readDay(cell: string): WrittenDay | undefined {
  if (cell.length > 40) {
    return undefined;
  }
  const written = ISO_DAY.exec(cell)?.[0];
  const first = written === undefined ? DAY_FIRST.exec(cell) : null;
  const day = written ?? isoOf(first);
  if (day === undefined || !isDay(day)) {
    return undefined;
  }
  const rest = cell.slice((written ?? first?.[0] ?? '').length);
  if (rest === '') {
    return { type: 'date', day, at: undefined };
  }
  const time = TIME.exec(rest);
  return time
    ? { type: 'timestamp', day, at: time[5] === undefined ? undefined : instantOf(day, rest) }
    : undefined;
}

/** The narrowest type that reads both. Undefined: nothing was there to be read. */
export function joinTypes(
  one: FieldType | undefined,
  other: FieldType | undefined,
): FieldType | undefined {
  if (one === undefined || other === undefined || one === other) {
    return one ?? other;
  }
  const pair = new Set([one, other]);
  if (pair.has('integer') && pair.has('decimal')) {
    return 'decimal';
  }
  return pair.has('date') && pair.has('timestamp') ? 'timestamp' : 'text';
}

function isoOf(match: RegExpExecArray | null): string | undefined {
  const [, day = '', month = '', year = ''] = match ?? [];
  return match ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : undefined;
}

function instantOf(day: string, rest: string): number | undefined {
  const time = rest
    .slice(1)
    .replace(',', '.')
    .replace(/ ?(Z|UTC)$/, 'Z')
    .replace(/ ?([+-]\d{2}):?(\d{2})$/, '$1:$2');
  const at = Date.parse(`${day}T${time}`);
  return Number.isNaN(at) ? undefined : at;
}
