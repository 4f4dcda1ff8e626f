import type { SchemaElement } from 'hyparquet';
import type { FieldType } from '../profile.types.js';

/** A column at the top of a schema. */
export interface TopColumn {
  readonly element: SchemaElement;
  /** Which of the columns that hold values it is; undefined for a group of them. */
  readonly leaf: number | undefined;
}

/**
 * The columns at the top of a schema, which is a tree written depth first.
 * @returns undefined for a tree that is not whole.
 */
export function topColumns(schema: readonly SchemaElement[]): readonly TopColumn[] | undefined {
  const columns: TopColumn[] = [];
  let at = 1;
  let leaves = 0;
  while (at < schema.length) {
    const element = schema[at];
    if (!element || typeof element.name !== 'string') {
      return undefined;
    }
    const isLeaf = element.type !== undefined && childrenOf(element) === 0;
    columns.push({ element, leaf: isLeaf ? leaves : undefined });
    for (let missing = 1; missing > 0; at += 1) {
      const next = schema[at];
      if (!next) {
        return undefined;
      }
      leaves += next.type === undefined ? 0 : 1;
      missing += childrenOf(next) - 1;
    }
  }
  return columns.length > 0 && columns.length === schema[0]?.num_children ? columns : undefined;
}

/** The catalogue's type of a column; `text` for what no rule of a release reads. */
export function parquetType(element: SchemaElement): FieldType {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === undefined || element.repetition_type === 'REPEATED') {
    return 'text';
  }
  if (logical?.type === 'DATE' || converted === 'DATE') {
    return 'date';
  }
  if (
    type === 'INT96' ||
    logical?.type === 'TIMESTAMP' ||
    converted === 'TIMESTAMP_MILLIS' ||
    converted === 'TIMESTAMP_MICROS'
  ) {
    return 'timestamp';
  }
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') {
    return 'decimal';
  }
  return plainType(element);
}

function plainType({ type, logical_type: logical, converted_type: converted }: SchemaElement) {
  switch (type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'FLOAT':
    case 'DOUBLE':
      return 'decimal';
    case 'INT32':
    case 'INT64':
      // A time of day is a number only as it is stored.
      return logical?.type === 'TIME' || converted?.startsWith('TIME_') === true
        ? 'text'
        : 'integer';
    default:
      return 'text';
  }
}

function childrenOf({ num_children: children }: SchemaElement): number {
  return Number.isSafeInteger(children) && children !== undefined && children > 0 ? children : 0;
}
