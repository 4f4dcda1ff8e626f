import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { MAX_IMPORTED } from './bulk-limits.js';
import { COLUMN_NAMES } from './metadata-columns.rules.js';

const MAX_SHOWN = 100;

/** One row, by the names of its columns; without cells where there are not as many as columns. */
export interface MetadataRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string> | undefined;
}

/**
 * Reads a file of descriptions.
 * @throws ConcordatError `input_invalid` (422) for what is no CSV, for columns that are unknown or stand twice, and for too many
 *   rows: then nothing of it is imported.
 */
export function readMetadataFile(text: string): readonly MetadataRow[] {
  const [header, ...rows] = parseLines(text).filter(({ record }) =>
    record.some((cell) => cell.trim() !== ''),
  );
  if (!header) {
    throw refusal([{ pointer: '', reason: 'has no header' }]);
  }
  const names = header.record.map((name) => name.trim());
  const faults = names.flatMap((name, at) => columnFault(names, name, at));
  if (faults.length > 0) {
    throw refusal(faults);
  }
  if (rows.length > MAX_IMPORTED) {
    const reason = `has more than ${String(MAX_IMPORTED)} rows: import it in parts`;
    throw refusal([{ pointer: '', reason }]);
  }
  return rows.map(({ record, info }) => ({
    line: info.lines,
    cells:
      record.length === names.length
        ? new Map(names.map((name, at) => [name, record[at] ?? '']))
        : undefined,
  }));
}

interface ParsedLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseLines(text: string): readonly ParsedLine[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1024 * 1024,
    }) as unknown as readonly ParsedLine[];
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    // The parser's own message quotes the file.
    throw refusal(
      [{ pointer: '', reason: 'is no CSV: look for a quote that is not closed' }],
      error,
    );
  }
}

function columnFault(names: readonly string[], name: string, at: number): FieldError[] {
  const pointer = `/columns/${String(at)}`;
  const shown = JSON.stringify(name.slice(0, MAX_SHOWN).toWellFormed());
  if (!COLUMN_NAMES.includes(name)) {
    return [{ pointer, reason: `${shown} is no column of a metadata file` }];
  }
  return names.indexOf(name) === at ? [] : [{ pointer, reason: `${shown} stands twice` }];
}

function refusal(errors: readonly FieldError[], cause?: unknown): ConcordatError {
  return new ConcordatError('input_invalid', { errors: errors.slice(0, MAX_SHOWN) }, { cause });
}
