/** Pieces of JSON Schema that the terms are made of. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a text has somewhere: spaces alone are none. */
export const NOT_BLANK = '\\S';
/** The same, and no space around it: what is signed is what is read. */
export const TRIMMED = '^\\S([\\s\\S]*\\S)?$';
export const text = (maxLength: number): Schema => ({
  type: 'string',
  maxLength,
  pattern: TRIMMED,
});
/** Names and values of data, which may have spaces around them. */
export const line = (maxLength = 200): Schema => ({
  type: 'string',
  maxLength,
  pattern: NOT_BLANK,
});
export const flag: Schema = { type: 'boolean' };
export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values });
export const whole = (minimum: number, maximum: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
});

export const listOf = (items: Schema, maxItems: number, minItems = 0): Schema => ({
  type: 'array',
  items,
  minItems,
  maxItems,
});

export const setOf = (items: Schema, maxItems: number, minItems = 0): Schema => ({
  ...listOf(items, maxItems, minItems),
  uniqueItems: true,
});

export const record = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({ type: 'object', additionalProperties: false, properties, required });

/** Measured quantities are decimal strings (privacy.md): no reader rounds them. */
export const decimal: Schema = { type: 'string', pattern: '^-?[0-9]{1,18}([.][0-9]{1,18})?$' };

/** Each value of one member with its own shape: the fault names the member of that shape, not of the others. */
export const byMember = (member: string, shapes: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: [member],
  properties: { [member]: oneOf(Object.keys(shapes)) },
  allOf: Object.entries(shapes).map(([value, shape]) => ({
    if: { properties: { [member]: { const: value } }, required: [member] },
    then: shape,
  })),
});
