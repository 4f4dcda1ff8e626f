import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../../test/support/many-rows.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { NOBODY } from '../event-preparation.js';
import { EVENT_ROWS, PAYLOADS, UNPLACED } from './event-rows.js';

describe(`the check of events among ${String(ROWS)}`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO audit_payload (event_id, subject_id, body)
         SELECT ${id('e')}, '${NOBODY}', '\\x00' FROM generate_series(1, ${String(ROWS)}) n;
       INSERT INTO log_leaf (idx, event_id, leaf_hash)
         SELECT n - 1, ${id('e')}, sha256('l') FROM generate_series(1, ${String(ROWS)}) n; ANALYZE`,
    );
  }, 120_000);
  afterAll(() => db.close());

  it.each<[string, string, unknown[]]>([
    ['a page of events', EVENT_ROWS, ['5000', '5100']],
    ['what they say', PAYLOADS, [['0000000e-0000-4000-8000-000000000711']]],
    ['those that are in no log', UNPLACED, [NOBODY, 100]],
  ])('reads %s by index', async (_, sql, params) => {
    // What waits for its place waits a second.
    const scanned = await scannedBy(db, sql, params);
    expect(scanned.filter((table) => table !== 'audit_pending')).toEqual([]);
  });
});
