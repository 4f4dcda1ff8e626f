import { Readable } from 'node:stream';
import { Injectable, Logger, StreamableFile } from '@nestjs/common';
import type { Request } from 'express';
import { Receipts } from '../../../audit/receipts.service.js';
import { CountedRefusals } from '../../../identity/counted-refusals.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { Database, type Tx } from '../../../platform/database/database.js';
import type { TableFormat } from '../../exports/export.types.js';
import { jsonLinesOf } from '../../exports/formats/json-lines.js';
import { csvOf, type Columns } from '../../exports/formats/table.js';
import { CONTENT_TYPES } from '../../exports/send-export.js';
import { sourceOf } from '../../search-source.js';
import type { Statement } from '../statement.js';
import { AT_ONCE, BATCH, FILE_MS, MAX_ROWS, STALL_MS } from './file-limits.js';

/** What a list is as a file. */
export interface ListFile<View> {
  /** Letters and hyphens. */
  readonly name: string;
  readonly columns: Columns<View>;
}

/** A list, to be read on from where one has come to. */
export interface WholeList<Row, Key, View> extends ListFile<View> {
  readonly pageAfter: (after: Key | null, limit: number) => Statement;
  readonly keyOf: (row: Row) => Key;
  readonly toViews: (rows: readonly Row[]) => readonly View[] | Promise<readonly View[]>;
}

/** With its first rows, and how many it has. */
export interface BegunList<Row, Key, View> {
  readonly list: WholeList<Row, Key, View>;
  readonly rows: readonly Row[];
  readonly count: number;
}

/** Whole lists as files, read batch by batch while they are sent (ADR 0046). */
@Injectable()
export class ReportFiles {
  private readonly log = new Logger(ReportFiles.name);
  private open = 0;

  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    private readonly refusals: CountedRefusals,
  ) {}

  /** @throws ConcordatError `rate_limited` while too many are being sent; `input_invalid` for one that is too long. */
  async begin<Row, Key, View>(
    tx: Tx,
    list: WholeList<Row, Key, View>,
    request: Request,
  ): Promise<BegunList<Row, Key, View>> {
    if (this.open >= AT_ONCE) {
      this.refusals.count('access.denied', 'rate_limited', sourceOf(request).route);
      throw new ConcordatError('rate_limited');
    }
    const rows = await rowsOf<Row>(tx, list.pageAfter(null, BATCH));
    const counted = rows.length < BATCH ? 0 : await countOf(tx, list.pageAfter(null, MAX_ROWS + 1));
    const count = Math.max(counted, rows.length);
    if (count > MAX_ROWS) {
      const reason = `more than ${String(MAX_ROWS)} rows are found, the most of one file; ask for fewer`;
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '', reason }] });
    }
    return { list, rows, count };
  }

  /** What is sent. What breaks on the way, or a reader who stops reading, cuts the connection. */
  async send<Row, Key, View>(
    begun: BegunList<Row, Key, View>,
    { format, request }: { readonly format: TableFormat; readonly request: Request },
  ): Promise<StreamableFile> {
    const { name, columns } = begun.list;
    const views = this.views(begun);
    const text =
      format === 'csv'
        ? csvOf(columns, views)
        : jsonLinesOf(views, await this.receipts.checkpoint());
    const stream = Readable.from(text, {
      objectMode: false,
      signal: AbortSignal.timeout(FILE_MS),
    });
    this.open += 1;
    stream.once('close', () => (this.open -= 1));
    const { res: response } = request;
    response?.set('Cache-Control', 'private, no-store');
    response?.setTimeout(STALL_MS, () => response.destroy());
    const file = new StreamableFile(stream, {
      type: CONTENT_TYPES[format],
      disposition: `attachment; filename="${name}.${format}"`,
    });
    return file.setErrorLogger((err) => {
      this.log.warn({ msg: 'The file of a report was cut', code: 'report_cut', err });
    });
  }

  private async *views<Row, Key, View>({
    list: { pageAfter, keyOf, toViews },
    rows,
    count,
  }: BegunList<Row, Key, View>): AsyncGenerator<readonly View[]> {
    let left = count;
    for (let next = rows; left > 0;) {
      // Never more than the event says, though the list may have grown meanwhile.
      const batch = next.slice(0, left);
      const last = batch.at(-1);
      if (last === undefined) {
        return;
      }
      yield await toViews(batch);
      left -= batch.length;
      if (left > 0) {
        next = await rowsOf<Row>(this.database.manager, pageAfter(keyOf(last), BATCH));
      }
    }
  }
}

async function rowsOf<Row>(tx: Tx, { sql, params }: Statement): Promise<readonly Row[]> {
  return tx.query<Row[]>(sql, params);
}

async function countOf(tx: Tx, { sql, params }: Statement): Promise<number> {
  const counting = `SELECT count(*)::int AS count FROM (${sql}) list`;
  const [row] = await tx.query<{ count: number }[]>(counting, params);
  return row?.count ?? 0;
}
