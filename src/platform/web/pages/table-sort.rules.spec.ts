import fc from 'fast-check';
import type { Block, Cell } from './blocks.js';
import { readSort, sortedTable, type Sort } from './table-sort.rules.js';

type Table = Extract<Block, { readonly kind: 'table' }>;

const table = (cells: readonly Cell[], changes: Partial<Table> = {}): Table => ({
  kind: 'table',
  id: 'grants',
  title: 'Grants',
  columns: [{ text: 'Who' }, { text: 'What' }, { text: '' }],
  rows: cells.map((cell, at) => [{ text: String(at) }, cell, {}]),
  empty: 'None.',
  ...changes,
});
const by = (column: number, isDescending = false): Sort => ({
  table: 'grants',
  column,
  isDescending,
});
const texts = (sorted: Table): readonly unknown[] =>
  sorted.rows.map((row) => Object.values({ ...row[1] } as Record<string, unknown>)[0]);

describe('the order that a reader asks for', () => {
  it.each([
    ['grants.2', { table: 'grants', column: 2, isDescending: false }],
    ['-agreements-now.0', { table: 'agreements-now', column: 0, isDescending: true }],
    ['grants', undefined],
    ['Grants.1', undefined],
    ['grants.100', undefined],
    [`${'a'.repeat(80)}.1`, undefined],
    ["grants.1'; DROP TABLE", undefined],
  ])('%s is read', (text, sort) => {
    expect(readSort(text)).toEqual(sort);
  });

  it.each<[string, readonly Cell[], readonly unknown[]]>([
    ['words, whatever their case', [{ text: 'b' }, { text: 'C' }, { text: 'a' }], ['a', 'b', 'C']],
    [
      'references with a number in them',
      [{ text: 'CON-10' }, { text: 'CON-9' }, { text: 'CON-100' }],
      ['CON-9', 'CON-10', 'CON-100'],
    ],
    ['numbers', [{ text: '1,200' }, { text: '30' }, { text: '-4' }], ['-4', '30', '1,200']],
    [
      'quantities',
      [{ text: '3.9 MiB' }, { text: '512 bytes' }, { text: '1 GiB' }],
      ['512 bytes', '3.9 MiB', '1 GiB'],
    ],
    [
      'days',
      [{ day: '2026-11-02' }, { day: '2025-12-31' }, { day: '2026-01-15' }],
      ['2025-12-31', '2026-01-15', '2026-11-02'],
    ],
    [
      'instants',
      [
        { instant: '2026-11-02T09:00:00Z' },
        { instant: '2026-11-02T08:59:59Z' },
        { instant: '2026-11-01T23:00:00Z' },
      ],
      ['2026-11-01T23:00:00Z', '2026-11-02T08:59:59Z', '2026-11-02T09:00:00Z'],
    ],
    [
      'what is said, before what is not',
      [{ text: '' }, { text: 'b' }, { day: null }, { text: 'a' }],
      ['a', 'b', '', null],
    ],
  ])('puts %s in order', (_, cells, expected) => {
    expect(texts(sortedTable(table(cells), '', by(1)))).toEqual(expected);
  });

  it('the other way round, what says nothing is last as well', () => {
    const cells = [{ text: 'a' }, { text: '' }, { text: 'b' }];
    expect(texts(sortedTable(table(cells), '', by(1, true)))).toEqual(['b', 'a', '']);
  });

  it('keeps every row, and rows that are alike as they were', () => {
    const cell = fc.oneof(
      fc.record({ text: fc.constantFrom('', 'a', 'B', '7', '1 KiB', '<b>') }),
      fc.record({ day: fc.constantFrom('2026-11-02', '2025-01-01', null) }),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 3 }), fc.boolean(), (cells, isDescending) => {
        const before = table(cells);
        const after = sortedTable(before, '', by(1, isDescending));
        expect(after.rows).toHaveLength(before.rows.length);
        expect(new Set(after.rows)).toEqual(new Set(before.rows));
        expect(sortedTable(after, '', by(1, isDescending)).rows).toEqual(after.rows);
      }),
    );
  });

  it('is offered by each column that has a name, and keeps what else was asked', () => {
    const cells = [{ text: 'a' }, { text: 'b' }, { text: 'c' }];
    const query = 'status=active&by=grants.0';
    const { columns } = sortedTable(table(cells), query, by(0));
    expect(columns.map(({ sort }) => sort)).toEqual([
      { href: '?status=active&by=-grants.0#grants', state: 'ascending' },
      { href: '?status=active&by=grants.1#grants', state: 'none' },
      undefined,
    ]);
    const [first] = sortedTable(table(cells), query, by(0, true)).columns;
    expect(first?.sort).toEqual({
      href: '?status=active&by=grants.0#grants',
      state: 'descending',
    });
  });

  it.each<[string, Table]>([
    ['goes on elsewhere', table([{}, {}, {}], { next: '/grants?pageToken=x' })],
    ['began elsewhere', table([{}, {}, {}], { first: '/grants' })],
    ['is seen at once', table([{}, {}])],
  ])('is not offered where a table %s', (_, whole) => {
    expect(sortedTable(whole, '', by(1))).toBe(whole);
  });

  it('of another table of the page leaves this one', () => {
    const whole = table([{ text: 'c' }, { text: 'a' }, { text: 'b' }]);
    expect(sortedTable(whole, '', { table: 'others', column: 1, isDescending: false }).rows).toBe(
      whole.rows,
    );
  });
});
