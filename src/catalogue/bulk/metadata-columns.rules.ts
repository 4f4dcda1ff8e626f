import { guardedText, unguardedText } from '../../platform/web/csv/csv.rules.js';

type Members = Readonly<Record<string, unknown>>;

/** A column that says something of a dataset. */
interface MetadataColumn {
  readonly name: string;
  /** The member of a description that it is, or is a part of. */
  readonly member: string;
  readonly part?: string;
  readonly isList?: true;
}

const text = (name: string): MetadataColumn => ({ name, member: name });
const list = (name: string): MetadataColumn => ({ name, member: name, isList: true });
const part = (name: string, member: string, of: string): MetadataColumn => ({
  name,
  member,
  part: of,
});

/** What a table can say. Fields, distributions and links are tables themselves, and are left to the API. */
const METADATA_COLUMNS: readonly MetadataColumn[] = [
  ...['title', 'description', 'publisher', 'contact', 'access', 'accessReason'].map(text),
  ...['sensitivity', 'visibility', 'kind', 'frequency', 'licence'].map(text),
  ...['keywords', 'themes', 'tags', 'languages', 'places'].map(list),
  text('spatial'),
  part('temporalStartsOn', 'temporal', 'startsOn'),
  part('temporalEndsOn', 'temporal', 'endsOn'),
  ...['qualityNotes', 'landingPage'].map(text),
  part('stewardContact', 'steward', 'contact'),
];

/** Which dataset a row is of, which state of it was read, and its status, which a file cannot change. */
const IDENTIFYING = ['id', 'version', 'status'];

/** In the order in which they are exported. */
export const COLUMN_NAMES: readonly string[] = [
  ...IDENTIFYING,
  ...METADATA_COLUMNS.map(({ name }) => name),
];

/** The cells of a description, in the order of the columns. */
export function cellsOf(description: Members): readonly string[] {
  return METADATA_COLUMNS.map((column) => cellOf(column, description));
}

/**
 * What cells say otherwise than a description does, as `PATCH` takes it. An empty cell takes a member out; a column that is
 * not in the file says nothing.
 */
export function changesIn(cells: ReadonlyMap<string, string>, before: Members): Members {
  const changes = new Map<string, unknown>();
  for (const column of METADATA_COLUMNS) {
    const cell = cells.get(column.name);
    if (cell === undefined || isSameCell(cell, cellOf(column, before))) {
      continue;
    }
    const { member } = column;
    const value = valueOf(column, unguardedText(cell));
    const whole = changes.has(member) ? changes.get(member) : before[member];
    changes.set(member, column.part === undefined ? value : withPart(whole, column.part, value));
  }
  return Object.fromEntries(changes);
}

/** The column that a JSON Pointer into a description is about; the pointer's own words where there is none. */
export function columnAt(pointer: string): string {
  const [, member = '', of] = pointer.split('/');
  const ofMember = METADATA_COLUMNS.filter((column) => column.member === member);
  const column = ofMember.find((one) => one.part === of) ?? ofMember[0];
  return column?.name ?? pointer.slice(1);
}

function cellOf({ member, part: of, isList }: MetadataColumn, description: Members): string {
  const whole = description[member];
  const value = of === undefined ? whole : (whole as Members | undefined)?.[of];
  if (isList) {
    return joinList((value ?? []) as readonly string[]);
  }
  return typeof value === 'string' ? value : '';
}

function valueOf({ isList }: MetadataColumn, cell: string): unknown {
  if (cell.trim() === '') {
    return null;
  }
  return isList ? splitList(cell) : cell;
}

function withPart(whole: unknown, name: string, value: unknown): Members | null {
  const parts = Object.entries({ ...(whole as Members | null), [name]: value }).filter(
    ([, one]) => one !== null && one !== undefined,
  );
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

// Spreadsheets write line ends of their own. A cell as it was exported says what it said.
function isSameCell(cell: string, before: string): boolean {
  const [now, then] = [cell, before].map((one) => one.replaceAll('\r\n', '\n'));
  return now === then || now === guardedText(then ?? '');
}

function joinList(items: readonly string[]): string {
  return items.map((item) => item.replaceAll(/[\\|]/g, '\\$&')).join('|');
}

function splitList(cell: string): readonly string[] {
  return [...cell.matchAll(/((?:\\[\\|]|[^|])*)(\||$)/g)]
    .map(([, item = '']) => item.replaceAll(/\\([\\|])/g, '$1').trim())
    .filter((item) => item !== '');
}
