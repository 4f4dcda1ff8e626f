import type { Disclosure } from '../formats/disclosure.js';
import { secondsOf } from '../formats/instant.js';
import { canonicalJson, objectOf, readJson, type JsonObject } from '../formats/json.js';
import type { Leaf } from '../formats/leaf.js';
import { badInput, failed } from '../refusal.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Said by the leaf itself, or the name of the event. */
const ALWAYS_SHOWN: readonly string[] = ['id', 'type'];

/** An event as the pack shows it. */
export interface EventLine {
  readonly id: string;
  readonly members: JsonObject;
}

/** How many of the values that a line shows the log proves. */
export interface Proven {
  readonly isIdProven: boolean;
  readonly values: number;
  readonly unproven: number;
}

export function readEventLine(line: Buffer): EventLine {
  const members = objectOf(readJson(line), 'the line');
  const { id } = members;
  if (typeof id !== 'string' || !UUID.test(id)) {
    throw badInput('it is no UUID', { field: 'id' });
  }
  return { id, members };
}

/** @throws Refusal `failed` where the line says other than the public leaf. */
export function matchLeaf({ members }: EventLine, leaf: Leaf): void {
  if (members['type'] !== leaf.type) {
    throw failed(`it is not that of the leaf, ${leaf.type}`, { field: 'type' });
  }
  if (secondsOf(members['occurredAt']) !== leaf.seconds) {
    throw failed('it is not in the second of the leaf', { field: 'occurredAt' });
  }
}

/** @throws Refusal `failed` where the line says other than what was opened. */
export function matchDisclosure(event: EventLine, disclosure: Disclosure | undefined): Proven {
  const opened = new Set<string>();
  for (const { name, value } of disclosure?.fields ?? []) {
    const member = name === 'eventId' && !Object.hasOwn(event.members, name) ? 'id' : name;
    // A field that is absent is committed to as null.
    if (canonicalJson(event.members[member] ?? null) !== canonicalJson(value)) {
      throw failed('it is not what the event committed to', { field: member });
    }
    opened.add(name);
  }
  const isIdProven = opened.has('eventId');
  const shown = Object.entries(event.members)
    .filter(([name, value]) => value !== null && !ALWAYS_SHOWN.includes(name))
    .map(([name]) => name);
  const values = shown.filter((name) => opened.has(name)).length;
  return { isIdProven, values, unproven: shown.length - values };
}
