import type { FieldError } from '../../../kernel/errors.js';
import { tableChecks } from './aggregate-tables.rules.js';
import {
  isIdentifier,
  isNumeric,
  isPeriodStart,
  isReadable,
  isTemporal,
  type Columns,
} from './columns.js';
import { isBelow, isPositive } from './decimal.js';
import { protectionChecks } from './protection.rules.js';
import type { Check, ReleasedItem } from './release-check.js';
import {
  PERIODS,
  type AggregateTerms,
  type Dimension,
  type Filter,
  type Measure,
} from './release.types.js';

/** The vocabulary of queries of one item, its protection and what it may cost (privacy.md sections 4 to 7). */
export function checkAggregate(
  aggregate: AggregateTerms,
  base: string,
  { fieldNames, columns }: ReleasedItem,
): readonly FieldError[] {
  return [
    ...columnChecks(aggregate, fieldNames, columns),
    ...vocabularyChecks(aggregate, columns),
    ...onceChecks(aggregate),
    ...protectionChecks(aggregate),
    ...(aggregate.tables ?? []).flatMap((table, at) =>
      tableChecks(table, `/tables/${String(at)}`, aggregate, columns),
    ),
  ]
    .filter(([holds]) => !holds)
    .map(([, pointer, reason]) => ({ pointer: base + pointer, reason }));
}

const UNIT = '/unit/column';

function usedColumns({
  unit,
  dimensions,
  filters = [],
  measures,
}: AggregateTerms): readonly (readonly [string, string])[] {
  const named = (
    list: string,
    members: readonly { readonly column?: string }[],
  ): readonly (readonly [string, string])[] =>
    members.flatMap(({ column }, at) =>
      column === undefined ? [] : [[`/${list}/${String(at)}/column`, column] as const],
    );
  return [
    [UNIT, unit.column],
    ...named('dimensions', dimensions),
    ...named('filters', filters),
    ...named('measures', measures),
  ];
}

function columnChecks(
  aggregate: AggregateTerms,
  fieldNames: readonly string[],
  columns: Columns,
): readonly Check[] {
  const used = usedColumns(aggregate);
  const known = used.filter(([, column]) => fieldNames.includes(column));
  return [
    ...used
      .filter((named) => !known.includes(named))
      .map(([pointer]): Check => [false, pointer, 'is none of the item’s fields']),
    ...known.map(([pointer, column]): Check =>
      pointer === UNIT
        ? [isIdentifier(columns.of(column)), UNIT, 'must be text or whole numbers']
        : [columns.of(column).class !== 'direct', pointer, 'is a direct identifier'],
    ),
  ];
}

function vocabularyChecks(
  { dimensions, filters = [], measures }: AggregateTerms,
  columns: Columns,
): readonly Check[] {
  return [
    ...dimensions.flatMap((dimension, at) =>
      dimensionChecks(dimension, `/dimensions/${String(at)}`, columns),
    ),
    ...filters.flatMap((filter, at) => filterChecks(filter, `/filters/${String(at)}`, columns)),
    ...measures.flatMap((measure, at) =>
      measureChecks(measure, `/measures/${String(at)}`, columns),
    ),
  ];
}

function onceChecks({
  dimensions,
  filters = [],
  measures,
  tables = [],
}: AggregateTerms): readonly Check[] {
  const keys: Readonly<Record<string, readonly string[]>> = {
    dimensions: dimensions.map(({ column }) => column),
    filters: filters.map(({ column }) => column),
    measures: measures.map(({ fn, column = '' }) => `${fn} ${column}`),
    tables: tables.map(({ name }) => name),
  };
  return Object.entries(keys).flatMap(([list, names]) =>
    names.map((name, at): Check => [
      names.indexOf(name) === at,
      `/${list}/${String(at)}`,
      'stands twice',
    ]),
  );
}

function dimensionChecks(
  { column, bins = [], keys, values }: Dimension,
  at: string,
  columns: Columns,
): readonly Check[] {
  const source = columns.of(column);
  const isValue = (value: string): boolean =>
    bins.length > 0 ? bins.every((bin) => isPeriodStart(value, bin)) : isReadable(value, source);
  return [
    [bins.length === 0 || isTemporal(source), `${at}/bins`, 'are of dates and timestamps'],
    [
      keys === 'private' || values !== undefined,
      `${at}/values`,
      'public keys are listed: which combinations there are says nothing then',
    ],
    [keys === 'public' || values === undefined, `${at}/values`, 'private keys are not listed'],
    [keys === 'private' || bins.length < 2, `${at}/bins`, 'public keys are of one period'],
    ...(keys === 'public' ? (values ?? []) : []).map((value, place): Check => [
      isValue(value),
      `${at}/values/${String(place)}`,
      'is no value of the column, or no first day of its period',
    ]),
  ];
}

// Filters disclose: a range as fine as the data would undo what the measures protect (privacy.md section 12).
function filterChecks(
  { column, ops, grain }: Filter,
  at: string,
  columns: Columns,
): readonly Check[] {
  const source = columns.of(column);
  const isGrain = isNumeric(source)
    ? isPositive(grain ?? '')
    : isTemporal(source) && PERIODS.some((period) => period === grain);
  return [
    [source.type !== undefined, `${at}/column`, 'has no type that the catalogue declares'],
    [
      !ops.includes('between') || grain !== undefined,
      `${at}/grain`,
      'is required: on what step the bounds of between stand',
    ],
    [
      grain === undefined || isGrain,
      `${at}/grain`,
      `must be above zero for numbers, one of ${PERIODS.join(', ')} for dates; other columns have none`,
    ],
  ];
}

function measureChecks(
  { column, low, high }: Measure,
  at: string,
  columns: Columns,
): readonly Check[] {
  if (column === undefined) {
    return [];
  }
  return [
    [isNumeric(columns.of(column)), `${at}/column`, 'must be numbers'],
    [
      (low === undefined) === (high === undefined),
      low === undefined ? `${at}/low` : `${at}/high`,
      'is required with the other bound',
    ],
    [
      low === undefined || high === undefined || isBelow(low, high),
      `${at}/high`,
      'must be above low',
    ],
  ];
}
