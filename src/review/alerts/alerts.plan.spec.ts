import type { EntityManager } from 'typeorm';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../../test/support/many-rows.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { NOBODY } from '../../audit/event-preparation.js';
import { unusualStatement, type UnusualQuestion } from '../reports/alerts/unusual.repository.js';
import { AlertSourcesRepository } from './alert-sources.repository.js';
import type { Finding } from './alert.types.js';
import { AlertsRepository } from './alerts.repository.js';

const one = (kind: string): string => `0000000${kind}-0000-4000-8000-000000000711`;

/** One event in fifty was refused; each has its place in the log. Alerts and days of reading are as many. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, grant_id, reason_codes, leaf, digests)
    SELECT ${id('f')}, CASE WHEN n % 50 = 0 THEN 'access.denied' ELSE 'object.delivered' END,
      '2026-01-01Z'::timestamptz + n * interval '1 minute', CASE WHEN n % 50 = 0 THEN 'refused' ELSE 'success' END,
      ARRAY[${id('2')}], ARRAY[${id('1', 'n % 500')}], CASE WHEN n % 50 > 0 THEN ${id('7')} END, '{}', 'l', ''
    FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO audit_payload (event_id, subject_id, body)
    SELECT ${id('f')}, '${NOBODY}', decode(repeat('00', 32), 'hex') || '[]' FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO log_leaf (idx, event_id, leaf_hash)
    SELECT n - 1, ${id('f')}, sha256('l') FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO audit_alert (id, rule, subject_kind, subject_id, day, organisation_ids, found, threshold, raised_at, audit_event_id,
      status, closed_at, closed_by, closed_event_id)
    SELECT ${id('a')}, 'bytes', 'grant', ${id('7')}, '2026-01-01', ARRAY[${id('1', 'n % 500')}], 2, 1,
      '2026-01-01Z'::timestamptz + n * interval '1 minute', ${id('f')}, CASE WHEN n % 1000 = 711 THEN 'open' ELSE 'closed' END,
      CASE WHEN n % 1000 <> 711 THEN now() END, CASE WHEN n % 1000 <> 711 THEN ${id('2')} END,
      CASE WHEN n % 1000 <> 711 THEN ${id('f')} END
    FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO audit_alert_volume (grant_id, day, bytes, reads, out_of_hours)
    SELECT ${id('7')}, '2026-01-01'::date + n % 28, 1, 1, 0 FROM generate_series(1, ${String(ROWS)}) n;
  ANALYZE`;

describe(`alerts among ${String(ROWS)} rows of each kind`, () => {
  let db: TestDatabase;
  let scanned: string[];
  let planning: EntityManager;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(db, FILL);
    planning = {
      query: async (sql: string, params: unknown[] = []) => {
        scanned.push(...(await scannedBy(db, sql, params)));
        return db.database.manager.query<unknown>(sql, params);
      },
    } as unknown as EntityManager;
  }, 120_000);
  beforeEach(() => {
    scanned = [];
  });
  afterAll(() => db.close());

  const sources = new AlertSourcesRepository();
  const alerts = new AlertsRepository();
  // Of a log of a year a batch is a smaller part still.
  const places = { from: '5000', to: '5100' };
  const use = { grantId: one('7'), day: '2026-01-01', bytes: 1, reads: 1, outOfHours: 0 };
  const finding: Finding = {
    ...{ rule: 'bytes', subject: { kind: 'grant', id: one('7') }, day: '2026-01-01' },
    ...{ organisationIds: [], found: 2, usual: null, threshold: 1 },
  };

  it.each<[string, () => Promise<unknown>]>([
    ['its place', () => sources.take(planning, 1_000)],
    ['uses', () => sources.uses(planning, places)],
    ['refusals', () => sources.refusals(planning, places)],
    ['pasts', () => sources.volumes(planning, [one('7')], '2026-01-28')],
    ['days to add to', () => sources.add(planning, [use])],
    ['days to forget', () => sources.forget(planning, '2026-01-01')],
    ['what was raised', () => alerts.news(planning, [finding])],
    ['what nobody was told of', () => alerts.takeUntold(planning, 1_000)],
    ['an alert', () => alerts.findForClosing(planning, one('a'))],
  ])('the sweep finds %s by index', async (_, find) => {
    await find();
    expect(scanned.filter((table) => table !== 'audit_alert_cursor')).toEqual([]);
  });

  const NOTHING: UnusualQuestion = {
    ...{ kind: null, status: null, rule: null, from: null, to: null },
    ...{ organisationId: null, datasetId: null, grantId: null },
  };

  it.each<[string, Partial<UnusualQuestion>, string | null]>([
    ['everything', {}, null],
    ['what an officer sees', {}, one('1')],
    ['open alerts', { kind: 'alert', status: 'open' }, null],
    ['alerts of an organisation', { kind: 'alert', organisationId: one('1') }, null],
    ['refusals', { kind: 'refused' }, null],
    ['unmatched reads', { kind: 'unmatched' }, null],
    ['a day', { from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' }, null],
    ['a dataset', { datasetId: one('4') }, null],
    ['a grant', { grantId: one('7') }, null],
  ])('the report of %s reads no growing table from end to end', async (_, changes, sees) => {
    const { sql, params } = unusualStatement(
      { ...NOTHING, ...changes },
      { sees: sees === null ? null : [sees], personId: null },
      { after: null, limit: 101 },
    );
    expect(await scannedBy(db, sql, params)).toEqual([]);
  });
});
