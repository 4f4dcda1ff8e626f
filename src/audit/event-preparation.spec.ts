import { canonicalJson, type Json } from '../kernel/canonical-json.js';
import { NOBODY, prepareEvent, type EventInput } from './event-preparation.js';
import { readPayload } from './payload.js';

const ID = '01990000-0000-7000-8000-0000000000e1';
const PERSON = '01990000-0000-7000-8000-0000000000a1';

const prepare = (input: EventInput<'grant.revoked'>) =>
  prepareEvent(ID, 'grant.revoked', new Date('2026-06-15T12:00:00Z'), input);

describe('the rows of an event', () => {
  it('hold the canonical text of its fields, those of each person apart', () => {
    const { payloads } = prepare({
      actorPersonId: PERSON,
      reasonText: 'Späte “Daten”\n',
      reasonCodes: ['revoked'],
    });
    const fields = payloads.map(({ body }) => readPayload(body).fields as Json);
    expect(payloads.map(({ subjectId }) => subjectId)).toEqual([NOBODY, PERSON]);
    expect(payloads.map(({ body }) => body.toString('utf8', 32))).toEqual(
      fields.map(canonicalJson),
    );
    expect(Object.fromEntries(fields[1] as [string, Json][])).toEqual({
      actorPersonId: PERSON,
      reasonText: 'Späte “Daten”\n',
    });
  });

  it('hold values of 16 KiB, and none over', () => {
    const limit = 16_384 - 2;
    expect(() => prepare({ actorPersonId: PERSON, reasonText: 'a'.repeat(limit) })).not.toThrow();
    expect(() => prepare({ actorPersonId: PERSON, reasonText: 'a'.repeat(limit + 1) })).toThrow(
      'grant.revoked.reasonText is over 16 KiB',
    );
    expect(() => prepare({ reasonText: `${'a'.repeat(limit - 1)}ä` })).toThrow('over 16 KiB');
  });

  it('hold whole numbers only, and only fields of the type', () => {
    expect(() => prepare({ agreementVersion: 2 ** 53 })).toThrow('no safe integer');
    expect(() => prepare({ ...({ route: 'x' } as object) })).toThrow(
      'grant.revoked has no field route',
    );
  });
});
