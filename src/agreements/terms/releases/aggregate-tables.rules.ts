import { canonicalJson, type Json } from '../../../kernel/canonical-json.js';
import { isBackwards, isNumeric, isPeriodStart, isReadable, type Columns } from './columns.js';
import { isOnGrid } from './decimal.js';
import type { Check } from './release-check.js';
import { PERIODS, type AgreedTable, type AggregateTerms, type Filter } from './release.types.js';

/** What bounds every query (privacy.md V4.2). */
const MAX_CELLS = 20_000;
const MAX_BYTES = 16 * 1_024;

type Condition = NonNullable<AgreedTable['where']>[number];

/** A listed table is a query in the item's own words: a grouping, filters and measures of it. */
export function tableChecks(
  table: AgreedTable,
  at: string,
  { dimensions, filters = [], measures }: AggregateTerms,
  columns: Columns,
): readonly Check[] {
  const { groupBy, where = [] } = table;
  const grouped = groupBy.map(({ column }) => column);
  return [
    ...groupBy.flatMap(({ column, bin }, place): Check[] => {
      const { bins = [] } = dimensions.find((dimension) => dimension.column === column) ?? {};
      const pointer = `${at}/groupBy/${String(place)}`;
      return [
        [
          dimensions.some((dimension) => dimension.column === column),
          `${pointer}/column`,
          'is no dimension of the item',
        ],
        [grouped.indexOf(column) === place, `${pointer}/column`, 'stands twice'],
        [
          bin === undefined ? bins.length === 0 : bins.includes(bin),
          `${pointer}/bin`,
          'must be one of the dimension’s bins, if it has any',
        ],
      ];
    }),
    ...where.flatMap((condition, place) =>
      conditionChecks(condition, `${at}/where/${String(place)}`, filters, columns),
    ),
    ...table.measures.map((wanted, place): Check => [
      measures.some(({ fn, column }) => fn === wanted.fn && column === wanted.column),
      `${at}/measures/${String(place)}`,
      'is no measure of the item',
    ]),
    [cellsOf(table, dimensions) <= MAX_CELLS, at, `has more than ${String(MAX_CELLS)} cells`],
    [
      Buffer.byteLength(canonicalJson(table as unknown as Json)) <= MAX_BYTES,
      at,
      `is longer than a query may be, ${String(MAX_BYTES)} bytes`,
    ],
  ];
}

function conditionChecks(
  { column, op, value }: Condition,
  at: string,
  filters: readonly Filter[],
  columns: Columns,
): readonly Check[] {
  const filter = filters.find((allowed) => allowed.column === column);
  if (!filter) {
    return [[false, `${at}/column`, 'is no filter of the item']];
  }
  const source = columns.of(column);
  const values = typeof value === 'string' ? [value] : value;
  const [low = '', high = ''] = values;
  const isOnGrain = (bound: string): boolean =>
    filter.grain === undefined ||
    (isNumeric(source)
      ? isOnGrid(bound, filter.grain)
      : PERIODS.some(
          (period) => period === filter.grain && isPeriodStart(bound.slice(0, 10), period),
        ));
  return [
    [filter.ops.includes(op), `${at}/op`, 'is no operator of the filter'],
    [
      values.every((bound) => isReadable(bound, source)),
      `${at}/value`,
      'is no value of the type that the catalogue declares',
    ],
    [values.every(isOnGrain), `${at}/value`, 'lies off the grain of the filter'],
    [
      op !== 'between' || !isBackwards([low, high], source),
      `${at}/value`,
      'must not end below where it starts',
    ],
  ];
}

/** Of private keys nobody knows the number before the query has run. */
function cellsOf(
  { groupBy, measures }: AgreedTable,
  dimensions: AggregateTerms['dimensions'],
): number {
  return groupBy.reduce((cells, { column }) => {
    const dimension = dimensions.find((named) => named.column === column);
    return cells * (dimension?.values?.length ?? 1);
  }, measures.length);
}
