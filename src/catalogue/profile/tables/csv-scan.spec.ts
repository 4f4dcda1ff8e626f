import { scanCsv } from './csv-scan.js';

const CHUNK = 64 * 1024;

async function* inChunks(text: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += CHUNK) {
    yield await Promise.resolve(bytes.subarray(at, at + CHUNK));
  }
}

const scan = (text: string | Buffer, { isAll = true, maxRows = 1_000 } = {}) =>
  scanCsv(inChunks(text), { isAll, maxRows });

/** What it says of each column: name, type, and `?` where it may be empty. */
const columnsOf = async (text: string): Promise<string[]> =>
  (await scan(text)).columns.map(
    ({ name, type, isNullable }) => `${name} ${type ?? '-'}${isNullable ? '?' : ''}`,
  );

describe('a table of CSV', () => {
  it('has names, types, rows and days', async () => {
    const text = [
      '\uFEFFday,site,count,share,open,seen at,note',
      '2026-03-01,"Camden, High St",12,0.5,true,2026-03-01T10:00:00Z,',
      '2026-02-01,"a ""b""",,1,false,2026-06-30T23:30:00Z,',
      '',
    ].join('\r\n');
    expect(await columnsOf(text)).toEqual([
      'day date',
      'site text',
      'count integer?',
      'share decimal',
      'open boolean',
      'seen at timestamp',
      'note -?',
    ]);
    const { rows, isWhole, columns, notes } = await scan(text);
    expect({ rows, isWhole, notes }).toEqual({ rows: 2, isWhole: true, notes: [] });
    expect(columns[0]?.days).toEqual({ startsOn: '2026-02-01', endsOn: '2026-03-01' });
    // Half past midnight in London.
    expect(columns[5]?.days).toEqual({ startsOn: '2026-03-01', endsOn: '2026-07-01' });
  });

  it.each([';', '\t', '|'])(
    'is separated by %j where that stands most often',
    async (separator) => {
      const text = `a${separator}"b,,,,,"${separator}c\n1${separator}2${separator}3\n`;
      expect(await columnsOf(text)).toEqual(['a integer', 'b,,,,, integer', 'c integer']);
    },
  );

  it('names what has no name, and each name once', async () => {
    expect(await columnsOf('a,,a,a_2\nx,y,z,w\n')).toEqual([
      'a text',
      'column_2 text',
      'a_2 text',
      'a_2_2 text',
    ]);
  });

  it.each([
    ['a number', 'Ann,Smith,41\nBob,Jones,42\n'],
    ['a day', 'Ann,Smith,1970-01-01\nBob,Jones,1971-01-01\n'],
    ['an address', 'Ann,ann@example.org\nBob,bob@example.org\n'],
    ['a postcode', 'Ann,N1 9GU\nBob,N1 9GV\n'],
    ['a telephone number', 'Ann,020 7946 0958 020794\nBob,x\n'],
    ['what comes again below it', 'Ann,Smith\nBob,Smith\nAnn,Jones\n'],
    ['control characters', 'Ann\u0007,Smith\nBob,Jones\n'],
    ['a long text', `Ann,${'long '.repeat(50)}\nBob,x\n`],
  ])('takes no first line for names that has %s', async (_, text) => {
    const { columns, rows, notes } = await scan(text);
    expect(columns.map(({ name }) => name)).toEqual(
      columns.map((__, at) => `column_${String(at + 1)}`),
    );
    expect(rows).toBe(text.trim().split('\n').length);
    expect(notes).toContain(
      'The first line of a file is taken for data, not for names: columns are called by their number.',
    );
    expect(JSON.stringify({ columns, notes })).not.toMatch(/Ann|Smith/);
  });

  it('may be several files behind one another', async () => {
    expect((await scan('a,b\n1,2\na,b\n3,4\n')).rows).toBe(2);
  });

  it('says when lines have more or fewer cells', async () => {
    const { columns, notes } = await scan('a,b\n1\n1,2,3\n');
    expect(columns.map(({ isNullable }) => isNullable)).toEqual([false, true]);
    expect(notes).toEqual(['Some lines have more or fewer cells than the first one.']);
  });

  it('of a part, leaves out the line that is cut', async () => {
    expect(await scan('a,b\n1,2\n3,', { isAll: false })).toMatchObject({ rows: 1, isWhole: false });
    expect(await scan('a,b\n1,2\n3,"4', { isAll: false })).toMatchObject({ rows: 1 });
  });

  it('stops at so many rows', async () => {
    const text = `a,b\n${'1,2\n'.repeat(100_000)}`;
    const { rows, isWhole } = await scan(text, { maxRows: 10 });
    expect({ rows, isWhole }).toEqual({ rows: 10, isWhole: false });
    // What comes after them may end inside quotes.
    const long = `a,b\n${'1,2\n'.repeat(20)}3,"${'x'.repeat(100_000)}"\n`;
    expect(await scan(long, { maxRows: 10 })).toMatchObject({ rows: 10, isWhole: false });
  });

  it.each([
    ['nothing but names', 'a,b\n', 0],
    ['nothing', '', 0],
  ])('may hold %s', async (_, text, rows) => {
    expect(await scan(text)).toMatchObject({ rows });
  });

  it.each([
    ['a quote that is not closed', 'a,b\n1,"secret\n2,3\n', 'after line 1: a quote is not closed'],
    [
      'a quote closed too early',
      'a,b\n1,"sec"ret"\n',
      'after line 1: a quote is closed where the cell goes on',
    ],
    ['a quote inside a cell', 'a,b\n1,sec"ret\n', 'after line 1: a quote opens inside a cell'],
    ['bytes of no text', 'a,b\n1,\u0000secret\n', 'is no text in UTF-8'],
    ['UTF-16', Buffer.from('a,b\nsecret,2\n', 'utf16le'), 'is no text in UTF-8'],
    ['too many columns', `${'c,'.repeat(10_000)}c\n1,2\n`, 'has more than 1000 columns'],
    [
      'too many cells further down',
      `a,b\n${'secret,'.repeat(10_000)}1\n1,2\n`,
      'has more than 1000 columns',
    ],
  ])('says what is wrong with %s, and not what stands there', async (_, text, detail) => {
    const fault = await scan(text).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'input_invalid' });
    expect((fault as Error).message).toContain(detail);
    expect((fault as Error).message).not.toContain('secret');
  });

  it('reads little of a line without end', async () => {
    let sent = 0;
    const endless = async function* (): AsyncGenerator<Buffer> {
      for (; sent < 1024; sent += 1) {
        yield await Promise.resolve(Buffer.alloc(1024 * 1024, 'x'));
      }
    };
    await expect(scanCsv(endless(), { isAll: true, maxRows: 10 })).rejects.toMatchObject({
      code: 'input_invalid',
      message: expect.stringContaining('a line is longer than 1 MiB') as string,
    });
    expect(sent).toBeLessThan(8);
  });
});
