import { canonicalJson, type Json } from './canonical-json.js';

type Members = Readonly<Record<string, unknown>>;

/** The named members take new values; `null` takes one out. A member is changed whole (RFC 7396, one level deep). */
export function mergeMembers(before: Members, changes: Members): Members {
  // Entries, not assignments: a member may have any name, __proto__ too.
  return Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(
      ([, value]) => value !== null && value !== undefined,
    ),
  );
}

/** RFC 6901 pointers to the members that differ. */
export function changedMembers(before: Members, after: Members): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => textOf(before[name]) !== textOf(after[name]))
    .map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value as Json);
}
