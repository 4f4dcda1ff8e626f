import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/**
 * Reads a reviewed policy text: strict RFC 4180, the exact header, no trimming, no comments.
 * @throws Error naming the file; the boot stops.
 */
export function readPolicyCsv<Column extends string>(
  file: URL,
  columns: readonly Column[],
): readonly Readonly<Record<Column, string>>[] {
  const name = file.pathname.split('/').at(-1) ?? 'policy';
  let rows: string[][];
  try {
    rows = parse(readFileSync(file, 'utf8'), { bom: false, relax_quotes: false });
  } catch (error) {
    throw new Error(`${name} does not parse`, { cause: error });
  }
  const [header, ...records] = rows;
  if (JSON.stringify(header) !== JSON.stringify(columns)) {
    throw new Error(`${name} must start with the header ${columns.join()}`);
  }
  return records.map(
    (record) =>
      Object.fromEntries(columns.map((column, at) => [column, record[at] ?? ''])) as Record<
        Column,
        string
      >,
  );
}
