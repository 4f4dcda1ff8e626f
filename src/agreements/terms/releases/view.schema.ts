import { byMember, decimal, line, listOf, oneOf, record, setOf, whole } from '../schema-parts.js';
import { IDENTIFIER_DOMAINS, PERIODS } from './release.types.js';

const COLUMN_NAME = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' };
const column = line();
const domain = oneOf(IDENTIFIER_DOMAINS);

const COLUMN_RULES = {
  keep: record({ kind: oneOf(['keep']) }, ['kind']),
  constant: record({ kind: oneOf(['constant']), value: line() }, ['kind', 'value']),
  presence: record({ kind: oneOf(['presence']) }, ['kind']),
  map: record(
    {
      kind: oneOf(['map']),
      values: {
        type: 'object',
        maxProperties: 5_000,
        propertyNames: line(),
        additionalProperties: line(),
      },
      otherwise: line(),
    },
    ['kind', 'values'],
  ),
  band: record(
    { kind: oneOf(['band']), width: decimal, origin: decimal, bottom: decimal, top: decimal },
    ['kind', 'width'],
  ),
  round: record({ kind: oneOf(['round']), to: decimal }, ['kind', 'to']),
  clamp: record({ kind: oneOf(['clamp']), low: decimal, high: decimal }, ['kind', 'low', 'high']),
  date: record({ kind: oneOf(['date']), to: oneOf(PERIODS) }, ['kind']),
  postcode: record({ kind: oneOf(['postcode']), to: oneOf(['area', 'district', 'sector']) }, [
    'kind',
  ]),
  prefix: record({ kind: oneOf(['prefix']), length: whole(1, 32) }, ['kind', 'length']),
  pseudonymise: record({ kind: oneOf(['pseudonymise']), domain }, ['kind']),
} as const;

const onFail = { onFail: oneOf(['suppress', 'refuse']), maxSuppressed: decimal };

/** `items[].view` (privacy.md section 2). */
export const VIEW_SCHEMA = record(
  {
    schema: { const: 1 },
    unit: record({ column, domain }, ['column', 'domain']),
    format: oneOf(['parquet', 'csv']),
    columns: listOf(
      record({ name: COLUMN_NAME, from: line(), rule: byMember('kind', COLUMN_RULES) }, [
        'name',
        'rule',
      ]),
      200,
      1,
    ),
    rows: listOf(
      byMember('kind', {
        in: record({ kind: oneOf(['in']), column, values: listOf(line(), 1_000, 1) }, [
          'column',
          'values',
        ]),
        between: record({ kind: oneOf(['between']), column, low: line(), high: line() }, [
          'column',
          'low',
          'high',
        ]),
        notNull: record({ kind: oneOf(['notNull']), column }, ['column']),
      }),
      20,
    ),
    checks: record({
      kAnonymity: record({ k: whole(3, 1_000), columns: setOf(column, 200, 1), ...onFail }, [
        'columns',
      ]),
      lDiversity: record({ column, l: whole(2, 20), ...onFail }, ['column', 'l']),
      window: record({ column, grain: oneOf(['month', 'quarter', 'year']) }, ['column', 'grain']),
    }),
  },
  ['schema', 'unit', 'format', 'columns'],
);
