import { randomBytes } from 'node:crypto';
import type { Json } from '../kernel/canonical-json.js';
import { commitFields, fieldText, leafOf, type CommittedField } from './commitment.js';
import { PERSONAL_FIELDS, type EventField, type EventFields } from './event-fields.js';
import { EVENT_TYPES, type EventType } from './event-types.js';

export const NOBODY = '00000000-0000-0000-0000-000000000000';
export const SEED_BYTES = 32;
const SEEDS_AT_ONCE = 64;
const MAX_VALUE_BYTES = 16_384;

/** What the caller of `record` says: only fields of the type's list, plus how it ended and whom else it concerns. */
export type EventInput<T extends EventType> = {
  readonly [K in (typeof EVENT_TYPES)[T][number]]?: EventFields[K] | undefined;
} & {
  readonly outcome?: EventFields['outcome'];
  /** People to find the event by who neither act in it nor are its target; not committed. */
  readonly alsoAbout?: readonly string[];
  /** Who wrote `reasonText`, where it was not the actor. Not committed. */
  readonly wordsOf?: string | undefined;
};

/** What an input says beside its fields. */
type Beside = Pick<EventInput<EventType>, 'alsoAbout' | 'wordsOf'>;
const BESIDE: readonly string[] = ['alsoAbout', 'wordsOf'] satisfies readonly (keyof Beside)[];

/** A payload row before encryption: the seed and the fields of one subject. */
interface PayloadRow {
  readonly subjectId: string;
  readonly body: Buffer;
}

/** An event ready to be inserted: columns to filter by, leaf, digests and payload rows. */
export interface PreparedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly occurredAt: Date;
  readonly columns: readonly unknown[];
  readonly payloads: readonly PayloadRow[];
}

/** A payload row while its fields are placed. */
interface OpenRow {
  readonly seed: Buffer;
  readonly fields: CommittedField[];
}

type Values = Partial<Record<EventField, Json>>;

/**
 * Turns an input into rows: each field is committed under the seed of its payload row, each person's fields lie in a row
 * of their own. Pure but for the seeds.
 * @param erased people of whom nothing may be said any more: their fields are committed as absent.
 * @throws TypeError for a field the type does not list, a value over 16 KiB or a number outside the safe integers.
 * @see audit-log sections 2 and 7
 */
export function prepareEvent<T extends EventType>(
  id: string,
  type: T,
  occurredAt: Date,
  input: EventInput<T>,
  erased: ReadonlySet<string> = new Set(),
): PreparedEvent {
  const values = valuesOf(type, input);
  const rows = new Map<string, OpenRow>();
  const place = (name: string, value: Json, subjectId: string): void => {
    const row = rows.get(subjectId) ?? { seed: nextSeed(), fields: [] };
    rows.set(subjectId, row);
    row.fields.push({ name, text: checkedText(type, name, value), seed: row.seed });
  };
  place('eventId', id, NOBODY);
  place('type', type, NOBODY);
  place('occurredAt', occurredAt.toISOString(), NOBODY);
  for (const name of EVENT_TYPES[type]) {
    const subjectId = subjectOf(name, values, input);
    if (erased.has(subjectId)) {
      place(name, null, NOBODY);
    } else {
      place(name, values[name] ?? null, subjectId);
    }
  }
  const digests = commitFields([...rows.values()].flatMap(({ fields }) => fields));
  const leaf = leafOf(type, occurredAt, digests);
  return {
    id,
    type,
    occurredAt,
    columns: columnsOf(id, type, occurredAt, input, values, leaf, digests),
    payloads: [...rows].map(([subjectId, { seed, fields }]) => ({
      subjectId,
      body: Buffer.concat([seed, Buffer.from(`[${fields.map(({ text }) => text).join(',')}]`)]),
    })),
  };
}

let seeds = Buffer.alloc(0);

// A call for many costs hardly more than a call for one.
function nextSeed(): Buffer {
  if (seeds.length === 0) {
    seeds = randomBytes(SEED_BYTES * SEEDS_AT_ONCE);
  }
  const seed = seeds.subarray(0, SEED_BYTES);
  seeds = seeds.subarray(SEED_BYTES);
  return seed;
}

