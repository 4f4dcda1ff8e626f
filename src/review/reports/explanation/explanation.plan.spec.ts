import { asSuperuser } from '../../../../test/support/superuser.js';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { fillManyRows, id, scannedBy } from '../../../../test/support/many-rows.js';
import { decidedEventStatement } from './explanation.repository.js';

const EVENT = '0000000e-0000-4000-8000-000000000711';

describe('a decision among many', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO decision_record (id, audit_event_id, person_id, outcome, reason, policy_version, attributes_hash,
         attributes, rule_ids, failed, explanation, decided_at)
       SELECT ${id('9')}, ${id('e')}, ${id('2')}, 'allow', 'allowed', 1, sha256('x'), 'x', '{}', '[]', '', '2026-01-01'
       FROM generate_series(1, 20000) n;
       INSERT INTO audit_payload SELECT ${id('e')}, '00000000-0000-0000-0000-000000000000', 'x'
       FROM generate_series(1, 20000) n;
       ANALYZE`,
    );
  }, 120_000);
  afterAll(() => db.close());

  it.each([
    ['the operator’s officers', null],
    ['an officer of a party', ['00000001-0000-4000-8000-000000000711']],
  ])('is found by index for %s', async (_, sees) => {
    const { sql, params } = decidedEventStatement(EVENT, { sees, personId: null });
    expect(await scannedBy(db, sql, params)).toEqual([]);
  });
});
