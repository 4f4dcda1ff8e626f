import { pipeline } from 'node:stream/promises';
import { Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { BYTE_ORDER_MARK, csvLine, type CsvRow } from './csv.rules.js';

export const CSV_TYPE = 'text/csv';

/** Whoever takes nothing for so long is gone. */
const STALL_MS = 30_000;
/** Nor may a caller who takes it drop by drop hold a file for ever. */
const FILE_MS = 600_000;

const log = new Logger('Csv');

/** A table that is read while it is sent. */
export interface CsvFile {
  /** Letters, digits, dots and hyphens. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Batches: one at a time is in memory, and the next is read when the caller has taken it. */
  readonly batches: AsyncIterable<readonly CsvRow[]> | Iterable<readonly CsvRow[]>;
  /** Absent: nothing on the way keeps it. */
  readonly cacheControl?: string;
}

/** True when the caller would rather have CSV than JSON. */
export function prefersCsv(request: Request): boolean {
  return request.accepts('application/json', CSV_TYPE) === CSV_TYPE;
}

/**
 * Sends a table as CSV. Throws only while nothing has been sent: what breaks later cuts the connection, so that nobody
 * takes a part for the whole.
 */
export async function sendCsv(response: Response, file: CsvFile): Promise<void> {
  const lines = linesOf(file);
  const first = await lines.next();
  response.setHeader('Content-Type', `${CSV_TYPE}; charset=utf-8; header=present`);
  response.setHeader('Content-Disposition', `attachment; filename="${file.name}"`);
  if (file.cacheControl !== undefined) {
    response.setHeader('Cache-Control', file.cacheControl);
  }
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.setTimeout(STALL_MS, () => response.destroy());
  try {
    await pipeline(resumed(first, lines), response, { signal: AbortSignal.timeout(FILE_MS) });
  } catch (error) {
    log.warn({ msg: 'A CSV file was cut', code: 'csv_cut', err: error });
  }
}

async function* linesOf({ columns, batches }: CsvFile): AsyncGenerator<string> {
  let head = BYTE_ORDER_MARK + csvLine(columns);
  for await (const rows of batches) {
    yield head + rows.map(csvLine).join('');
    head = '';
  }
  if (head !== '') {
    yield head;
  }
}

async function* resumed(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (first.done !== true) {
    yield first.value;
    yield* rest;
  }
}
