import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { fillManyRows, scannedBy } from '../../../../test/support/many-rows.js';
import { asSuperuser } from '../../../../test/support/superuser.js';
import { COMING_DATES } from '../../../reminders/dates/coming-dates.js';
import { expiriesStatement } from './expiries.repository.js';

const QUESTION = { today: '2026-11-01', last: '2027-01-30', organisationId: null, cause: null };
const PARTY = '00000001-0000-4000-8000-000000001711';

describe('dates among many that are past', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    // Whatever store is live has a day on which its keys are 90 days old.
    await asSuperuser(
      db,
      `UPDATE partner_store SET status = 'retired' WHERE right(id::text, 3) <> '711'; ANALYZE partner_store`,
    );
  }, 120_000);
  afterAll(() => db.close());

  it.each(COMING_DATES.map(({ cause }) => cause))('of %s are found by index', async (cause) => {
    const first = expiriesStatement(
      { ...QUESTION, cause },
      { sees: null, personId: null },
      { after: null, limit: 101 },
    );
    expect(await scannedBy(db, first.sql, first.params)).toEqual([]);
  });

  it('of all kinds, on a later page, for one party', async () => {
    const after = { dueOn: '2026-12-01', cause: 'dpia_review', subjectId: PARTY };
    const page = { after, limit: 101 };
    const { sql, params } = expiriesStatement(QUESTION, { sees: [PARTY], personId: null }, page);
    expect(await scannedBy(db, sql, params)).toEqual([]);
    const rows = await db.database.manager.query<{ dueOn: string }[]>(sql, params);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ dueOn }) => dueOn >= '2026-12-01')).toBe(true);
  });
});
