import type { ManifestEntry } from '../sealing/sealing.types.js';
import { TABLE_FORMATS, profileFault, type TableFormat } from './profile.types.js';

const ENDINGS: Readonly<Record<TableFormat, RegExp>> = { csv: /\.csv$/i, parquet: /\.parquet$/i };

/** Which objects are looked at, out of which. */
export interface Sample {
  readonly format: TableFormat;
  readonly objects: readonly ManifestEntry[];
  /** All of that format that the store listed. */
  readonly candidates: { readonly count: number; readonly sizeBytes: number };
  /** How many objects are of no format that is read, or of the other one. */
  readonly others: number;
}

/**
 * Some objects from the first to the last: data that comes by the day is dated by its names.
 * @throws ConcordatError where none is a table.
 */
export function chooseSample(listed: readonly ManifestEntry[], maxObjects: number): Sample {
  const tables = listed.filter(({ size }) => size > 0);
  const byFormat = TABLE_FORMATS.map((format) => {
    const candidates = tables.filter(({ name }) => ENDINGS[format].test(name));
    return { format, candidates, sizeBytes: sum(candidates.map(({ size }) => size)) };
  });
  // The format that most of the data is in.
  const [most] = byFormat.sort((one, other) => other.sizeBytes - one.sizeBytes);
  if (!most || most.candidates.length === 0) {
    throw profileFault('No object under the prefix is a CSV or Parquet file with data in it.');
  }
  const { format, candidates, sizeBytes } = most;
  return {
    format,
    objects: spread(candidates, maxObjects),
    candidates: { count: candidates.length, sizeBytes },
    others: listed.length - candidates.length,
  };
}

function spread<T>(items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) {
    return items;
  }
  const step = (items.length - 1) / (max - 1);
  return Array.from({ length: max }, (_, at) => items[Math.round(at * step)]).filter(
    (item) => item !== undefined,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
