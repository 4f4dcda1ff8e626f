import {
  byMember,
  decimal,
  line,
  listOf,
  oneOf,
  record,
  setOf,
  whole,
  type Schema,
} from '../schema-parts.js';
import { FILTER_OPERATORS, PERIODS, PRESETS, PROTECTIONS } from './release.types.js';

const column = line();
// privacy.md V6.2: noise and ledger use one integer, in units of 10⁻⁹; δ in units of 10⁻¹².
const spending: Schema = { type: 'string', pattern: '^[0-9]{1,4}([.][0-9]{1,9})?$' };
const delta: Schema = { type: 'string', pattern: '^0([.][0-9]{1,12})?$' };
const MAX_CELLS = 20_000;

const measured = (fn: string): Schema =>
  record({ fn: oneOf([fn]), column, low: decimal, high: decimal, scale: whole(1, 1_000_000) }, [
    'fn',
    'column',
  ]);
const counted = (fn: string): Schema => record({ fn: oneOf([fn]) }, ['fn']);
const summed = (fn: string): Schema => record({ fn: oneOf([fn]), column }, ['fn', 'column']);

const condition = (op: string, value: Schema): Schema =>
  record({ op: oneOf([op]), column, value }, ['op', 'column', 'value']);

/** A query as privacy.md V4.2 bounds it, without what a query pays: these tables are rounded. */
const table = record(
  {
    name: line(63),
    groupBy: listOf(record({ column, bin: oneOf(PERIODS) }, ['column']), 4),
    where: listOf(
      byMember('op', {
        eq: condition('eq', line()),
        in: condition('in', setOf(line(), 1_000, 1)),
        between: condition('between', listOf(line(), 2, 2)),
      }),
      8,
    ),
    measures: listOf(
      byMember('fn', {
        units: counted('units'),
        rows: counted('rows'),
        sum: summed('sum'),
        mean: summed('mean'),
      }),
      8,
      1,
    ),
  },
  ['name', 'groupBy', 'measures'],
);

/** `items[].aggregate` (privacy.md section 4). */
export const AGGREGATE_SCHEMA = record(
  {
    schema: { const: 1 },
    unit: record({ column }, ['column']),
    protection: oneOf(PROTECTIONS),
    preset: oneOf(PRESETS),
    dimensions: listOf(
      record(
        {
          column,
          bins: setOf(oneOf(PERIODS), PERIODS.length, 1),
          keys: oneOf(['public', 'private']),
          values: setOf(line(), MAX_CELLS, 1),
        },
        ['column', 'keys'],
      ),
      50,
    ),
    filters: listOf(
      record(
        {
          column,
          ops: setOf(oneOf(FILTER_OPERATORS), FILTER_OPERATORS.length, 1),
          grain: line(40),
        },
        ['column', 'ops'],
      ),
      50,
    ),
    measures: listOf(
      byMember('fn', {
        units: counted('units'),
        rows: counted('rows'),
        sum: measured('sum'),
        mean: measured('mean'),
      }),
      50,
      1,
    ),
    tables: listOf(table, 100, 1),
    maxGroupsPerUnit: whole(1, 1_000),
    maxRowsPerUnitGroup: whole(1, 1_000_000),
    queriesPerDay: whole(1, 10_000),
    budget: byMember('accountant', {
      pure: record(
        { accountant: oneOf(['pure']), epsilon: spending, maxEpsilonPerQuery: spending, delta },
        ['accountant'],
      ),
      zcdp: record({ accountant: oneOf(['zcdp']), rho: spending, maxRhoPerQuery: spending }, [
        'accountant',
        'rho',
        'maxRhoPerQuery',
      ]),
    }),
  },
  ['schema', 'unit', 'protection', 'dimensions', 'measures', 'queriesPerDay'],
);
