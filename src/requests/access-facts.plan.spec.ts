import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../test/support/many-rows.js';
import { FACTS } from './access-facts.service.js';

describe(`the facts of one of ${String(ROWS)} access requests`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
  }, 120_000);
  afterAll(() => db.close());

  it('are read by index alone', async () => {
    const manager = db.database.manager;
    const [one] = await manager.query<{ id: string }[]>(`SELECT ${id('7', '4711')} AS id`);
    const params = [one?.id, '2026-06-15', new Date('2026-06-15T09:00:00Z'), null];
    const [read] = await manager.query<{ facts: { person: unknown; liveGrantId: string } }[]>(
      FACTS,
      params,
    );
    expect(read?.facts).toMatchObject({
      person: { accreditations: [{ code: 'dea_full' }], trainings: [{ code: 'srt' }] },
      affiliation: { roles: ['researcher'] },
      project: { isMember: true },
      agreement: { partyStatus: 'active', providerStatus: 'active' },
      liveGrantId: one?.id,
    });
    const scanned = await scannedBy(db, FACTS, params);
    // One row each, for ever; and of feeds there is none here.
    const few = ['policy_head', 'log_state', 'feed'];
    expect(scanned.filter((table) => !few.includes(table))).toEqual([]);
  });
});
