import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { EVENT_TYPES, GENERATED_FIELDS } from '../../../audit/event-types.js';
import type { AuditEventView } from '../../audit-event.view.js';
import { EVENT_COLUMNS } from './event-columns.js';
import { csvOf } from './table.js';

const NAMES = Object.keys(EVENT_COLUMNS);
const EVENT: AuditEventView = {
  id: '01990000-0000-7000-8000-000000000001',
  type: 'store.suspended',
  occurredAt: '2026-05-02T00:00:00.000Z',
  outcome: 'success',
};

async function read(...events: readonly AuditEventView[]): Promise<readonly string[][]> {
  let text = '';
  for await (const part of csvOf(EVENT_COLUMNS, batches(events))) {
    text += part;
  }
  return parse(text, { bom: true });
}

async function* batches(
  events: readonly AuditEventView[],
): AsyncGenerator<readonly AuditEventView[]> {
  for (const event of events) {
    yield await Promise.resolve([event]);
  }
}

async function cell(name: string, value: AuditEventView[string]): Promise<string | undefined> {
  const [, row] = await read({ ...EVENT, [name]: value });
  return row?.[NAMES.indexOf(name)];
}

describe('events as a table', () => {
  it('has a column for every field of every type', () => {
    const fields = Object.values(EVENT_TYPES).flat();
    const shown = [...NAMES, ...GENERATED_FIELDS];
    expect(fields.filter((field) => !shown.includes(field))).toEqual([]);
  });

  it('begins with the header, also without events, and has one row an event', async () => {
    expect(await read()).toEqual([NAMES]);
    const [, first, second] = await read(EVENT, { ...EVENT, type: 'store.resumed' });
    expect(first?.slice(0, 4)).toEqual([EVENT.id, EVENT.type, EVENT.occurredAt, EVENT.outcome]);
    expect(second?.[1]).toBe('store.resumed');
  });

  it.each<[string, string, AuditEventView[string], string]>([
    ['text that a spreadsheet would compute', 'reasonText', '=HYPERLINK("x")', `'=HYPERLINK("x")`],
    ['the same behind spaces', 'reasonText', '  @SUM(A1)', `'  @SUM(A1)`],
    ['the same in full width', 'objectId', '＝1', `'＝1`],
    ['a number, as it is', 'bytes', -5, '-5'],
    ['text where a number should be', 'bytes', '-5', `'-5`],
    ['a list, as JSON', 'reasonCodes', ['=1', 'a;b'], '["=1","a;b"]'],
    ['a field that is absent', 'grantId', null, ''],
  ])('writes %s', async (_, name, value, expected) => {
    expect(await cell(name, value)).toBe(expected);
  });

  it('gives any text back to a reader of RFC 4180, with at most the guard before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const found = await cell('reasonText', text);
        expect(found === `'${text}` ? text : found).toBe(text);
      }),
    );
  });
});
