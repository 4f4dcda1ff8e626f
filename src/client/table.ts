/** Rows in columns, the first row as their heads. The last column is as long as it is. */
export function table(rows: readonly string[][]): readonly string[] {
  const [heads = []] = rows;
  const widths = heads.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}
