import type { DatasetField } from '../dataset.types.js';
import { hintOf, proposedClass, proposedSensitivity } from './column-hints.rules.js';
import { MAX_COLUMNS } from './profile-limits.js';
import {
  profileFault,
  type DayRange,
  type Proposal,
  type ProposedColumn,
  type ReadTable,
  type ScannedColumn,
  type ScannedTable,
} from './profile.types.js';
import { joinTypes } from './tables/cell-types.rules.js';
import type { Sample } from './sample.rules.js';

/** What the owner says of the dataset now. */
export interface Declared {
  readonly fields: readonly DatasetField[];
  readonly sensitivity: string;
}

/** @param isAllListed false when the store holds more objects than were listed. */
export function propose(
  sample: Sample,
  tables: readonly ReadTable[],
  isAllListed: boolean,
  declared: Declared,
): Proposal {
  const columns = joinTables(tables).map((column) => proposeColumn(column, declared));
  if (columns.length > MAX_COLUMNS) {
    throw profileFault(`The files have more than ${String(MAX_COLUMNS)} columns between them.`);
  }
  const isWhole =
    isAllListed &&
    tables.length === sample.candidates.count &&
    tables.every((table) => table.isWhole);
  return {
    format: sample.format,
    columns,
    rows: isAllListed ? countRows(sample, tables, isWhole) : null,
    // The first one that is nobody's own: files begin with what they are ordered by.
    temporal: columns.find(({ days }) => days !== null)?.days ?? null,
    sensitivity: sensitivityOf(columns, declared),
    sample: {
      objectsRead: tables.length,
      objectsListed: sample.candidates.count + sample.others,
      rowsRead: sum(tables.map(({ rows }) => rows)),
      isWhole,
    },
    notes: notesOf(sample, tables),
  };
}

/** By name, in the order in which they are first seen. What one file has not, it may lack. */
function joinTables(tables: readonly ScannedTable[]): readonly ScannedColumn[] {
  const joined = new Map<string, ScannedColumn & { readonly seen: number }>();
  for (const { columns } of tables) {
    for (const column of columns) {
      const before = joined.get(column.name);
      const seen = (before?.seen ?? 0) + 1;
      joined.set(column.name, { ...(before ? joinColumns(before, column) : column), seen });
    }
  }
  return [...joined.values()].map(({ seen, ...column }) => ({
    ...column,
    isNullable: column.isNullable || seen < tables.length,
  }));
}

function joinColumns(one: ScannedColumn, other: ScannedColumn): ScannedColumn {
  return {
    name: one.name,
    type: joinTypes(one.type, other.type),
    isNullable: one.isNullable || other.isNullable,
    days: joinDays(one, other),
  };
}

// Of one with values and no days, nothing is known: nor of both together.
function joinDays(one: ScannedColumn, other: ScannedColumn): DayRange | null {
  if (one.type === undefined || other.type === undefined) {
    return one.days ?? other.days;
  }
  if (one.days === null || other.days === null) {
    return null;
  }
  const [startsOn, , , endsOn] = [
    one.days.startsOn,
    other.days.startsOn,
    one.days.endsOn,
    other.days.endsOn,
  ].sort();
  return { startsOn: startsOn ?? '', endsOn: endsOn ?? '' };
}

function proposeColumn({ name, type, isNullable, days }: ScannedColumn, { fields }: Declared) {
  const hint = hintOf(name);
  const declared = fields.find((field) => field.name === name);
  return {
    name,
    type: type ?? 'text',
    nullable: isNullable,
    class: proposedClass(declared?.class, hint),
    because: hint ? `The name reads like ${hint.because}.` : null,
    // The first and the last birthday are somebody's.
    days: hint || (type !== 'date' && type !== 'timestamp') ? null : days,
  } satisfies ProposedColumn;
}

function sensitivityOf(
  columns: readonly ProposedColumn[],
  { sensitivity }: Declared,
): string | null {
  const proposed = proposedSensitivity(
    sensitivity,
    columns.map(({ name }) => hintOf(name)),
  );
  return proposed === sensitivity ? null : proposed;
}

function countRows(
  { candidates }: Sample,
  tables: readonly ReadTable[],
  isWhole: boolean,
): Proposal['rows'] {
  const rows = sum(tables.map((table) => table.rows));
  const bytes = sum(tables.map(({ bytesRead }) => bytesRead));
  if (isWhole) {
    return { count: rows, isExact: true };
  }
  const perByte = bytes === 0 ? 0 : rows / bytes;
  return { count: Math.round(perByte * candidates.sizeBytes), isExact: false };
}

function notesOf({ others }: Sample, tables: readonly ReadTable[]): readonly string[] {
  const ignored =
    others === 0
      ? []
      : [`Not looked at, for they are of another kind or empty: ${String(others)}.`];
  const names = new Set(tables.map(({ columns }) => columns.map(({ name }) => name).join('\n')));
  const unlike = names.size > 1 ? ['Not all files have the same columns.'] : [];
  return [...new Set([...tables.flatMap(({ notes }) => notes), ...unlike, ...ignored])];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
