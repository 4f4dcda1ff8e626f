import type { Request } from 'express';
import type { TableFormat } from '../../exports/export.types.js';

const TYPES: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
};

/** What a list is answered as, by what `Accept` prefers. */
export const LIST_TYPES = ['application/json', ...Object.values(TYPES)] as const;

/** The format of the whole list as a file; undefined where pages of JSON are as good. */
export function formatOf(request: Request): TableFormat | undefined {
  const preferred = request.accepts([...LIST_TYPES]);
  return preferred === TYPES.csv ? 'csv' : preferred === TYPES.jsonl ? 'jsonl' : undefined;
}
