import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../identity/principal.js';
import type { Json } from '../../kernel/canonical-json.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import type { TableFormat } from '../exports/export.types.js';
import { Offices } from '../offices.service.js';
import { sourceOf } from '../search-source.js';
import { TrailReading } from '../trail-reading.service.js';
import { formatOf } from './files/file-format.js';
import {
  ReportFiles,
  type BegunList,
  type ListFile,
  type WholeList,
} from './files/report-files.service.js';
import type { Statement } from './statement.js';

/** Who asks, and how. */
export interface Asked {
  readonly principal: Principal;
  readonly request: Request;
  /** What was asked, named as in the query; absent values are no filter. */
  readonly filters: Readonly<Record<string, string | number | undefined>>;
  /** A pseudonym or an id. */
  readonly person?: string | undefined;
  /** Of the file that the answer leaves in; absent: it is read here. */
  readonly format?: TableFormat;
  /** Names the list where more than one route gives its pages; absent: it is the route's own. */
  readonly list?: string;
}

/** What a report may show to whoever asks. */
export interface Reader {
  /** Whose facts; null: everybody's (R5.8). */
  readonly sees: readonly string[] | null;
  /** Whom it is about; null: nobody in particular. */
  readonly personId: string | null;
}

/** A report that is a list. */
export interface ListReport<Row, Key extends Json> {
  /** One page. @param limit one more than is shown. */
  readonly statement: (
    reader: Reader,
    page: { readonly after: Key | null; readonly limit: number },
  ) => Statement;
  /** What the next page starts after. */
  readonly keyOf: (row: Row) => Key;
}

/** Views of rows, in one go: a view may need more than its row. */
type ToViews<Row, View> = (rows: readonly Row[]) => readonly View[] | Promise<readonly View[]>;

/** One page, or the whole list as a file. */
export type Listed<View> = PageOf<View> | StreamableFile;

interface AskedPage {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
}

/** Answers the questions of information governance. Each answer is an event, which commits before anything is shown. */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly offices: Offices,
    private readonly reading: TrailReading,
    private readonly pages: PageTokens,
    private readonly files: ReportFiles,
  ) {}

  /** A page as JSON, or the whole list as CSV or JSON Lines, by what `Accept` prefers (R5.6). */
  async list<Row, Key extends Json, View>(
    asked: Asked,
    page: AskedPage,
    { file, ...report }: ListReport<Row, Key> & { readonly file: ListFile<View> },
    toViews: ToViews<Row, View>,
  ): Promise<Listed<View>> {
    asked.request.res?.vary('Accept');
    const format = formatOf(asked.request);
    if (format === undefined) {
      return this.page(asked, page, report, toViews);
    }
    if (page.pageToken !== undefined) {
      const reason = 'a file is of the whole list: ask for it without a page';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/pageToken', reason }] });
    }
    return this.whole({ ...asked, format }, { ...report, ...file, toViews });
  }

  /** The first page of a list, of rows that an answer about more than the list has read. */
  firstPage<Row>(
    asked: Asked,
    rows: readonly Row[],
    pageSize: number,
    keyOf: (row: Row) => Json,
  ): PageOf<Row> {
    return this.pages.page(rows, pageSize, scopeOf(asked), keyOf);
  }

  private async page<Row, Key extends Json, View>(
    asked: Asked,
    { pageSize, pageToken }: AskedPage,
    { statement, keyOf }: ListReport<Row, Key>,
    toViews: ToViews<Row, View>,
  ): Promise<PageOf<View>> {
    const scope = scopeOf(asked);
    const after = this.pages.read(pageToken, scope) as Key | null;
    const rows = await this.answer(
      asked,
      async (tx, reader) => {
        const { sql, params } = statement(reader, { after, limit: pageSize + 1 });
        return tx.query<Row[]>(sql, params);
      },
      { nobody: [], count: ({ length }) => Math.min(length, pageSize) },
    );
    const { items, nextPageToken } = this.pages.page(rows, pageSize, scope, keyOf);
    return { items: await toViews(items), nextPageToken };
  }

  // Its event commits before the first byte leaves (R5.1), with how many rows were found.
  private async whole<Row, Key extends Json, View>(
    asked: Asked & { readonly format: TableFormat },
    { statement, ...list }: Omit<WholeList<Row, Key, View>, 'pageAfter'> & ListReport<Row, Key>,
  ): Promise<StreamableFile> {
    const listFor = (reader: Reader): WholeList<Row, Key, View> => ({
      ...list,
      pageAfter: (after, limit) => statement(reader, { after, limit }),
    });
    const nobody = { list: listFor({ sees: [], personId: null }), rows: [], count: 0 };
    const begun = await this.answer<BegunList<Row, Key, View>>(
      asked,
      (tx, reader) => this.files.begin(tx, listFor(reader), asked.request),
      { nobody, count: ({ count }) => count },
    );
    return this.files.send(begun, asked);
  }

  /** One answer that is there or not. @throws ConcordatError `not_found`, also for what the caller may not see. */
  async one<T>(asked: Asked, work: (tx: Tx, reader: Reader) => Promise<T | undefined>): Promise<T> {
    const read = async (tx: Tx, reader: Reader): Promise<T> => {
      const found = await work(tx, reader);
      if (found === undefined) {
        throw new ConcordatError('not_found');
      }
      return found;
    };
    return this.answer(asked, read, { count: () => 1 });
  }

  /** One row that is there or not. @throws ConcordatError `not_found` */
  async row<Row>(asked: Asked, statement: (reader: Reader) => Statement): Promise<Row> {
    return this.one(asked, async (tx, reader) => {
      const { sql, params } = statement(reader);
      const [row] = await tx.query<Row[]>(sql, params);
      return row;
    });
  }

  /**
   * Reads and records the reading, in one transaction.
   * @param nobody the answer about a pseudonym that nobody has: what it is about somebody of whom nothing is known.
   * @throws ConcordatError `operation_denied`; `not_found` for such a pseudonym without that answer.
   */
  async answer<T>(
    asked: Asked,
    work: (tx: Tx, reader: Reader) => Promise<T>,
    { nobody, count }: { readonly nobody?: T; readonly count: (answer: T) => number },
  ): Promise<T> {
    const { principal, request, person, format } = asked;
    const office = this.offices.of(principal);
    return this.database.transaction(async (tx) => {
      const personId = await this.reading.personOf(tx, person ?? null);
      const answer =
        personId === undefined ? known(nobody) : await work(tx, { sees: office.sees, personId });
      await this.reading.record(tx, {
        ...sourceOf(request),
        principal,
        office,
        personId: personId ?? null,
        filters: given(asked).map(([name, value]) => `${name}=${String(value)}`),
        count: count(answer),
        ...(format && { format }),
      });
      return answer;
    });
  }
}

// Without it, a question about somebody would be answered about everybody.
function known<T>(nobody: T | undefined): T {
  if (nobody === undefined) {
    throw new ConcordatError('not_found');
  }
  return nobody;
}

function given({ filters }: Asked): readonly [string, string | number][] {
  return Object.entries(filters).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
}

function scopeOf(asked: Asked): Json {
  const { principal, request, person, list } = asked;
  return {
    route: list ?? sourceOf(request).route,
    personId: principal.personId,
    person: person ?? null,
    ...Object.fromEntries(given(asked)),
  };
}
