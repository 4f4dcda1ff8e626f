import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../../test/support/many-rows.js';
import { OF_AGREEMENT, OF_GUARDRAIL } from './candidates.repository.js';

describe(`those whom a change may concern, of ${String(ROWS)} people`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
  }, 120_000);
  afterAll(() => db.close());

  const idOf = async (kind: string): Promise<string | undefined> => {
    const [row] = await db.database.manager.query<{ id: string }[]>(
      `SELECT ${id(kind, '4711')} AS id`,
    );
    return row?.id;
  };

  it('of an agreement are found by its recipients', async () => {
    const [agreement, dataset, organisation] = [await idOf('6'), await idOf('4'), await idOf('1')];
    const params = [agreement, [dataset], [organisation], '2026-06-15', null, null, null, 201];
    const rows = await db.database.manager.query<{ accessRequestId: string | null }[]>(
      OF_AGREEMENT,
      params,
    );
    expect(rows).toMatchObject([{ organisationId: organisation, isSubmitted: true }]);
    expect(await scannedBy(db, OF_AGREEMENT, params)).toEqual([]);
  });

  it.each([['one dataset'], ['all datasets']])(
    'of a guardrail of %s are read in order',
    async (of) => {
      const params = [of === 'one dataset' ? await idOf('4') : null, null, 101];
      expect(await scannedBy(db, OF_GUARDRAIL, params)).toEqual([]);
    },
  );
});
