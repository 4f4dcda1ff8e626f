import { parquetMetadata, type FileMetaData, type SchemaElement } from 'hyparquet';
import { londonDay, isDay } from '../../../kernel/london-day.js';
import { MAX_COLUMNS } from '../profile-limits.js';
import { profileFault, type DayRange, type ScannedTable } from '../profile.types.js';
import { columnNames } from './header.rules.js';
import { parquetType, topColumns, type TopColumn } from './parquet-schema.js';
import { checkThriftBounds } from './thrift-bounds.rules.js';

/** Length of the description and `PAR1`. */
export const TAIL_BYTES = 8;
const NO_STATISTICS = 'A file has no statistics of its days.';
const NESTED = 'Columns that hold lists or structures are proposed as text.';

/**
 * How long the file's description of itself is; it stands before the tail.
 * @param tail the last 8 bytes.
 * @see https://parquet.apache.org/docs/file-format/
 */
export function footerLength(tail: Buffer): number {
  const magic = tail.toString('latin1', 4);
  if (magic === 'PARE') {
    throw profileFault('is encrypted');
  }
  if (magic !== 'PAR1') {
    throw profileFault('does not end as a Parquet file does');
  }
  return tail.readUInt32LE(0);
}

/**
 * What a Parquet file says of itself: its columns, its rows and, where it has statistics, its days. No page of data is read.
 * @param footer description and tail.
 * @throws ConcordatError for what is none, or claims more than it holds.
 */
export function scanParquetFooter(footer: Buffer): ScannedTable {
  const metadata = read(footer);
  const columns = topColumns(metadata.schema);
  const rows = Number(metadata.num_rows);
  if (columns === undefined || !Number.isSafeInteger(rows) || rows < 0) {
    throw profileFault('describes itself in a way that does not hold');
  }
  if (columns.length > MAX_COLUMNS) {
    throw profileFault(`has more than ${String(MAX_COLUMNS)} columns`);
  }
  const names = columnNames(
    columns.map(({ element }) => element.name),
    columns.length,
  );
  const scanned = columns.map((column, at) => {
    const type = parquetType(column.element);
    return {
      name: names[at] ?? '',
      type,
      isNullable: column.element.repetition_type !== 'REQUIRED',
      days: type === 'date' || type === 'timestamp' ? daysOf(metadata, column) : null,
    };
  });
  const isWithoutDays = scanned.some(
    ({ type, days }) => (type === 'date' || type === 'timestamp') && days === null,
  );
  return {
    columns: scanned,
    rows,
    isWhole: true,
    notes: [
      ...(isWithoutDays && rows > 0 ? [NO_STATISTICS] : []),
      ...(columns.some(({ leaf }) => leaf === undefined) ? [NESTED] : []),
    ],
  };
}

function read(footer: Buffer): FileMetaData {
  try {
    checkThriftBounds(footer.subarray(0, -TAIL_BYTES));
    // Text in statistics is data: it is not even decoded.
    return parquetMetadata(new Uint8Array(footer), {
      geoparquet: false,
      parsers: { stringFromBytes: () => undefined },
    });
  } catch (error) {
    throw profileFault('has no description that can be read', error);
  }
}

function daysOf({ row_groups: groups }: FileMetaData, column: TopColumn): DayRange | null {
  const ranges = groups
    .filter(({ num_rows: rows }) => rows > 0n)
    .map(({ columns }) => {
      const statistics = columns[column.leaf ?? -1]?.meta_data?.statistics;
      const { min_value: min, max_value: max, null_count: empty } = statistics ?? {};
      return { startsOn: dayOf(min, column.element), endsOn: dayOf(max, column.element), empty };
    });
  // A group without statistics may hold any day.
  if (ranges.some(({ startsOn, endsOn }) => startsOn === undefined || endsOn === undefined)) {
    return null;
  }
  const startsOn = ranges.map((range) => range.startsOn ?? '').sort()[0];
  const endsOn = ranges
    .map((range) => range.endsOn ?? '')
    .sort()
    .at(-1);
  return startsOn === undefined || endsOn === undefined ? null : { startsOn, endsOn };
}

function dayOf(value: unknown, element: SchemaElement): string | undefined {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    return undefined;
  }
  const isInstant =
    element.logical_type?.type === 'TIMESTAMP' && element.logical_type.isAdjustedToUTC;
  const day = isInstant ? londonDay(value) : value.toISOString().slice(0, 10);
  return isDay(day) ? day : undefined;
}
