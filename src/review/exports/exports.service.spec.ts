import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import {
  OPERATOR,
  OTHER,
  PARTY,
  pseudonymOf,
  reviewWorld,
  type ReviewWorld,
} from '../../../test/support/review-world.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { ExportClaimsRepository } from './export-claims.repository.js';
import { ExportContents } from './export-contents.service.js';
import { ExportDownloads } from './export-downloads.service.js';
import { ExportEnds } from './export-ends.service.js';
import { CLAIM_MS, KEPT_MS, LISTED_MS, MAX_ATTEMPTS, MAX_KEPT } from './export-limits.js';
import { ExportMaking } from './export-making.service.js';
import type { ExportFormat, ExportView } from './export.types.js';
import { Exports } from './exports.service.js';

const GRANT = '01990000-0000-7000-8000-00000000d005';
const TRACE = '0'.repeat(32);
const MANY = 1_234;

describe('exports of the trail', () => {
  let world: ReviewWorld;
  let exports: Exports;
  let making: ExportMaking;
  let ends: ExportEnds;

  beforeEach(async () => {
    world = await reviewWorld();
    exports = world.app.get(Exports);
    making = world.app.get(ExportMaking);
    ends = world.app.get(ExportEnds);
    await world.record('grant.issued', {
      actorPersonId: OTHER.researcher,
      actorOrganisationId: OTHER.id,
      organisationIds: [PARTY.id, OTHER.id],
      grantId: GRANT,
      reasonCodes: ['=cmd'],
      policyVersion: 4,
    });
    await world.record('store.suspended', {
      actorKind: 'person',
      actorPersonId: PARTY.owner,
      actorOrganisationId: PARTY.id,
      organisationIds: [PARTY.id],
      reasonText: '=1+1, said "the owner"',
    });
  });
  afterEach(() => world.close());

  const ask = (
    person: string,
    filters: object = {},
    { format = 'jsonl', key = randomUUID() }: { format?: ExportFormat; key?: string } = {},
  ): Promise<ExportView> =>
    exports.create(world.as(person), { format, ...filters }, { key, traceId: TRACE });
  async function fetched(person: string, id: string): Promise<Buffer> {
    const download = await world.app.get(ExportDownloads).fetch(world.as(person), id, TRACE);
    const bytes = Buffer.concat((await Readable.from(download.parts).toArray()) as Buffer[]);
    expect(bytes).toHaveLength(download.bytes);
    expect(createHash('sha256').update(bytes).digest()).toEqual(download.sha256);
    return bytes;
  }
  interface Line {
    readonly id: string;
    readonly type: string;
    readonly manifest?: { readonly count: number; readonly sha256: string };
  }
  const linesOf = (bytes: Buffer): readonly Line[] =>
    bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  const typesIn = (bytes: Buffer): readonly string[] =>
    linesOf(bytes)
      .slice(0, -1)
      .map(({ type }) => type);
  const rows = (sql: string): Promise<readonly Record<string, unknown>[]> =>
    world.db.dataSource.query<Record<string, unknown>[]>(sql);
  async function recordMany(): Promise<void> {
    await asSuperuser(
      world.db,
      `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
       SELECT gen_random_uuid(), 'auth.signed-in', timestamptz '2026-05-01T10:00:00Z' + n * interval '1 second', 'success',
         '{}', ARRAY['${PARTY.id}']::uuid[], '{}', '{}', '' FROM generate_series(1, ${String(MANY)}) n`,
    );
  }

  it('answer a small one ready, in the order in which things happened', async () => {
    const view = await ask(PARTY.officer);
    expect(view).toMatchObject({
      status: 'ready',
      count: 2,
      written: 2,
      progress: 1,
      reason: null,
    });
    const bytes = await fetched(PARTY.officer, view.id);
    expect(typesIn(bytes)).toEqual(['grant.issued', 'store.suspended']);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(view.sha256);
    expect(view.bytes).toBe(bytes.length);
  });

  it('end JSON Lines with how many they are and the digest of what is before', async () => {
    const { id } = await ask(PARTY.officer);
    const bytes = await fetched(PARTY.officer, id);
    const lines = linesOf(bytes);
    const end = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    const sha256 = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
    expect(lines.at(-1)).toEqual({ manifest: { count: 2, sha256, checkpoint: null } });
  });

  it('show each event as the search does, people by pseudonym (R5.7)', async () => {
    const { id } = await ask(PARTY.officer);
    const lines = linesOf(await fetched(PARTY.officer, id)).slice(0, -1);
    const { items } = await world.search(world.as(PARTY.officer), `grantId=${GRANT}`);
    expect(lines[0]).toEqual(items[0]);
    expect(lines[0]).toMatchObject({ actorPersonId: pseudonymOf(OTHER.researcher) });
    expect(JSON.stringify(lines)).not.toContain(OTHER.researcher);
  });

  it('are tables that a spreadsheet reads and computes nothing of', async () => {
    const { id } = await ask(PARTY.officer, {}, { format: 'csv' });
    const bytes = await fetched(PARTY.officer, id);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.of(0xef, 0xbb, 0xbf));
    const [issued, suspended] = parse<Record<string, string>>(bytes, { bom: true, columns: true });
    expect(issued).toMatchObject({ type: 'grant.issued', policyVersion: '4', grantId: GRANT });
    expect(issued?.['reasonCodes']).toBe('["=cmd"]');
    expect(suspended?.['reasonText']).toBe(`'=1+1, said "the owner"`);
  });

  it.each([
    ['the other party', OTHER.officer, ['grant.issued']],
    [
      'the operator',
      OPERATOR.officer,
      ['organisation.registered', 'grant.issued', 'store.suspended'],
    ],
  ])('show %s what names them (R5.8)', async (_, officer, expected) => {
    const { id } = await ask(officer);
    const types = typesIn(await fetched(officer, id));
    // The operator's officers see the making of keys too.
    expect(types.filter((type) => !/^(key|policy)/.test(type))).toEqual(expected);
  });

  it('take the filters of the search', async () => {
    const count = async (filters: object): Promise<number> =>
      (await ask(PARTY.officer, filters)).count;
    expect(await count({ grantId: GRANT })).toBe(1);
    expect(await count({ type: ['store.suspended'] })).toBe(1);
    expect(await count({ person: pseudonymOf(OTHER.researcher) })).toBe(1);
    expect(await count({ person: 'P-zzzzzzzz' })).toBe(0);
    await expect(ask(PARTY.officer, { type: ['no.such'] })).rejects.toMatchObject({
      code: 'input_invalid',
    });
  });

  it('hold what was there in the moment of asking, and no later event', async () => {
    await recordMany();
    const { id, status } = await ask(PARTY.officer);
    expect(status).toBe('queued');
    await world.record('store.resumed', { actorKind: 'broker', organisationIds: [PARTY.id] });
    await making.makeDue();
    const types = typesIn(await fetched(PARTY.officer, id));
    expect(types).toHaveLength(MANY + 2);
    expect(types).not.toContain('store.resumed');
  });

  it('are events: the asking with what was found, and each fetching (R6.2)', async () => {
    const { id } = await ask(PARTY.officer, { grantId: GRANT }, { format: 'csv' });
    for (let at = 0; at < 2; at += 1) {
      world.clock.add(1000);
      await fetched(PARTY.officer, id);
    }
    const { items } = await world.search(world.as(PARTY.officer), 'type=audit.exported');
    const one = {
      actorPersonId: pseudonymOf(PARTY.officer),
      actorOrganisationId: PARTY.id,
      organisationIds: [PARTY.id],
      count: 1,
      traceId: TRACE,
    };
    const taken = { ...one, reasonCodes: ['audit_events_fetched', 'csv', `exportId=${id}`] };
    const asked = ['audit_events', 'csv', `exportId=${id}`, `grantId=${GRANT}`];
    expect(items).toEqual(
      [taken, taken, { ...one, reasonCodes: asked }].map(
        (event) => expect.objectContaining(event) as unknown,
      ),
    );
  });

  it('are neither kept nor sent where the event cannot be written (law 1)', async () => {
    const { id } = await ask(PARTY.officer);
    await asSuperuser(
      world.db,
      `ALTER TABLE audit_event ADD CONSTRAINT no_export CHECK (type <> 'audit.exported') NOT VALID`,
    );
    await expect(ask(PARTY.officer)).rejects.toMatchObject({ code: 'audit_unavailable' });
    await expect(fetched(PARTY.officer, id)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(await rows('SELECT id FROM audit_export')).toEqual([{ id }]);
  });

  it('answer the same key with the same export, and refuse it for another question', async () => {
    const { id } = await ask(PARTY.officer, {}, { key: 'once' });
    expect((await ask(PARTY.officer, {}, { key: 'once' })).id).toBe(id);
    await expect(ask(PARTY.officer, { grantId: GRANT }, { key: 'once' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it('are there for who asked alone, while they are an officer where they asked', async () => {
    const { id } = await ask(PARTY.officer);
    for (const person of [OTHER.officer, OPERATOR.officer]) {
      await expect(exports.get(world.as(person), id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(fetched(person, id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(exports.cancel(world.as(person), id)).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(await exports.list(world.as(person), null, 10)).toEqual([]);
    }
    const elsewhere = { ...world.as(OTHER.officer), personId: PARTY.officer };
    await expect(world.app.get(ExportDownloads).fetch(elsewhere, id, TRACE)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(ask(OTHER.researcher)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('are listed newest first, page by page', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      world.clock.add(1);
      ids.unshift((await ask(PARTY.officer)).id);
    }
    const page = await exports.list(world.as(PARTY.officer), null, 2);
    expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await exports.list(world.as(PARTY.officer), ids[1] ?? '', 2);
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it('lie in the database encrypted', async () => {
    const { id } = await ask(PARTY.officer);
    const plain = await fetched(PARTY.officer, id);
    const [chunk] = await rows('SELECT n, body FROM audit_export_chunk');
    const body = chunk?.['body'] as Buffer;
    expect(body.length).toBeGreaterThan(plain.length);
    expect(body.includes('grant.issued')).toBe(false);
    expect(body.includes(GRANT)).toBe(false);
  });

  it('are whole or not there: what a dead maker left is thrown away, and it writes no more', async () => {
    await recordMany();
    const { id } = await ask(PARTY.officer);
    // What a process had done when it was killed.
    const claims = world.app.get(ExportClaimsRepository);
    const until = new Date(world.clock.now().getTime() + CLAIM_MS);
    const made = { written: 200, chunks: 2, bytes: 8 };
    const dead = await world.database.transaction(async (tx) => {
      const claim = await claims.claim(tx, randomUUID(), { now: world.clock.now(), until, id });
      for (const n of [0, 7]) {
        const body = await world.app.get(ExportContents).seal(id, n, Buffer.from('half'));
        await claims.addChunk(tx, id, n, body);
      }
      return claim && (await claims.hold(tx, claim, until, made)) ? claim : undefined;
    });
    expect(await exports.get(world.as(PARTY.officer), id)).toMatchObject({
      status: 'running',
      written: 200,
      progress: 0.16,
    });
    await expect(fetched(PARTY.officer, id)).rejects.toMatchObject({
      code: 'export_not_ready',
      fields: { exportStatus: 'running' },
    });
    expect(await making.makeDue()).toBe(0);
    world.clock.add(CLAIM_MS);
    expect(await making.makeDue()).toBe(1);
    expect(typesIn(await fetched(PARTY.officer, id))).toHaveLength(MANY + 2);
    if (!dead) {
      throw new Error('Nobody had claimed it');
    }
    await world.database.transaction(async (tx) => {
      expect(await claims.hold(tx, dead, until, made)).toBe(false);
    });
    await claims.finish(world.db.dataSource.manager, dead, {
      sha256: Buffer.alloc(32),
      expiresAt: until,
    });
    await fetched(PARTY.officer, id);
  });

  it('are given up, and say so, when makers die of them again and again', async () => {
    await recordMany();
    const { id } = await ask(PARTY.officer);
    const claims = world.app.get(ExportClaimsRepository);
    for (let at = 0; at < MAX_ATTEMPTS; at += 1) {
      const now = world.clock.now();
      await world.database.transaction((tx) =>
        claims.claim(tx, randomUUID(), { now, until: new Date(now.getTime() + CLAIM_MS) }),
      );
      world.clock.add(CLAIM_MS);
    }
    await making.makeDue();
    expect(await exports.get(world.as(PARTY.officer), id)).toMatchObject({
      status: 'failed',
      reason: 'making_failed',
    });
    await expect(fetched(PARTY.officer, id)).rejects.toMatchObject({ code: 'export_not_ready' });
  });

  it('stop in the middle when the worker stops, and are made by the next', async () => {
    await recordMany();
    const { id } = await ask(PARTY.officer);
    await making.make(id, AbortSignal.abort());
    expect(await exports.get(world.as(PARTY.officer), id)).toMatchObject({ status: 'queued' });
    await making.makeDue();
    expect(await exports.get(world.as(PARTY.officer), id)).toMatchObject({ status: 'ready' });
  });

  async function expectGone(id: string, reason: string): Promise<void> {
    expect(await exports.get(world.as(PARTY.officer), id)).toMatchObject({
      status: 'expired',
      reason,
      sha256: null,
      bytes: null,
    });
    await expect(fetched(PARTY.officer, id)).rejects.toMatchObject({
      code: 'export_not_ready',
      fields: { exportStatus: 'expired' },
    });
    expect(await rows('SELECT FROM audit_export_chunk')).toEqual([]);
    expect(await rows('SELECT FROM audit_export_event')).toEqual([]);
  }

  it('are gone after a day, and their rows after a month', async () => {
    const { id } = await ask(PARTY.officer);
    const [chunk] = await rows('SELECT n, body FROM audit_export_chunk');
    world.clock.add(KEPT_MS - 1);
    await ends.sweep();
    await fetched(PARTY.officer, id);
    world.clock.add(1);
    await ends.sweep();
    await expectGone(id, 'past_expiry');
    // Not even with the rows of a backup: the key is in another database, and gone.
    await asSuperuser(
      world.db,
      `UPDATE audit_export SET status = 'ready', reason = NULL, settled_at = NULL;
       INSERT INTO audit_export_chunk VALUES ('${id}', 0, '\\x${(chunk?.['body'] as Buffer).toString('hex')}')`,
    );
    await expect(fetched(PARTY.officer, id)).rejects.toMatchObject({ code: 'export_not_ready' });
    await ends.sweep();
    world.clock.add(LISTED_MS + 1);
    await ends.sweep();
    expect(await exports.list(world.as(PARTY.officer), null, 10)).toEqual([]);
  });

  it('are gone when who asked deletes them, also in the making', async () => {
    const { id } = await ask(PARTY.officer);
    await exports.cancel(world.as(PARTY.officer), id);
    await exports.cancel(world.as(PARTY.officer), id);
    await expectGone(id, 'cancelled');
    await recordMany();
    const queued = await ask(PARTY.officer);
    await exports.cancel(world.as(PARTY.officer), queued.id);
    expect(await making.makeDue()).toBe(0);
    await expectGone(queued.id, 'cancelled');
  });

  it.each([
    ['as they are fetched', (id: string) => fetched(PARTY.officer, id).catch(() => undefined)],
    ['by the worker', () => ends.sweep()],
  ])('are gone once somebody in them is erased: %s', async (_, look) => {
    const { id } = await ask(PARTY.officer);
    const other = await ask(PARTY.officer, { type: ['store.suspended'] });
    world.clock.add(1000);
    const [event] = await rows('SELECT id FROM audit_event LIMIT 1');
    await asSuperuser(
      world.db,
      `INSERT INTO erasure (person_id, kept, erased_at, complete_after, audit_event_id)
       VALUES ('${OTHER.researcher}', '[]', '${world.clock.now().toISOString()}', now(), '${event?.['id'] as string}')`,
    );
    await look(id);
    await fetched(PARTY.officer, other.id);
    await exports.cancel(world.as(PARTY.officer), other.id);
    await expectGone(id, 'person_erased');
  });

  it('are so many of one person, and no more', async () => {
    for (let at = 0; at < MAX_KEPT; at += 1) {
      await ask(PARTY.officer, { grantId: GRANT });
    }
    await expect(ask(PARTY.officer)).rejects.toMatchObject({ code: 'conflict' });
    expect((await ask(OTHER.officer)).status).toBe('ready');
  });
});