function valuesOf<T extends EventType>(type: T, input: EventInput<T>): Values {
  const listed = new Set<string>([...EVENT_TYPES[type], 'outcome', ...BESIDE]);
  const values: Values = {};
  for (const [name, value] of Object.entries(input) as [EventField, Json | undefined][]) {
    if (!listed.has(name)) {
      throw new TypeError(`${type} has no field ${name}`);
    }
    if (value !== undefined && !BESIDE.includes(name)) {
      values[name] = value;
    }
  }
  return values;
}

function checkedText(type: string, name: string, value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError(`${type}.${name} is no safe integer`);
  }
  const text = fieldText(name, value);
  if (Buffer.byteLength(text) - `["${name}",]`.length > MAX_VALUE_BYTES) {
    throw new TypeError(`${type}.${name} is over 16 KiB`);
  }
  return text;
}

// A personal field is about the person who acted; whoever answers for a program and a proposer are
// subjects of their own.
function subjectOf(name: EventField, values: Values, beside: Beside): string {
  if (!PERSONAL_FIELDS.has(name) || values[name] === undefined) {
    return NOBODY;
  }
  const { actorPersonId, accountablePersonId, proposedByPersonId } = values;
  const subjects: Partial<Record<EventField, Json | undefined>> = {
    accountablePersonId,
    proposedByPersonId,
    reasonText: subjectOfWords(values, beside),
  };
  const subject = subjects[name] ?? actorPersonId ?? accountablePersonId;
  return typeof subject === 'string' ? subject : NOBODY;
}

// Words about one person are erased with that person, all others with whoever wrote them.
function subjectOfWords(values: Values, { alsoAbout = [], wordsOf }: Beside): Json | undefined {
  const [one, another] = alsoAbout;
  const target = values.targetType === 'person' ? values.targetId : undefined;
  return (
    target ?? (another === undefined ? one : undefined) ?? wordsOf ?? values.proposedByPersonId
  );
}

/** The columns of `audit_event`, in the order of `prepareEvent`'s values. */
export const EVENT_COLUMNS = [
  ['id', 'uuid'],
  ['type', 'text'],
  ['occurred_at', 'timestamptz'],
  ['outcome', 'text'],
  ['person_ids', 'uuid[]'],
  ['organisation_ids', 'uuid[]'],
  ['target_type', 'text'],
  ['target_id', 'text'],
  ['project_id', 'uuid'],
  ['dataset_id', 'uuid'],
  ['agreement_id', 'uuid'],
  ['access_request_id', 'uuid'],
  ['grant_id', 'uuid'],
  ['reason_codes', 'text[]'],
  ['bytes', 'bigint'],
  ['leaf', 'bytea'],
  ['digests', 'bytea'],
] as const;

// Seven values that belong together and are used once.
// eslint-disable-next-line max-params -- a struct would repeat the caller's locals
function columnsOf(
  id: string,
  type: EventType,
  occurredAt: Date,
  input: Beside,
  values: Values,
  leaf: Buffer,
  digests: Buffer,
): readonly unknown[] {
  const people = [
    values.actorPersonId,
    values.accountablePersonId,
    values.proposedByPersonId,
    input.wordsOf,
    ...(input.alsoAbout ?? []),
  ];
  if (values.targetType === 'person') {
    people.push(values.targetId);
  }
  const organisations = [
    ...((values.organisationIds as readonly string[] | undefined) ?? []),
    values.actorOrganisationId,
  ];
  return [
    id,
    type,
    occurredAt,
    values.outcome ?? 'success',
    unique(people),
    unique(organisations),
    values.targetType ?? null,
    values.targetId ?? null,
    values.projectId ?? null,
    values.datasetId ?? null,
    values.agreementId ?? null,
    values.accessRequestId ?? null,
    values.grantId ?? null,
    values.reasonCodes ?? [],
    values.bytes ?? null,
    leaf,
    digests,
  ];
}

function unique(ids: readonly (Json | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id): id is string => typeof id === 'string'))];
}
