import { parquetWriteBuffer } from 'hyparquet-writer';
import { footerLength, scanParquetFooter } from './parquet-scan.js';

const footerOf = (file: Buffer): Buffer => file.subarray(-(8 + footerLength(file.subarray(-8))));
const scan = (file: Buffer) => scanParquetFooter(footerOf(file));

/** A file that is nothing but a description. */
function aFile(description: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(description.length);
  return Buffer.concat([Buffer.from('PAR1'), description, length, Buffer.from('PAR1')]);
}

const written = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' }));

describe('what a Parquet file says of itself', () => {
  it('is its columns, its rows and its days', () => {
    const file = written([
      { name: 'day', type: 'TIMESTAMP', data: [new Date('2026-03-01'), new Date('2026-02-01')] },
      { name: 'count', type: 'INT32', data: [1, 2] },
      { name: 'large', type: 'INT64', data: [1n, 2n] },
      { name: 'share', type: 'DOUBLE', data: [0.5, null], nullable: true },
      { name: 'open', type: 'BOOLEAN', data: [true, false] },
      { name: 'site', type: 'STRING', data: ['Secret street', 'Other street'] },
    ]);
    const table = scan(file);
    expect(table).toMatchObject({ rows: 2, isWhole: true, notes: [] });
    expect(table.columns.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'day timestamp',
      'count integer',
      'large integer',
      'share decimal',
      'open boolean',
      'site text',
    ]);
    expect(table.columns[3]?.isNullable).toBe(true);
    expect(table.columns[0]?.days).toEqual({ startsOn: '2026-02-01', endsOn: '2026-03-01' });
    // Its statistics hold the first and the last street.
    expect(footerOf(file).includes('Secret street')).toBe(true);
    expect(JSON.stringify(table)).not.toContain('street');
  });

  it('is not believed without statistics', () => {
    const file = Buffer.from(
      parquetWriteBuffer({
        columnData: [{ name: 'day', type: 'TIMESTAMP', data: [new Date('2026-03-01')] }],
        statistics: false,
      }),
    );
    expect(scan(file)).toMatchObject({
      columns: [{ name: 'day', days: null }],
      notes: ['A file has no statistics of its days.'],
    });
  });

  it('is refused with more columns than a description has', () => {
    const columns = Array.from({ length: 1_001 }, (_, at) => ({
      name: `c${String(at)}`,
      data: [1],
    }));
    expect(() => scan(written(columns))).toThrow('has more than 1000 columns');
  });

  it.each([
    ['no Parquet file', Buffer.from('a,b\n1,2\n3,4\n'), 'does not end as a Parquet file does'],
    ['an encrypted one', Buffer.from('PAR1....PARE'), 'is encrypted'],
  ])('is nothing in %s', (_, file, detail) => {
    expect(() => footerLength(file.subarray(-8))).toThrow(detail);
  });

  it('is nothing wherever it is cut, or a byte of it is another', () => {
    const file = written([{ name: 'a', type: 'INT32', data: [1, 2] }]);
    const description = footerOf(file).subarray(0, -8);
    for (let length = 0; length < description.length; length += 1) {
      expect(() => scan(aFile(description.subarray(0, length)))).toThrow(/description|describes/);
    }
    for (let at = 0; at < description.length; at += 1) {
      for (const byte of [0x00, 0x7f, 0xff]) {
        const broken = Buffer.from(description);
        broken[at] = byte;
        try {
          scan(aFile(broken));
        } catch (error) {
          expect(error).toMatchObject({ code: 'input_invalid' });
        }
      }
    }
  });

  it.each([
    // Each list says that it holds 2^31 - 1 lists; a reader who makes room for them has no memory left.
    ['lists in lists', Buffer.from('19f9ffffffff07'.padEnd(200_000, 'f9ffffffff07'), 'hex')],
    ['structures in structures', Buffer.alloc(200_000, 0x1c)],
    ['a number without end', Buffer.concat([Buffer.from([0x16]), Buffer.alloc(2_000_000, 0x80)])],
    ['text longer than the file', Buffer.from('18ffffffff07', 'hex')],
    ['a list longer than the file', Buffer.from('19f5ffffffff07', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('does no harm with %s', (_, description) => {
    const before = process.memoryUsage().rss;
    expect(() => scan(aFile(description))).toThrow('has no description that can be read');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('is refused where its tree of columns does not hold', () => {
    const file = written([{ name: 'a', type: 'INT32', data: [1] }]);
    const description = Buffer.from(footerOf(file).subarray(0, -8));
    // The root says that it has one child: num_children is field 5 of its element.
    const at = description.indexOf(Buffer.from('root')) + 5;
    description[at] = 0x7e;
    expect(() => scan(aFile(description))).toThrow('describes itself in a way that does not hold');
  });
});
