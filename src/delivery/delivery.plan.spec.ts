import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import type { Database, Tx } from '../platform/database/database.js';
import { DeliveryGrantsRepository } from './access/delivery-grants.repository.js';
import { FeedEntriesRepository, type FeedPosition } from './feeds/feed-entries.repository.js';
import { ManifestRepository } from './manifest/manifest.repository.js';
import { OpenStreamsRepository } from './stream/open-streams.repository.js';

const ROWS = 20_000;
const NOW = new Date('2026-11-24T12:00:00Z');
const VERSION = 'a'.repeat(64);

/** Rule 19: no sequential scan of a table that grows. */
describe('the plans of delivery', () => {
  let db: TestDatabase;
  let grantId: string;
  let plans: string[];
  let planning: Tx;
  const datasetId = randomUUID();
  const grants = new DeliveryGrantsRepository();
  const openStreams = new OpenStreamsRepository();

  beforeAll(async () => {
    db = await testDatabase();
    await fill(db, datasetId);
    const { manager } = db.database;
    const [row] = await manager.query<{ id: string }[]>('SELECT id FROM grants LIMIT 1');
    grantId = row?.id ?? '';
    planning = {
      query: async (sql: string, params: unknown[]) => {
        const plan = await manager.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, params);
        plans.push(...plan.map((line) => line['QUERY PLAN']));
        return manager.query<unknown>(sql, params);
      },
    } as unknown as Tx;
  }, 60_000);
  beforeEach(() => {
    plans = [];
  });
  afterAll(() => db.close());

  const manifest = () => new ManifestRepository({ manager: planning } as unknown as Database);
  const sealed = { datasetId, datasetVersion: VERSION };
  const feeds = () => new FeedEntriesRepository({ manager: planning } as unknown as Database);
  const feed = { datasetId, feedAfter: 0 };
  const followers = (count: number): FeedPosition[] =>
    Array.from({ length: count }, (_, at) => ({ ...feed, id: String(at), after: ROWS - at }));
  const claim = () => ({ grantId, epoch: 1, now: NOW });

  it.each<[string, () => Promise<unknown>]>([
    ['a grant', () => grants.find(planning, grantId)],
    ['whether it is live', () => grants.liveStatus(planning, claim())],
    ['its budget', () => grants.charge(planning, { ...claim(), bytes: 1, newObjects: 1 })],
    ['an object of it', () => grants.countObject(planning, grantId, 'n-1')],
    ['a settlement', () => grants.settle(planning, grantId, 1, 1)],
    ['an object that has come', () => grants.markDelivered(planning, grantId, 'n-1')],
    ['whether all is used up', () => grants.isUsedUp(planning, grantId)],
    [
      'all streams of a node',
      () => grants.liveEpochs((sql, params) => planning.query(sql, [...params]), [grantId], NOW),
    ],
    ['an entry', () => manifest().find(sealed, 'n-100')],
    ['the first page', () => manifest().page(sealed, '', 1001)],
    ['a later page', () => manifest().page(sealed, 'n-100', 1001)],
    ['an object of a feed', () => feeds().find(feed, 'n-100')],
    ['the first page of a feed', () => feeds().objects(feed, 0, 1001)],
    ['a later page of a feed', () => feeds().objects(feed, 10_000, 1001)],
    ['what is new to many followers', () => feeds().after(followers(100), 500)],
    ['a lost stream', () => openStreams.takeLost(planning, NOW)],
    ['leases', () => openStreams.renew(planning, [randomUUID()], NOW)],
  ])('find %s by index', async (_, work) => {
    await work();
    expect(plans.join('\n')).toMatch(/Index|ON CONFLICT|Conflict/);
    expect(plans.join('\n')).not.toContain('Seq Scan');
  });
});

// Without its foreign keys: only the plans are looked at.
async function fill(db: TestDatabase, datasetId: string): Promise<void> {
  const admin = new pg.Client(db.urlFor('postgres'));
  await admin.connect();
  const event = randomUUID();
  await admin.query('SET session_replication_role = replica');
  await admin.query(
    `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, sensitivity, tags, kind, fields,
       population_id, store_id, prefix, keywords, licence, visibility, status, audit_event_id)
     SELECT CASE WHEN n = 1 THEN $1::uuid ELSE gen_random_uuid() END, $1, 'Counts', '', '', '', 'open', 'public', '{}', 'files',
       '[]', $1, $1, 'counts/', '{}', '', 'public', 'published', $1 FROM generate_series(1, ${String(ROWS)}) n`,
    [datasetId],
  );
  await admin.query(
    `INSERT INTO grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version,
       dataset_id, dataset_version, provider_id, store_id, delivery, status, issued_at, expires_at, max_revocation_seconds,
       policy_version, max_bytes, audit_event_id)
     SELECT gen_random_uuid(), gen_random_uuid(), $1, $1, $1, $1, 1, $2, $3, $1, $1, 'stream', 'issued', '2026-11-24', '2027-11-24',
       120, 1, 100, $1 FROM generate_series(1, ${String(ROWS)})`,
    [event, datasetId, VERSION],
  );
  await admin.query(
    `INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified)
     SELECT $1, $2, 'n-' || n, 1, 'x', now() FROM generate_series(1, ${String(ROWS)}) n`,
    [datasetId, VERSION],
  );
  await admin.query(
    `INSERT INTO grant_object (grant_id, name)
     SELECT id, 'n-' || n FROM (SELECT id FROM grants LIMIT 1000) g, generate_series(1, 20) n`,
  );
  await admin.query(
    `INSERT INTO open_stream (id, grant_id, node_id, object_name, reserved_bytes, opened_at, lease_until, opened_event_id)
     SELECT gen_random_uuid(), $1, $1, 'n-1', 1, now(), '2027-11-24', $1 FROM generate_series(1, ${String(ROWS)})`,
    [event],
  );
  // Of ten objects one is gone again, so that whether that may be told is asked too.
  await admin.query(
    `INSERT INTO feed_entry (dataset_id, number, change, name, size, etag, last_modified, noticed_at)
     SELECT $1, n, CASE WHEN n % 10 = 0 THEN 'withdrawn' ELSE 'available' END, 'n-' || CASE WHEN n % 10 = 0 THEN n - 1 ELSE n END, 1, 'x', now(), now()
     FROM generate_series(1, ${String(ROWS)}) n`,
    [datasetId],
  );
  await admin.query(
    `INSERT INTO feed_object (dataset_id, name, number)
     SELECT dataset_id, name, number FROM feed_entry WHERE number % 10 < 9 AND change = 'available'`,
  );
  await admin.query('ANALYZE');
  await admin.end();
}
