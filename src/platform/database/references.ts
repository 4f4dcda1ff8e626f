import type { Tx } from './database.js';

/**
 * The next human reference of a series, `CON-2026-0001`: gap-free, because the counter's row is locked until the
 * caller's transaction ends. Take it late.
 */
export async function nextReference(tx: Tx, series: string, year: number): Promise<string> {
  const [row] = await tx.query<{ last: number }[]>(
    `INSERT INTO reference_counter (series, year, last) VALUES ($1, $2, 1)
     ON CONFLICT (series, year) DO UPDATE SET last = reference_counter.last + 1 RETURNING last`,
    [series, year],
  );
  return `${series}-${String(year)}-${String(row?.last).padStart(4, '0')}`;
}
