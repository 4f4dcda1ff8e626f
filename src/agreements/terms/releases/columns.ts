import { isDay } from '../../../kernel/london-day.js';
import { isBelow, readDecimal } from './decimal.js';
import type { Period } from './release.types.js';

/** What a column holds, as far as rules of a release ask. */
type ColumnType = 'text' | 'integer' | 'decimal' | 'date' | 'timestamp' | 'boolean';

/** One column of a dataset, as the catalogue declares it. */
export interface DeclaredField {
  readonly name: string;
  readonly type: string;
  readonly class: string;
}

export interface Column {
  /** Undefined where the catalogue declares none that a release could read: no rule that asks for a type takes it. */
  readonly type: ColumnType | undefined;
  /** `column-class`; a column that the catalogue does not know counts as `direct`. */
  readonly class: string;
}

/** The names under which owners declare each type (docs/owners.md lists them). */
const NAMES: Readonly<Record<ColumnType, readonly string[]>> = {
  text: ['text', 'string', 'varchar'],
  integer: ['integer', 'int', 'bigint'],
  decimal: ['decimal', 'number', 'numeric', 'double', 'float'],
  date: ['date'],
  timestamp: ['timestamp', 'datetime'],
  boolean: ['boolean', 'bool'],
};
const TYPES = new Map(
  Object.entries(NAMES).flatMap(([type, names]) =>
    names.map((name) => [name, type as ColumnType] as const),
  ),
);
const UNKNOWN: Column = { type: undefined, class: 'direct' };
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** The columns of a dataset by name. A Map: no column's name is one that every object has. */
export class Columns {
  private readonly byName: ReadonlyMap<string, Column>;

  constructor(fields: readonly DeclaredField[]) {
    this.byName = new Map(
      fields.map((field) => [
        field.name,
        { type: TYPES.get(field.type.toLowerCase()), class: field.class },
      ]),
    );
  }

  of(name: string): Column {
    return this.byName.get(name) ?? UNKNOWN;
  }
}

export function isNumeric({ type }: Column): boolean {
  return type === 'integer' || type === 'decimal';
}

export function isTemporal({ type }: Column): boolean {
  return type === 'date' || type === 'timestamp';
}

export function isIdentifier({ type }: Column): boolean {
  return type === 'text' || type === 'integer';
}

const READABLE: Readonly<Record<ColumnType, (value: string) => boolean>> = {
  text: () => true,
  integer: (value) => /^-?[0-9]{1,18}$/.test(value),
  decimal: (value) => readDecimal(value) !== null,
  date: isDay,
  timestamp: (value) => isDay(INSTANT.exec(value)?.[1] ?? ''),
  boolean: (value) => value === 'true' || value === 'false',
};

/** True when a value of an agreement can be one of the column's (privacy.md V2.4 makes others null, which match nothing). */
export function isReadable(value: string, { type }: Column): boolean {
  return type !== undefined && READABLE[type](value);
}

/** True when the second of two values that the column could hold lies below the first. */
export function isBackwards([low, high]: readonly [string, string], column: Column): boolean {
  if (!isReadable(low, column) || !isReadable(high, column)) {
    return false;
  }
  // Days and instants of one form sort as their texts do.
  return isNumeric(column) ? isBelow(high, low) : high < low;
}

/** True of the first day of a period. */
export function isPeriodStart(day: string, period: Period): boolean {
  if (!isDay(day)) {
    return false;
  }
  switch (period) {
    case 'year':
      return day.endsWith('-01-01');
    case 'quarter':
      return /-(01|04|07|10)-01$/.test(day);
    case 'month':
      return day.endsWith('-01');
    case 'week':
      return new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
  }
}
