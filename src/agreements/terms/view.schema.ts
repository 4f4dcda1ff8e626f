type Schema = Readonly<Record<string, unknown>>;

const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const column = text(200);
// Measured quantities are decimal strings (privacy.md): no reader rounds them.
const decimal: Schema = { type: 'string', pattern: '^-?[0-9]{1,18}([.][0-9]{1,18})?$' };
const whole = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const list = (items: Schema, maxItems: number): Schema => ({ type: 'array', items, maxItems });
const record = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({ type: 'object', additionalProperties: false, properties, required });

const COLUMN_RULES = {
  keep: record({ kind: oneOf('keep') }, ['kind']),
  constant: record({ kind: oneOf('constant'), value: text(200) }, ['kind', 'value']),
  presence: record({ kind: oneOf('presence') }, ['kind']),
  map: record(
    {
      kind: oneOf('map'),
      values: { type: 'object', maxProperties: 5_000, additionalProperties: text(200) },
      otherwise: text(200),
    },
    ['kind', 'values'],
  ),
  band: record(
    { kind: oneOf('band'), width: decimal, origin: decimal, bottom: decimal, top: decimal },
    ['kind', 'width'],
  ),
  round: record({ kind: oneOf('round'), to: decimal }, ['kind', 'to']),
  clamp: record({ kind: oneOf('clamp'), low: decimal, high: decimal }, ['kind', 'low', 'high']),
  date: record({ kind: oneOf('date'), to: oneOf('year', 'quarter', 'month', 'week') }, ['kind']),
  postcode: record({ kind: oneOf('postcode'), to: oneOf('area', 'district', 'sector') }, ['kind']),
  prefix: record({ kind: oneOf('prefix'), length: whole(1, 32) }, ['kind', 'length']),
  pseudonymise: record(
    { kind: oneOf('pseudonymise'), domain: oneOf('nhs_number', 'uprn', 'text') },
    ['kind'],
  ),
} as const;

/** The kinds of a member `kind`, each with its own shape: the fault names the member of that kind. */
const byKind = (kinds: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: oneOf(...Object.keys(kinds)) },
  allOf: Object.entries(kinds).map(([kind, shape]) => ({
    if: { properties: { kind: { const: kind } }, required: ['kind'] },
    then: shape,
  })),
});

const onFail = { onFail: oneOf('suppress', 'refuse'), maxSuppressed: decimal };
const scalar = text(200);

/** `items[].view` (privacy.md section 2). */
export const VIEW_SCHEMA = record(
  {
    schema: { const: 1 },
    unit: record({ column, domain: oneOf('nhs_number', 'uprn', 'text') }, ['column', 'domain']),
    format: oneOf('parquet', 'csv'),
    columns: {
      ...list(
        record(
          {
            name: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
            from: column,
            rule: byKind(COLUMN_RULES),
          },
          ['name', 'rule'],
        ),
        200,
      ),
      minItems: 1,
    },
    rows: list(
      byKind({
        in: record({ kind: oneOf('in'), column, values: list(scalar, 1_000) }, [
          'column',
          'values',
        ]),
        between: record({ kind: oneOf('between'), column, low: scalar, high: scalar }, [
          'column',
          'low',
          'high',
        ]),
        notNull: record({ kind: oneOf('notNull'), column }, ['column']),
      }),
      20,
    ),
    checks: record({
      kAnonymity: record({ k: whole(3, 1_000), columns: list(column, 200), ...onFail }, [
        'columns',
      ]),
      lDiversity: record({ column, l: whole(2, 20), ...onFail }, ['column', 'l']),
      window: record({ column, grain: oneOf('month', 'quarter', 'year') }, ['column', 'grain']),
    }),
  },
  ['schema', 'unit', 'format', 'columns'],
);
