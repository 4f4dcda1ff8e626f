import { EVENT_TYPES, type EventType } from '../event-types.js';
import { NOBODY, prepareEvent, type EventInput, type PreparedEvent } from '../event-preparation.js';
import type { EventRow } from './event-rows.js';
import { differenceOf, type OpenedRow } from './event-witness.js';

const id = (tail: string): string => `01990000-0000-7000-8000-0000000000${tail}`;
const [EVENT, PERSON, ORGANISATION, GRANT] = [id('e1'), id('a1'), id('b1'), id('c1')];

/** The row as PostgreSQL gives it back: ids in small letters. */
function rowOf({ type, occurredAt, columns }: PreparedEvent): EventRow {
  const [, , , outcome, people, organisations, targetType, targetId, ...rest] = columns;
  const [projectId, datasetId, agreementId, accessRequestId, grantId, reasonCodes, bytes] = rest;
  const [leaf, digests] = columns.slice(-2) as [Buffer, Buffer];
  const lower = (one: unknown): string | null =>
    typeof one === 'string' ? one.toLowerCase() : null;
  return {
    ...{ index: '7', id: EVENT, type, occurredAt, leaf, digests, outcome: String(outcome) },
    personIds: people as string[],
    organisationIds: (organisations as string[]).map((one) => one.toLowerCase()),
    targetType: targetType as string | null,
    targetId: targetId as string | null,
    ...{ projectId: lower(projectId), datasetId: lower(datasetId) },
    ...{ agreementId: lower(agreementId), accessRequestId: lower(accessRequestId) },
    grantId: lower(grantId),
    reasonCodes: reasonCodes as string[],
    bytes: typeof bytes === 'number' ? String(bytes) : null,
  };
}

function prepared<T extends EventType>(
  type: T,
  input: EventInput<T>,
  erased: readonly string[] = [],
): { row: EventRow; payloads: readonly OpenedRow[] } {
  const event = prepareEvent(
    EVENT,
    type,
    new Date('2026-06-15T12:00:00.789Z'),
    input,
    new Set(erased),
  );
  return { row: rowOf(event), payloads: event.payloads };
}

const READ = {
  ...{ actorPersonId: PERSON, actorOrganisationId: ORGANISATION, organisationIds: [id('b2')] },
  ...{ grantId: GRANT, datasetId: id('d1'), agreementId: id('f1'), bytes: 12 },
  reasonCodes: ['client_gone'],
} as const;

describe('an event beside its leaf', () => {
  it.each(Object.keys(EVENT_TYPES) as EventType[])(
    '%s, of which nothing is said, differs in nothing',
    (type) => {
      const { row, payloads } = prepared(type, {});
      expect(differenceOf(row, payloads)).toBeUndefined();
    },
  );

  it('differs in nothing when ids were asked for in capitals, or somebody in it was erased before', () => {
    const shouting = {
      ...READ,
      grantId: GRANT.toUpperCase(),
      organisationIds: [id('b2').toUpperCase()],
    };
    const asked = prepared('object.delivered', shouting);
    expect(differenceOf(asked.row, asked.payloads)).toBeUndefined();
    const erased = prepared('object.delivered', READ, [PERSON]);
    expect(differenceOf(erased.row, erased.payloads)).toBeUndefined();
  });

  it('differs in nothing when rows of it were erased, by person or by age', () => {
    const { row, payloads } = prepared('object.delivered', READ);
    const nobodys = payloads.filter(({ subjectId }) => subjectId === NOBODY);
    expect(nobodys.length).toBeLessThan(payloads.length);
    expect(differenceOf(row, nobodys)).toBeUndefined();
    expect(differenceOf(row, [])).toBeUndefined();
  });

  it.each<[Partial<EventRow>, string]>([
    [{ id: id('e2') }, 'id'],
    [{ type: 'object.opened' }, 'type'],
    [{ occurredAt: new Date('2026-06-15T12:00:01.789Z') }, 'occurred_at'],
    [{ occurredAt: new Date('2026-06-15T12:00:00.788Z') }, 'occurred_at'],
    [{ personIds: [] }, 'person_ids'],
    [{ organisationIds: [ORGANISATION] }, 'organisation_ids'],
    [{ targetType: 'person' }, 'target_type'],
    [{ targetId: PERSON }, 'target_id'],
    [{ projectId: id('f2') }, 'project_id'],
    [{ datasetId: null }, 'dataset_id'],
    [{ agreementId: id('f2') }, 'agreement_id'],
    [{ accessRequestId: id('f2') }, 'access_request_id'],
    [{ grantId: null }, 'grant_id'],
    [{ reasonCodes: [] }, 'reason_codes'],
    [{ bytes: null }, 'bytes'],
    [{ digests: Buffer.alloc(0) }, 'digests'],
    [{ digests: Buffer.alloc(32 * 17) }, 'digests'],
  ])('with %j differs in its %s', (changes, column) => {
    const { row, payloads } = prepared('object.delivered', READ);
    expect(differenceOf({ ...row, ...changes }, payloads)).toBe(`audit_event.${column}`);
  });

  it('of every flipped bit of what it says differs in its payload', () => {
    const { row, payloads } = prepared('object.delivered', READ);
    for (const { subjectId, body = Buffer.alloc(0) } of payloads) {
      for (let bit = 0; bit < body.length * 8; bit += 7) {
        const flipped = Buffer.from(body);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(differenceOf(row, [{ subjectId, body: flipped }])).toBe('audit_payload.body');
      }
    }
    expect(differenceOf(row, [{ subjectId: PERSON, body: undefined }])).toBe('audit_payload.body');
    const other = prepared('object.delivered', { ...READ, bytes: 13 });
    expect(differenceOf(row, other.payloads)).toBe('audit_payload.body');
  });
});
