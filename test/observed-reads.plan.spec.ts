import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { testDatabase, type TestDatabase } from './support/database.js';
import { fillManyRows, scannedBy } from './support/many-rows.js';
import { asSuperuser } from './support/superuser.js';
import { ObservedReadsRepository } from '../src/delivery/observed/observed-reads.repository.js';
import { reconciliationStatement } from '../src/review/reports/reconciliation/reconciliation.repository.js';
import type { ReconciliationPart } from '../src/review/reports/reconciliation/reconciliation.types.js';

const READS = 60_000;
const GROWING = ['observed_read', 'audit_event', 'audit_payload', 'decision_record', 'grants'];

/** Rule 19, for what each sweep of a log and each report of one dataset asks. */
describe(`among ${String(READS)} reads that stores told of`, () => {
  let db: TestDatabase;
  let scanned: string[];
  let planning: EntityManager;
  let ground: { readonly storeId: string; readonly datasetId: string };

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    const [row] = await db.database.manager.query<(typeof ground)[]>(
      'SELECT store_id AS "storeId", dataset_id AS "datasetId" FROM grants ORDER BY id LIMIT 1',
    );
    ground = row ?? { storeId: '', datasetId: '' };
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO access_log (store_id, since, read_due_at, read_at)
         VALUES ('${ground.storeId}', '2026-01-01', 'infinity', '2026-12-01');
       INSERT INTO observed_read (store_id, request_id, read_at, dataset_id, object_name, bytes, requester, verdict, reason,
         unexplained_bytes, cited_event_id, audit_event_id)
       SELECT '${ground.storeId}', 'r' || n, '2026-01-01Z'::timestamptz + n * interval '5 minutes', '${ground.datasetId}', 'a',
         10, 'x', CASE WHEN n % 1000 = 7 THEN 'unmatched' ELSE 'stream' END, CASE WHEN n % 1000 = 7 THEN 'no_grant' END, 0,
         CASE WHEN n % 1000 <> 7 THEN gen_random_uuid() END, CASE WHEN n % 1000 = 7 AND n < 59000 THEN gen_random_uuid() END
       FROM generate_series(1, ${String(READS)}) n;
       INSERT INTO audit_payload (event_id, subject_id, body)
         SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000', '' FROM generate_series(1, 20000);
       INSERT INTO decision_record (id, audit_event_id, person_id, outcome, reason, policy_version, attributes_hash, attributes,
         rule_ids, failed, explanation, decided_at)
       SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'allow', 'r', 1, sha256(''), '', '{}', '[]', 'e', now()
       FROM generate_series(1, 20000);
       ANALYZE;`,
    );
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

  const reads = new ObservedReadsRepository();
  const ids = Array.from({ length: 20 }, () => randomUUID());
  const span = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };

  it.each<[string, () => Promise<unknown>]>([
    ['known requests', () => reads.known(planning, ground.storeId, ['r1', 'r2', 'r3'])],
    ['events that reads name', () => reads.events(planning, ids)],
    ['grants that sessions name', () => reads.grants(planning, ids)],
    ['credentials given out', () => reads.credentialsIssued(planning, ids, span.from, span.to)],
    ['what streams have taken', () => reads.taken(planning, ids)],
    ['what is untold', () => reads.untold(planning, ground.storeId, span.to, 100)],
    ['what is old', () => reads.forget(planning, ground.storeId, new Date('2026-01-01T01:00:00Z'))],
  ])('a sweep finds %s by index', async (_what, find) => {
    await find();
    expect(scanned.filter((table) => GROWING.includes(table))).toEqual([]);
  });

  it.each<ReconciliationPart>(['unmatched', 'observed', 'absent_from_log', 'unused_issues'])(
    'the report finds %s of a dataset by index',
    async (part) => {
      const [from, to] = [span.from.toISOString(), span.to.toISOString()];
      const question = { ...ground, from, to, lagSeconds: 60 };
      const page = { after: null, limit: 51 };
      const { sql, params } = reconciliationStatement(part, question, { sees: null }, page);
      await planning.query(sql, params);
      expect(scanned.filter((table) => GROWING.includes(table))).toEqual([]);
    },
  );
});
