import type { EntityManager } from 'typeorm';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, scannedBy } from '../../../test/support/many-rows.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { ExportClaimsRepository } from './export-claims.repository.js';
import { ExportsRepository } from './exports.repository.js';

const NOW = new Date('2026-06-15T09:00:00Z');
const LIVE = '00000008-0000-4000-8000-000000000711';
const PERSON = '00000002-0000-4000-8000-000000000711';

/** Rule 19: of exports of many years a few are live, and nothing that is asked all the time reads the others. */
describe('exports among many', () => {
  let db: TestDatabase;
  let scanned: string[];
  let planning: EntityManager;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO audit_export (id, person_id, organisation_id, format, filters, event_count, status, reason, created_at,
         due_at, claim, sha256, expires_at, settled_at, audit_event_id)
       SELECT ${id('8')}, ${id('2')}, ${id('1')}, 'csv', '{}', 2,
         CASE WHEN n % 1000 <> 711 THEN 'expired' WHEN n % 2000 = 711 THEN 'queued' ELSE 'ready' END,
         CASE WHEN n % 1000 <> 711 THEN 'past_expiry' END, '2026-06-01', '2026-06-01', NULL, sha256('x'),
         CASE WHEN n % 1000 <> 711 THEN timestamptz '2027-01-01' ELSE '2026-06-02' END,
         CASE WHEN n % 1000 NOT IN (711, 712) THEN timestamptz '2026-06-02' END, ${id('e')}
       FROM generate_series(1, 20000) n;
       UPDATE audit_export SET expires_at = '2026-01-01' WHERE id = ${id('8', '5')};
       INSERT INTO audit_export_event SELECT ${id('8')}, at, ${id('e')} FROM generate_series(1, 20000) n, generate_series(0, 1) at;
       INSERT INTO audit_export_chunk SELECT ${id('8')}, 0, 'x' FROM generate_series(1, 20000) n;
       INSERT INTO erasure SELECT ${id('2')}, 'l', '{}', CASE WHEN n = 711 THEN timestamptz '2026-06-10' ELSE '2026-01-01' END,
         '2026-06-20', '2026-01-02', ${id('e')} FROM generate_series(1, 20000) n;
       ANALYZE erasure, audit_export, audit_export_event, audit_export_chunk`,
    );
    planning = {
      query: async (sql: string, params: unknown[]) => {
        scanned.push(...(await scannedBy(db, sql, params)));
        return db.database.manager.query<unknown>(sql, params);
      },
    } as unknown as EntityManager;
  }, 120_000);
  beforeEach(() => {
    scanned = [];
  });
  afterAll(() => db.close());

  const claims = new ExportClaimsRepository();
  const exports = new ExportsRepository();

  it.each<[string, () => Promise<unknown>]>([
    ['past their day', () => claims.findPastExpiry(planning, NOW)],
    ['about people who were erased', () => claims.findErased(planning, null)],
    ['whose key is to be destroyed', () => claims.findUnsettled(planning)],
    ['to be forgotten', () => claims.forget(planning, NOW)],
    ['due', () => claims.claim(planning, LIVE, { now: NOW, until: NOW })],
    ['of one person', () => exports.list(planning, PERSON, null, 100)],
    ['that count for one person', () => exports.countKept(planning, PERSON)],
    ['events of one', () => exports.events(planning, LIVE, { from: 0, limit: 100 })],
    ['a part of one', () => exports.chunk(planning, LIVE, 0)],
  ])('are found by index: those %s', async (_what, find) => {
    await find();
    expect(scanned).toEqual([]);
  });
});
