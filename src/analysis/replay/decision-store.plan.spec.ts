import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { scannedBy } from '../../../test/support/many-rows.js';
import { pageOf, type Scope } from './decision-store.repository.js';

const DECISIONS = 100_000;
const uuid = (kind: string, n: string): string =>
  `('${kind.padStart(8, '0')}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
const idOf = (kind: string, n: number): string =>
  `${kind.padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe(`a page of ${String(DECISIONS)} decisions`, () => {
  let db: TestDatabase;

  // One a minute; a thousand agreements and as many datasets, of as many organisations.
  beforeAll(async () => {
    db = await testDatabase();
    const owner = new pg.Client(db.urlFor('postgres'));
    await owner.connect();
    try {
      await owner.query('SET session_replication_role = replica');
      await owner.query(
        `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, sensitivity, tags, kind,
           fields, population_id, store_id, prefix, keywords, licence, visibility, status, audit_event_id)
         SELECT ${uuid('d', 'n')}, ${uuid('a', 'n')}, 't', 'd', 'p', 'c', 'open', 'public', '{}', 'files', '[]',
           ${uuid('d', 'n')}, ${uuid('5', 'n')}, 'p/', '{}', 'l', 'public', 'published', ${uuid('e', 'n')}
         FROM generate_series(0, 999) n`,
      );
      await owner.query(
        `INSERT INTO decision_record (id, audit_event_id, person_id, outcome, reason, policy_version, attributes_hash,
           attributes, rule_ids, failed, explanation, decided_at, agreement_id, agreement_version, dataset_id, action)
         SELECT ${uuid('1', 'n')}, ${uuid('e', 'n')}, ${uuid('2', 'n')}, 'allow', 'allowed', 1, sha256('x'), 'x', '{}', '[]',
           '', '2026-01-01'::timestamptz + n * interval '1 minute', ${uuid('b', 'n % 1000')}, 1, ${uuid('d', 'n % 1000')},
           'dataset:read' FROM generate_series(0, ${String(DECISIONS - 1)}) n`,
      );
      await owner.query('ANALYZE');
    } finally {
      await owner.end();
    }
  }, 120_000);
  afterAll(() => db.close());

  const window = { from: new Date('2026-01-20T00:00:00Z'), to: new Date('2026-02-19T00:00:00Z') };
  const all: Scope = { ownerIds: null, agreementId: null, datasetIds: null };

  it.each<[string, Scope, number]>([
    ['of everybody', all, 500],
    ['of one agreement', { ...all, agreementId: idOf('b', 7) }, 43],
    ['on some datasets', { ...all, datasetIds: [idOf('d', 7), idOf('d', 8)] }, 86],
    ['of one owner', { ...all, ownerIds: [idOf('a', 7)] }, 43],
    [
      'of one agreement and owner',
      { ...all, agreementId: idOf('b', 7), ownerIds: [idOf('a', 7)] },
      43,
    ],
  ])('%s is read by index alone', async (_name, scope, rows) => {
    const { sql, params } = pageOf({ ...window, after: null }, scope, 500);
    expect(await db.database.manager.query(sql, [...params])).toHaveLength(rows);
    const scanned = await scannedBy(db, sql, params);
    expect(scanned.filter((table) => table === 'decision_record')).toEqual([]);
  });
});
