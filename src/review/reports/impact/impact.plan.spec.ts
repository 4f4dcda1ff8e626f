import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { fillManyRows, scannedBy } from '../../../../test/support/many-rows.js';
import { STOP_TYPES } from '../../../grants/impact/impact.rules.js';
import { seenGrantsStatement, toldStatement } from './impact.repository.js';

const idOf = (kind: number): string => `0000000${String(kind)}-0000-4000-8000-000000001711`;
const PARTY = { sees: [idOf(1)], personId: null };

describe('whom to tell among many', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
  }, 120_000);
  afterAll(() => db.close());

  it.each(STOP_TYPES)('of a %s is found by index', async (type) => {
    const of = { organisation: 1, dataset: 4, store: 5 }[type as string] ?? 6;
    const agreementId = type === 'agreement' || type === 'party' ? idOf(6) : null;
    const stopping = { type, id: idOf(of), agreementId, grantIds: [idOf(7)] };
    for (const reader of [PARTY, { ...PARTY, sees: null }]) {
      const { sql, params } = toldStatement(stopping, reader);
      expect(await scannedBy(db, sql, params)).toEqual([]);
      expect(await db.database.manager.query(sql, params)).toHaveLength(1);
    }
  });

  it('the grants that the reader may know of are found by index', async () => {
    const { sql, params } = seenGrantsStatement([idOf(7)], PARTY);
    expect(await scannedBy(db, sql, params)).toEqual([]);
    expect(await db.database.manager.query(sql, params)).toEqual([{ id: idOf(7) }]);
  });
});
