import type { FieldError } from '../../kernel/errors.js';

const MAX_DEPTH = 32;
const HIDDEN_NAMES = ['__proto__', 'constructor', 'prototype'];

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What no DTO may ever hold, whatever its rules say: text that PostgreSQL or canonical JSON cannot store, names that
 * reach a prototype, and nesting that would exhaust the stack of a recursive validator. Iterative for the same reason.
 * @returns the first fault, or undefined.
 */
export function findRawFault(input: unknown): FieldError | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { pointer: '', reason: 'must be a JSON object' };
  }
  const places: Place[] = [{ value: input, pointer: '', depth: 0 }];
  for (let place = places.pop(); place; place = places.pop()) {
    const reason = faultOf(place);
    if (reason !== undefined) {
      return { pointer: place.pointer, reason };
    }
    places.push(...membersOf(place));
  }
  return undefined;
}

function faultOf({ value, pointer, depth }: Place): string | undefined {
  if (depth > MAX_DEPTH) {
    return `is nested deeper than ${String(MAX_DEPTH)} levels`;
  }
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (!isStorable(name) || HIDDEN_NAMES.includes(name)) {
    return 'is not a known field';
  }
  return typeof value === 'string' && !isStorable(value)
    ? 'must be well-formed Unicode without NUL'
    : undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function membersOf({ value, pointer, depth }: Place): Place[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).map(([name, member]: [string, unknown]) => ({
    value: member,
    pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    depth: depth + 1,
  }));
}
