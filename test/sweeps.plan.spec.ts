import type { EntityManager } from 'typeorm';
import { EndedTermsRepository } from '../src/agreements/vocabulary-reviews/ended-terms.repository.js';
import { ReviewDatesRepository } from '../src/agreements/review-dates/review-dates.repository.js';
import { NoticesRepository } from '../src/agreements/notices/notices.repository.js';
import { VersionsRepository } from '../src/agreements/versions/versions.repository.js';
import { DelegationsRepository } from '../src/organisations/delegations/delegations.repository.js';
import { DueLapsesRepository, LAPSE_KINDS } from '../src/organisations/lapses/lapses.repository.js';
import { ComingDatesRepository } from '../src/reminders/coming-dates.repository.js';
import { RemindersRepository } from '../src/reminders/reminders.repository.js';
import { DueRequestsRepository } from '../src/requests/lifecycle/due-requests.repository.js';
import { testDatabase, type TestDatabase } from './support/database.js';
import { fillManyRows, ROWS, scannedBy } from './support/many-rows.js';

const TODAY = '2026-06-15';
const NOW = new Date(`${TODAY}T09:00:00Z`);
const AT_ONCE = 100;

/** Rule 19: what every worker asks every few seconds reads what may be due, and no table from end to end. */
describe(`the sweeps over ${String(ROWS)} rows of each kind`, () => {
  let db: TestDatabase;
  let scanned: string[];
  let planning: EntityManager;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
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

  const versions = new VersionsRepository();
  const requests = new DueRequestsRepository();
  const idle = { today: TODAY, idleSince: new Date('2026-06-10T09:00:00Z') };

  it.each<[string, () => Promise<readonly unknown[]>]>([
    ['versions to activate', () => versions.dueActivations(planning, NOW, AT_ONCE)],
    [
      'parties whose notice has run',
      () => new NoticesRepository().dueParties(planning, NOW, AT_ONCE),
    ],
    ['versions to expire', () => versions.dueExpiries(planning, NOW, AT_ONCE)],
    [
      'overdue reviews',
      () => new ReviewDatesRepository().findOverdue(planning, '2026-05-16', AT_ONCE),
    ],
    [
      'versions that may use an ended term',
      () => new EndedTermsRepository().live(planning, null, AT_ONCE),
    ],
    ['requests to lapse or to close', () => requests.find(planning, idle, 1_000)],
    ['delegations', () => new DelegationsRepository().findDue(planning, TODAY, AT_ONCE)],
    ...LAPSE_KINDS.map((kind): [string, () => Promise<readonly unknown[]>] => [
      `lapses of ${kind}`,
      () => new DueLapsesRepository().findDue(planning, kind, TODAY, AT_ONCE),
    ]),
    [
      'dates to remind of',
      () => new ComingDatesRepository().find(planning, '2026-11-01', '2027-01-30', 10_000),
    ],
    ['people to tell', () => new RemindersRepository().findWaiting(planning, TODAY, AT_ONCE)],
  ])('find %s by index', async (_what, find) => {
    expect(await find()).not.toEqual([]);
    expect(scanned).toEqual([]);
  });
});
