import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../../test/support/many-rows.js';
import { agreementsStatement, projectsStatement, requestsStatement } from './ways.repository.js';

describe(`the ways to one of ${String(ROWS)} datasets`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
  }, 120_000);
  afterAll(() => db.close());

  it.each([
    ['its agreements', agreementsStatement],
    ['the projects of the reader', projectsStatement],
    ['the requests of the reader', requestsStatement],
  ])('are found by index alone: %s', async (_what, statement) => {
    const { manager } = db.database;
    const [one] = await manager.query<Record<string, string>[]>(
      `SELECT ${id('4', '711')} AS dataset, ${id('2', '711')} AS person, ${id('1', '711')} AS organisation`,
    );
    const organisationIds = [one?.['organisation'] ?? ''];
    const { sql, params } = statement({
      datasetId: one?.['dataset'] ?? '',
      personId: one?.['person'] ?? '',
      organisationIds,
      memberOf: organisationIds,
      now: new Date('2026-04-15T09:00:00Z'),
      today: '2026-04-15',
    });
    expect(await manager.query<unknown[]>(sql, params)).toHaveLength(1);
    expect(await scannedBy(db, sql, params)).toEqual([]);
  });
});
