import { canonicalJson, type Json } from '../../kernel/canonical-json.js';
import type { Amendment } from '../agreement.types.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** One term that differs; `null` where it is absent. */
export interface TermChange {
  /** RFC 6901, into the newer terms; into the older ones for what was taken out. */
  readonly pointer: string;
  readonly before: Json;
  readonly after: Json;
}

/** What tells the members of a list apart, wherever they stand in it. */
const KEYS = ['organisationId', 'datasetId', 'name', 'sha256', 'column'] as const;

/** R3.2: what may change with the lead's signature alone. */
const ADMINISTRATIVE =
  /^\/(parties\/\d+\/(breachContact|queryContact)|items\/\d+\/assessment(\/.*)?|sarContact|complaintsContact)$/;

type Members = Readonly<Record<string, Json | undefined>>;

/** Two versions compared term by term, in the order of their pointers. A list of codes is one term. */
export function compareTerms(before: DraftTerms, after: DraftTerms): readonly TermChange[] {
  return compareMembers('', before, after).sort((one, other) =>
    one.pointer < other.pointer ? -1 : 1,
  );
}

/** R3.2: administrative when nothing but contacts or an assessment changed. */
export function amendmentKind(before: DraftTerms, after: DraftTerms): Amendment {
  const isAdministrative = compareTerms(before, after).every(({ pointer }) =>
    ADMINISTRATIVE.test(pointer),
  );
  return isAdministrative ? 'administrative' : 'material';
}

function compareMembers(pointer: string, before: Members, after: Members): TermChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    compare(`${pointer}/${escapeName(name)}`, before[name], after[name]),
  );
}

function compare(pointer: string, before: Json | undefined, after: Json | undefined): TermChange[] {
  if (textOf(before) === textOf(after)) {
    return [];
  }
  if (isMembers(before) && isMembers(after)) {
    return compareMembers(pointer, before, after);
  }
  const key = keyOf(before, after);
  return key === undefined
    ? [{ pointer, before: before ?? null, after: after ?? null }]
    : compareLists(pointer, key, before as readonly Members[], after as readonly Members[]);
}

function compareLists(
  pointer: string,
  key: string,
  before: readonly Members[],
  after: readonly Members[],
): TermChange[] {
  const sameAs = (member: Members, others: readonly Members[]): Members | undefined =>
    others.find((other) => other[key] === member[key]);
  const kept = after.flatMap((member, at) =>
    compare(`${pointer}/${String(at)}`, sameAs(member, before), member),
  );
  const gone = before.flatMap((member, at) =>
    sameAs(member, after) ? [] : compare(`${pointer}/${String(at)}`, member, undefined),
  );
  const changes = [...kept, ...gone];
  // Members in another order are another text, and columns of a view another file.
  return changes.length > 0 ? changes : [{ pointer, before, after }];
}

/** The member by which two lists of records are matched; undefined when they are no such lists. */
function keyOf(before: Json | undefined, after: Json | undefined): string | undefined {
  if (!isList(before) || !isList(after)) {
    return undefined;
  }
  return KEYS.find((key) => tellsApart(key, before) && tellsApart(key, after));
}

function tellsApart(key: string, members: readonly Json[]): boolean {
  const values = members.map((member) => (isMembers(member) ? member[key] : undefined));
  return values.every((value, at) => value !== undefined && values.indexOf(value) === at);
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : canonicalJson(value);
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
