import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from '../../../test/support/many-rows.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import type { Tx } from '../../platform/database/database.js';
import { RecordsRepository } from './records.repository.js';
import { RunsRepository } from './runs.repository.js';
import { SourcesRepository } from './sources.repository.js';

const NOW = new Date('2026-06-01T09:00:00Z');
const [event, org, dataset, source, run] = [id('e'), id('1'), id('4'), id('a'), id('b')];
const SOURCES = 20;

/** Every dataset is a record of one of twenty sources, of which a reading has met nearly all; most sources are not due. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO harvest_source (id, organisation_id, name, format, url, every_hours, visibility, status, due_at, audit_event_id)
  SELECT ${source}, ${org}, 'n', 'ckan', 'https://a.example', 24, 'public', 'active',
    CASE WHEN n % 1000 = 711 THEN '2026-05-31' ELSE '2026-06-02' END::timestamptz, ${event}
  FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO harvest_run (id, source_id, is_full, started_at, ended_at, outcome)
  SELECT ${run}, ${source}, true, '2026-05-01', CASE WHEN n % 1000 <> 711 THEN '2026-05-01'::timestamptz END,
    CASE WHEN n % 1000 <> 711 THEN 'completed' END FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO harvest_record SELECT ${dataset}, 'd' FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO harvest_entry (run_id, number, change, reasons)
  SELECT ${id('b', 'n % 100')}, n, 'added', '[]' FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO harvest_seen SELECT ${id('b', `n % ${String(SOURCES)}`)}, n::text
  FROM generate_series(1, ${String(ROWS)}) n WHERE n % 1000 <> 711;
  UPDATE dataset d SET store_id = NULL, prefix = NULL, origin_source_id = ${id('a', `n % ${String(SOURCES)}`)},
    origin_identifier = n, origin_fetched_at = '2026-05-01', title = 'Title ' || n, publisher = 'Publisher'
  FROM generate_series(1, ${String(ROWS)}) n WHERE d.id = ${dataset};
  UPDATE distribution SET path = NULL, download_url = 'https://a.example/' || id;
  ANALYZE`;

describe('among twenty thousand records and sources of other catalogues', () => {
  let db: TestDatabase;
  let scanned: string[];
  let tx: Tx;
  const uuid = (kind: string, number = 711): string =>
    `${kind.padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const records = new RecordsRepository();
  const runs = new RunsRepository();

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(db, FILL);
    tx = {
      query: async (sql: string, params: unknown[]) => {
        scanned.push(...(await scannedBy(db, sql, params)));
        return db.database.manager.query<unknown>(sql, params);
      },
    } as unknown as Tx;
  }, 120_000);
  beforeEach(() => {
    scanned = [];
  });
  afterAll(() => db.close());

  const twin = {
    ...{
      id: uuid('4', 1),
      organisationId: uuid('1', 1),
      title: 'title 711',
      publisher: 'publisher',
    },
    downloadUrls: ['https://a.example/1', 'https://a.example/2'],
  };

  it.each<[string, () => Promise<unknown>, unknown]>([
    [
      'the source that is due',
      () => runs.claim(tx, uuid('c'), NOW, NOW),
      { id: expect.any(String) as string },
    ],
    ['the run that a source has open', () => runs.goOn(tx, uuid('a')), { runId: uuid('b') }],
    ['the runs of a source', () => runs.list(tx, uuid('a'), null, 10), [{ id: uuid('b') }]],
    ['the report of a run', () => runs.entries(tx, uuid('b', 11), null, 0, 1), [{ number: 11 }]],
    [
      'records by their names',
      () => records.known(tx, uuid('a', 11), ['711', '731', 'none']),
      expect.any(Map),
    ],
    [
      'a dataset of the same title',
      () => records.twinOf(tx, twin),
      { id: uuid('4'), isSameFile: false },
    ],
    [
      'what a reading did not meet',
      () => records.toVanish(tx, uuid('a', 11), uuid('b', 11), 200),
      expect.any(Array),
    ],
    [
      'the sources of an organisation',
      () => new SourcesRepository().list(tx, [uuid('1')], null, 10),
      [{ id: uuid('a') }],
    ],
  ])('finds %s by index', async (_, ask, expected) => {
    const found = await ask();
    expect(scanned).toEqual([]);
    expect(found).toMatchObject(expected as object);
  });
});
