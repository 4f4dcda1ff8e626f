import type { Json } from '../kernel/canonical-json.js';
import { NOBODY } from '../audit/event-preparation.js';
import { EVENT_TYPES, isEventType } from '../audit/event-types.js';

/** An event as it is stored, to be filtered and shown. */
export interface AuditEventRow {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly outcome: string;
  readonly organisationIds: readonly string[];
}

/** The committed fields of the type's list lie beside these; null where absent or erased. */
export interface AuditEventView {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly outcome: string;
  readonly [field: string]: Json;
}

/** Fields that name a person, always or when the target is one. */
const PERSON_FIELDS = ['actorPersonId', 'accountablePersonId', 'proposedByPersonId'] as const;

/** The ids of people in these fields. */
export function peopleIn(fields: ReadonlyMap<string, Json>): readonly string[] {
  return personFieldsOf(fields)
    .map((name) => fields.get(name))
    .filter((value): value is string => typeof value === 'string');
}

/**
 * The event with every field of its type; people by pseudonym (R5.7), and by null when there is no such person any more.
 * @param fields what could be read of the committed fields.
 */
export function toAuditEventView(
  event: AuditEventRow,
  fields: ReadonlyMap<string, Json>,
  pseudonyms: ReadonlyMap<string, string>,
): AuditEventView {
  const people = personFieldsOf(fields);
  const names = isEventType(event.type) ? EVENT_TYPES[event.type] : [];
  const shown = Object.fromEntries(
    names.map((name) => {
      const value = fields.get(name) ?? null;
      const isPerson = people.includes(name) && typeof value === 'string';
      return [name, isPerson ? (pseudonyms.get(value) ?? null) : value];
    }),
  );
  return {
    ...shown,
    id: event.id,
    type: event.type,
    occurredAt: event.occurredAt.toISOString(),
    outcome: event.outcome,
  };
}

/** True for the payload row whose fields are about nobody: it is in clear. */
export function isAboutNobody(subjectId: string): boolean {
  return subjectId === NOBODY;
}

function personFieldsOf(fields: ReadonlyMap<string, Json>): readonly string[] {
  return fields.get('targetType') === 'person' ? [...PERSON_FIELDS, 'targetId'] : PERSON_FIELDS;
}
