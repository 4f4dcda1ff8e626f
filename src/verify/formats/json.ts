import { badInput } from '../refusal.js';
import { utf8 } from './text.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

const MAX_DEPTH = 32;

/**
 * JSON as the audit log takes it: integers within ±(2^53−1), well-formed text, no member twice, bounded depth.
 * @throws Refusal `badInput` with the reason.
 */
export function readJson(bytes: Uint8Array): Json {
  const text = utf8(bytes);
  const { depth, members } = survey(text);
  if (depth > MAX_DEPTH) {
    throw badInput(`is nested more than ${String(MAX_DEPTH)} deep`);
  }
  const value = parse(text);
  // Of a member that is there twice a reader may see the first and JSON.parse gives the last.
  if (members !== membersIn(value)) {
    throw badInput('has a member twice');
  }
  return value;
}

/** RFC 8785. Numbers are integers here, so their text is plain. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') {
    return JSON.stringify(value);
  }
  if (isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, held]) => `${JSON.stringify(name)}:${canonicalJson(held)}`).join(',')}}`;
}

/** @throws Refusal `badInput` where it is no object with these members and no others. */
export function membersOf(value: Json, names: readonly string[], what: string): JsonObject {
  const object = objectOf(value, what);
  const unknown = Object.keys(object).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw badInput(`${what} has an unknown member ${JSON.stringify(unknown)}`);
  }
  const missing = names.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) {
    throw badInput(`${what} has no ${missing}`);
  }
  return object;
}

export function objectOf(value: Json, what: string): JsonObject {
  if (value === null || typeof value !== 'object' || isArray(value)) {
    throw badInput(`${what} is no object`);
  }
  return value;
}

export function arrayOf(value: Json | undefined, what: string): readonly Json[] {
  if (!isArray(value)) {
    throw badInput(`${what} is no array`);
  }
  return value;
}

export function stringOf(value: Json | undefined, what: string): string {
  if (typeof value !== 'string') {
    throw badInput(`${what} is no text`);
  }
  return value;
}

function parse(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw badInput('is no JSON');
  }
  check(value);
  return value;
}

function check(value: Json): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw badInput('has a number that is no integer within 2^53');
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw badInput('has text that is no Unicode');
  }
  if (isArray(value)) {
    value.forEach(check);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, held] of Object.entries(value)) {
      check(name);
      check(held);
    }
  }
}

function membersIn(value: Json): number {
  if (value === null || typeof value !== 'object') {
    return 0;
  }
  const held: readonly Json[] = isArray(value) ? value : Object.values(value);
  const own = isArray(value) ? 0 : held.length;
  return held.reduce<number>((sum, one) => sum + membersIn(one), own);
}

/** How deep the text goes and how many members it names; what strings say does not count. */
function survey(text: string): { readonly depth: number; readonly members: number } {
  let [depth, deepest, members] = [0, 0, 0];
  for (let i = 0; i < text.length; i += 1) {
    switch (text[i]) {
      case '"':
        i = endOfString(text, i);
        break;
      case '{':
      case '[':
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case '}':
      case ']':
        depth -= 1;
        break;
      case ':':
        members += 1;
        break;
      default:
    }
  }
  return { depth: deepest, members };
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
