import type { Commitment } from '../../audit/disclosure.js';
import { GENERATED_FIELDS, EVENT_TYPES, isEventType } from '../../audit/event-types.js';
import type { Json } from '../../kernel/canonical-json.js';
import { ConcordatError } from '../../kernel/errors.js';

export interface EventToDisclose extends Commitment {
  readonly type: string;
  readonly organisationIds: readonly string[];
  readonly targetType: string | null;
  readonly targetId: string | null;
}

/** True for the person that the event is about: somebody of whom it holds a row, or its target. */
export function isSubject(
  personId: string,
  { targetType, targetId }: EventToDisclose,
  subjectIds: readonly string[],
): boolean {
  return subjectIds.includes(personId) || (targetType === 'person' && targetId === personId);
}

/**
 * Which fields may be opened: everybody's own, and those about nobody. A target that is a person is named by an id, which
 * is opened to that person only (R5.7).
 * @param personId null: a stranger, to whom nothing is their own.
 */
export function mayOpen(
  personId: string | null,
  { targetType }: EventToDisclose,
  wanted: readonly string[] | undefined,
): (name: string, subjectId: string, value: Json) => boolean {
  const isOfAnother = (name: string, value: Json): boolean =>
    name === 'targetId' && targetType === 'person' && value !== personId;
  return (name, subjectId, value) =>
    (wanted?.includes(name) ?? true) && (subjectId === personId || !isOfAnother(name, value));
}

/** @throws ConcordatError `input_invalid` that names each field which events of this type do not have. */
export function checkFields(type: string, wanted: readonly string[] = []): void {
  const known: readonly string[] = isEventType(type)
    ? [...GENERATED_FIELDS, ...EVENT_TYPES[type]]
    : GENERATED_FIELDS;
  const errors = wanted
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: '/fields', reason: `${type} has no field ${name}` }));
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
