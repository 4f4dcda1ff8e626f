import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { StreamableFile } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import type { Principal } from '../../../identity/principal.js';
import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import { DisclosuresReportApi } from '../disclosures/disclosures.api.js';
import { AT_ONCE, BATCH, MAX_ROWS } from './file-limits.js';
import { ReportFiles, type WholeList } from './report-files.service.js';

const DELIVERIES = 2 * BATCH + 50;
const [CSV, LINES] = ['text/csv', 'application/x-ndjson'];
const FIRST = '2026-01-01T00:00:00.000Z';

describe('a list that leaves whole (R5.6)', () => {
  let world: ReportWorld;
  let eventId: string;

  beforeAll(async () => {
    world = await reportWorld();
    const { id: grantId } = await world.issue();
    world.clock.add(1000);
    eventId = await world.deliver(grantId, { objectId: '=1+1', bytes: 7 });
    await addDeliveries(DELIVERIES - 1, FIRST);
  }, 120_000);
  afterAll(() => world.close());

  // One a second, the last of which is at `until`; of no payload.
  const addDeliveries = (count: number, until: string): Promise<unknown> =>
    world.force(
      `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, dataset_id, agreement_id, grant_id,
         reason_codes, bytes, leaf, digests)
       SELECT gen_random_uuid(), 'object.delivered', $2::timestamptz - (n - 1) * interval '1 second', 'success', person_ids,
         organisation_ids, dataset_id, agreement_id, grant_id, '{}', n, 'l', ''
       FROM audit_event, generate_series(1, $1::int) n WHERE id = $3::uuid`,
      [count, until, eventId],
    );
  const ask = (
    accept: string,
    query: object = {},
    who: Principal = world.as(GROUND.operatorOfficer),
  ) =>
    world
      .api(DisclosuresReportApi)
      .list(who, { pageSize: 3, ...query }, requestTo('/disclosures', accept));
  const fileOf = async (...asked: Parameters<typeof ask>): Promise<StreamableFile> => {
    const file = await ask(...asked);
    if (!(file instanceof StreamableFile)) {
      throw new Error('No file came');
    }
    return file;
  };
  const read = async (...asked: Parameters<typeof ask>): Promise<string> =>
    (await buffer((await fileOf(...asked)).getStream())).toString();
  const rowsOf = (csv: string) =>
    parse<Record<string, string>>(csv, { bom: true, columns: true, relaxQuotes: false });
  const exported = () =>
    world.query<{ codes: readonly string[]; count: number }>(
      `SELECT e.reason_codes AS codes,
         (regexp_match(convert_from(substr(y.body, 33), 'UTF8'), '\\["count",(\\d+)\\]'))[1]::int AS count
       FROM audit_event e JOIN audit_payload y ON y.event_id = e.id
       WHERE e.type = 'audit.exported' AND y.subject_id = '00000000-0000-0000-0000-000000000000'
       ORDER BY e.occurred_at, e.id`,
    );

  it('is a table of RFC 4180 with every row, in the order of the pages', async () => {
    const csv = await read(CSV);
    expect(csv.startsWith('\uFEFF"id","occurredAt",')).toBe(true);
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const rows = rowsOf(csv);
    expect(rows.length).toBe(DELIVERIES);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(DELIVERIES);
    const { items } = await pageOf(ask('application/json', { pageSize: 200 }));
    expect(rows.slice(0, 200).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(rows.at(-1)?.['bytes']).toBe(String(DELIVERIES - 1));
  });

  it('guards text against formulas, and leaves numbers as they are', async () => {
    const [row] = rowsOf(await read(CSV));
    expect(row).toMatchObject({ object: "'=1+1", bytes: '7', recipient: GROUND.recipient });
    expect(row?.['person']).toMatch(/^P-[a-z2-7]{8}$/);
  });

  it('is JSON Lines that tell how many they are, and their digest', async () => {
    const lines = (await read(LINES)).split(/(?<=\n)/);
    const { manifest } = JSON.parse(lines.pop() ?? '') as { manifest: object };
    const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
    expect(manifest).toEqual({ count: DELIVERIES, sha256, checkpoint: null });
    const { items } = await pageOf(ask('application/json'));
    expect(lines.slice(0, 3).map((line) => JSON.parse(line) as unknown)).toEqual(items);
  });

  it('R6.2: is an event with what was asked and how much of it there was, before a byte leaves', async () => {
    const before = (await exported()).length;
    const searched = (await world.readings()).length;
    world.clock.add(1000);
    const file = await fileOf(CSV, { agreementId: GROUND.agreement });
    const events = await exported();
    expect(events).toHaveLength(before + 1);
    expect(events.at(-1)).toEqual({
      codes: ['GET /disclosures', 'csv', `agreementId=${GROUND.agreement}`],
      count: DELIVERIES,
    });
    expect(await world.readings()).toHaveLength(searched);
    file.getStream().destroy();
  });

  it('that breaks on the way is cut, not ended', async () => {
    const stream = (await fileOf(LINES)).getStream();
    const parts: Buffer[] = [];
    await world.force('ALTER TABLE person RENAME pseudonym TO renamed');
    try {
      stream.on('data', (part: Buffer) => parts.push(part));
      await expect(once(stream, 'end')).rejects.toThrow('pseudonym');
    } finally {
      await world.force('ALTER TABLE person RENAME renamed TO pseudonym');
    }
    const lines = Buffer.concat(parts).toString().split('\n');
    expect(lines).toHaveLength(BATCH + 1);
    expect(lines.join()).not.toContain('manifest');
  });

  it('is sent to so many at once; who leaves in the middle makes room', async () => {
    const streams = [];
    for (let n = 0; n < AT_ONCE; n += 1) {
      streams.push((await fileOf(CSV)).getStream());
    }
    await expect(ask(CSV)).rejects.toMatchObject({ code: 'rate_limited' });
    const [first] = streams;
    first?.once('data', () => first.destroy());
    await once(first ?? process, 'close');
    expect(rowsOf(await read(CSV)).length).toBe(DELIVERIES);
    streams.forEach((stream) => stream.destroy());
  });

  it('is of what the reader may see (R5.8), and of nobody for a pseudonym that nobody has', async () => {
    expect(rowsOf(await read(CSV, {}, world.officerElsewhere()))).toEqual([]);
    expect(rowsOf(await read(CSV, { person: 'P-22222222' }))).toEqual([]);
    expect(rowsOf(await read(CSV, {}, world.as(GROUND.recipientOfficer))).length).toBe(DELIVERIES);
    await expect(ask(CSV, {}, world.as(GROUND.owner))).rejects.toMatchObject({
      code: 'operation_denied',
    });
  });

  it('is not asked for by page', async () => {
    const { nextPageToken } = await pageOf(ask('application/json'));
    const before = (await exported()).length;
    await expect(ask(CSV, { pageToken: nextPageToken ?? '' })).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/pageToken' }] },
    });
    expect(await exported()).toHaveLength(before);
  });

  it('is refused where it is too long', async () => {
    const begin = (rows: number) =>
      world.database.transaction((tx) =>
        world.app.get(ReportFiles, { strict: false }).begin(tx, listOf(rows), requestTo('/rows')),
      );
    expect((await begin(MAX_ROWS)).count).toBe(MAX_ROWS);
    await expect(begin(MAX_ROWS + 1)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ reason: expect.stringContaining('more than 100000 rows') as string }] },
    });
  });

  it('never has more than its event says, whatever happens meanwhile', async () => {
    const stream = (await fileOf(CSV)).getStream();
    await addDeliveries(BATCH, '2025-01-01T00:00:00Z');
    await addDeliveries(5, '2026-06-01T00:00:00Z');
    expect(rowsOf(await text(stream)).length).toBe(DELIVERIES);
  });
});

/** Numbers, so many. */
function listOf(rows: number): WholeList<{ n: number }, number, { n: number }> {
  return {
    name: 'numbers',
    columns: { n: ({ n }) => n },
    pageAfter: (after, limit) => ({
      sql: 'SELECT n FROM generate_series($1::int, $2::int) n ORDER BY n LIMIT $3',
      params: [after ?? 1, rows, limit],
    }),
    keyOf: ({ n }) => n,
    toViews: (found) => found,
  };
}
