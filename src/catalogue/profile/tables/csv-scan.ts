import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { profileFault, type ReadTable } from '../profile.types.js';
import { CsvTable } from './csv-table.js';

/** Longer than a line with as many columns as a description may have. */
const MAX_LINE = 1024 * 1024;
/** In so many bytes the cells' separator shows. */
const HEAD_BYTES = 64 * 1024;
const SEPARATORS = [',', ';', '\t', '|'];

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quote is closed where the cell goes on',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quote is closed where the cell goes on',
  INVALID_OPENING_QUOTE: 'a quote opens inside a cell',
  CSV_MAX_RECORD_SIZE: 'a line is longer than 1 MiB',
};

/**
 * Reads a table from CSV, a chunk of memory at a time.
 * @param source its bytes from the start, perhaps not all.
 * @param isAll whether they are: of a part, the last line is not whole.
 * @throws ConcordatError that says what is wrong on which line, without what stands there.
 */
export async function scanCsv(
  source: AsyncIterable<Buffer>,
  { isAll, maxRows }: { readonly isAll: boolean; readonly maxRows: number },
): Promise<ReadTable> {
  const lines = new LinesBehind(maxRows);
  const text = textOf(source)[Symbol.asyncIterator]();
  const head = await readHead(text);
  const parser = parse({
    bom: true,
    delimiter: separatorOf(head),
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE,
    on_record: (record: string[], { lines: line, bytes_records: bytes }) => {
      lines.next({ record, line, bytes });
      return null;
    },
  });
  parser.resume();
  let isCut = !isAll;
  try {
    await pipeline(Readable.from(joined(head, text, lines)), parser);
  } catch (error) {
    if ((isAll && !lines.isFull) || !isUnclosed(error)) {
      throw translate(error, lines.lastLine);
    }
    // The part ends inside quotes: what is cut comes after the last line.
    isCut = false;
  }
  return lines.end(isCut, isAll);
}

interface Line {
  readonly record: readonly string[];
  readonly line: number;
  /** Of the text so far. */
  readonly bytes: number;
}

/** Lines go into the table one behind: of a part the last one may be cut. */
class LinesBehind {
  private readonly table = new CsvTable();
  private last: Line | undefined;
  private bytesRead = 0;

  constructor(private readonly maxRows: number) {}

  get isFull(): boolean {
    return this.table.rowCount >= this.maxRows;
  }

  get lastLine(): number {
    return this.last?.line ?? 0;
  }

  next(line: Line): void {
    this.take();
    this.last = line;
  }

  end(isCut: boolean, isAll: boolean): ReadTable {
    const isWhole = isAll && !this.isFull;
    if (!isCut) {
      this.take();
    }
    return { ...this.table.tell(isWhole), bytesRead: this.bytesRead };
  }

  private take(): void {
    if (this.last && !this.isFull) {
      this.table.add(this.last.record);
      this.bytesRead = this.last.bytes;
    }
  }
}

// Text has no NUL; UTF-16, archives and pictures soon do.
async function* textOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  for await (const chunk of source) {
    if (chunk.includes(0)) {
      throw profileFault('is no text in UTF-8');
    }
    yield chunk;
  }
}

async function readHead(text: AsyncIterator<Buffer, undefined>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES && !head.includes('\n')) {
    const next = await text.next();
    if (next.done === true) {
      break;
    }
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

/** What stands most often in the first line, outside quotes. */
function separatorOf(head: Buffer): string {
  const [line = ''] = head.toString('utf8').split(/\r?\n/, 1);
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counts = SEPARATORS.map((separator) => bare.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function* joined(
  head: Buffer,
  text: AsyncIterator<Buffer, undefined>,
  lines: LinesBehind,
): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await text.next(); next.done !== true; next = await text.next()) {
    if (lines.isFull) {
      return;
    }
    yield next.value;
  }
}

function isUnclosed(error: unknown): boolean {
  return error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED';
}

// The parser's own message may quote the line. That a quote is not closed it finds at the end, wherever it opens.
function translate(error: unknown, lastLine: number): unknown {
  if (!(error instanceof CsvError)) {
    return error;
  }
  return profileFault(
    `after line ${String(lastLine)}: ${FAULTS[error.code] ?? 'is no CSV'}`,
    error,
  );
}
