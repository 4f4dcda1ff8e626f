import pg from 'pg';
import { OWNER, PARTNER, dataWorld, type DataWorld } from '../../test/support/data-world.js';
import { EVERYTHING } from '../../test/support/searching.js';
import type { Tx } from '../platform/database/database.js';
import { MetadataRepository } from './bulk/metadata.repository.js';
import { DatasetsRepository } from './datasets.repository.js';
import { ProfileRepository } from './profile/profile.repository.js';
import { SealingRepository } from './sealing/sealing.repository.js';
import { FacetsRepository } from './search/facets.repository.js';
import { SearchRepository } from './search/search.repository.js';
import { SuggestionsRepository } from './search/suggestions.repository.js';
import type { PageQuery, Search } from './search/search.types.js';

const DATASETS = 10_000;
const AGREEMENTS = 10_000;
/** Each has its row to be searched by, too. */
const CHUNK = 1_000;

/** Rule 19: no sequential scan of a table that grows. */
describe('the plans of the catalogue', () => {
  let world: DataWorld;
  let datasets: DatasetsRepository;

  beforeAll(async () => {
    world = await dataWorld();
    datasets = world.app.get(DatasetsRepository);
    await world.database.transaction(fill);
    const admin = new pg.Client(world.db.urlFor('postgres'));
    await admin.connect();
    await admin.query('VACUUM ANALYZE');
    await admin.end();
  }, 60_000);
  afterAll(() => world.close());

  const viewer = () => ({ organisationIds: [PARTNER], now: world.clock.now() });
  const first: PageQuery = { sort: 'title', after: null, limit: 101, isHighlighted: true };
  const after = { key: 'Dataset 2345', id: '01990000-0000-7000-8000-000000000000' };
  const rare = { words: `'777'` };

  it.each<[string, string, Partial<Search>, Partial<PageQuery>]>([
    ['the first page', 'searchable_title', {}, {}],
    ['a later page', 'searchable_title', {}, { after }],
    ['the newest', 'searchable_newest', {}, { sort: 'newest' }],
    [
      'those after the newest',
      'searchable_newest',
      {},
      { sort: 'newest', after: { ...after, key: '2026-01-01' } },
    ],
    ['rare words', 'searchable_words', rare, { sort: 'relevance' }],
    [
      'more of rare words',
      'searchable_words',
      rare,
      { sort: 'relevance', after: { ...after, key: -0.5 } },
    ],
    ['rare words by title', 'searchable_words', rare, {}],
    ['a theme', 'searchable_', { theme: 'TRAN' }, {}],
    ['an organisation', 'searchable_of', { organisationId: PARTNER }, {}],
    ['a place', 'searchable_places', { place: 'E09000007' }, {}],
    ['an area', 'searchable_area', { bbox: [-0.205, 51.305, -0.204, 51.4] }, {}],
    ['days', 'searchable_days', { days: '[2020-02-01,2020-02-02]' }, {}],
    [
      'everything at once',
      'searchable_',
      { ...rare, theme: 'TRAN', access: 'shared', organisationId: OWNER },
      { sort: 'relevance' },
    ],
  ])('list %s by index', async (_what, index, search, page) => {
    const plan = await planOf((tx) =>
      world.app
        .get(SearchRepository)
        .page(tx, { ...EVERYTHING, ...search }, viewer(), { ...first, ...page }),
    );
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });

  it.each<[string, string, Partial<Search>]>([
    ['rare words', 'searchable_words', rare],
    ['a place', 'searchable_places', { place: 'E09000007' }],
  ])('count %s by index', async (_what, index, search) => {
    const plan = await planOf((tx) =>
      world.app.get(FacetsRepository).count(tx, { ...EVERYTHING, ...search }, viewer()),
    );
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan on searchable_dataset');
  });

  it('count all there is by indexes alone', async () => {
    const plan = await planOf((tx) =>
      world.app.get(FacetsRepository).count(tx, EVERYTHING, viewer()),
    );
    for (const index of ['public_what', 'public_whose', 'rest']) {
      expect(plan).toContain(`Index Only Scan using searchable_${index}`);
    }
    expect(plan).not.toContain('Seq Scan on searchable_dataset');
  });

  it('rank and count rows that are narrow', async () => {
    const [row] = await world.database.manager.query<{ width: number }[]>(
      `SELECT pg_relation_size('searchable_dataset')::int / count(*)::int AS width FROM searchable_dataset`,
    );
    expect(row?.width).toBeLessThan(800);
  });

  it('suggest words by index', async () => {
    const words = world.app.get(SuggestionsRepository);
    const near = await planOf((tx) => words.near(tx, ['datsaet', 'boruogh']));
    expect(near).toContain('Index Scan using dataset_word_near');
    const begun = await planOf((tx) => words.completions(tx, 'dat'));
    expect(begun).toContain('dataset_word_start');
    const found = await planOf((tx) => words.found(tx, ['dataset 777', 'borough 778'], viewer()));
    expect(found).toContain('searchable_words');
    for (const plan of [near, begun, found]) {
      expect(plan).not.toMatch(/Seq Scan on (searchable_dataset|dataset_word)/);
    }
  });

  it('find one visible dataset by its key', async () => {
    const plan = await planOf((tx) => datasets.findVisible(tx, OWNER, viewer()));
    expect(plan).toContain('dataset_pkey');
    expect(plan).not.toContain('Seq Scan');
  });

  it('find what is due for a seal by index', async () => {
    const plan = await planOf((tx) =>
      world.app.get(SealingRepository).claim(tx, OWNER, [], world.clock.now(), world.clock.now()),
    );
    expect(plan).toContain('dataset_to_seal');
    expect(plan).not.toContain('Seq Scan on dataset');
  });

  it("read on in an organisation's descriptions by index", async () => {
    const plan = await planOf((tx) =>
      world.app.get(MetadataRepository).page(tx, OWNER, { title: after.key, id: after.id }, 500),
    );
    expect(plan).toContain('dataset_of');
    expect(plan).not.toContain('Seq Scan');
  });

  it('find profiles that are due, or whose time is over, by index', async () => {
    const profiles = world.app.get(ProfileRepository);
    const now = world.clock.now();
    const claim = await planOf((tx) => profiles.claim(tx, OWNER, now, now));
    expect(claim).toContain('dataset_profile_due');
    expect(claim).not.toContain('Seq Scan on dataset');
    expect(await planOf((tx) => profiles.dropExpired(tx, now))).toContain('dataset_profile_expiry');
    expect(await planOf((tx) => profiles.take(tx, OWNER, now))).toContain('dataset_profile_id_key');
  });

  /** How PostgreSQL would run the statements that `work` sends. */
  async function planOf(work: (tx: Tx) => Promise<unknown>): Promise<string> {
    return world.database.transaction(async (tx) => {
      const runner = tx.queryRunner;
      if (!runner) {
        throw new Error('no transaction');
      }
      const plans: string[] = [];
      const send = runner.query.bind(runner) as (
        sql: string,
        ...rest: unknown[]
      ) => Promise<unknown>;
      runner.query = (async (sql: string, ...rest: unknown[]) => {
        const rows = (await send(`EXPLAIN ${sql}`, rest[0])) as { 'QUERY PLAN': string }[];
        plans.push(...rows.map((row) => row['QUERY PLAN']));
        return send(sql, ...rest);
      }) as typeof runner.query;
      try {
        await work(tx);
      } finally {
        Reflect.deleteProperty(runner, 'query');
      }
      return plans.join('\n');
    });
  }
});

async function fill(tx: Tx): Promise<void> {
  await tx.query(
    `INSERT INTO dataset_word SELECT 'w' || left(md5(n::text), 8) FROM generate_series(1, $1::int) AS n`,
    [DATASETS],
  );
  await tx.query(
    `INSERT INTO partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials,
       credential_version, rotated_at, status, audit_event_id)
     SELECT $1, $1, 'Store', 'https://store.example', 'eu-west-2', 'data', 'path', '', 1, now(), 'ready', id
     FROM audit_event LIMIT 1`,
    [OWNER],
  );
  // One in ten is of parties, one in a hundred is due.
  for (let from = 1; from <= DATASETS; from += CHUNK) {
    await tx.query(
      `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason, sensitivity,
       tags, kind, fields, population_id, store_id, prefix, keywords, themes, licence, visibility, status, seal_due_at,
       places, bbox, temporal, audit_event_id)
     SELECT id, $1, 'Dataset ' || n, (SELECT string_agg(md5(n % 50 || ' ' || k), ' ') FROM generate_series(1, 20) k), 'Borough', 'data@example.org', 'shared', 'By agreement', 'public', '{}',
       'files', '[]', id, $1, 'counts/', '{}', CASE WHEN n % 7 = 0 THEN '{TRAN}'::text[] ELSE '{}' END, 'DATA_SHARE_AGREEMENT',
       CASE WHEN n % 10 = 0 THEN 'parties' ELSE 'public' END, 'published', CASE WHEN n % 100 = 0 THEN now() END,
       CASE WHEN n % 99 = 0 THEN '{E09000007}'::text[] ELSE '{}' END,
       ARRAY[-0.5 + n % 100 / 100.0, 51.3, -0.49 + n % 100 / 100.0, 51.31],
       jsonb_build_object('startsOn', '2000-01-01'::date + n % 9000, 'endsOn', '2000-01-01'::date + n % 9000 + 5), event
     FROM (SELECT n, gen_random_uuid() AS id, (SELECT id FROM audit_event LIMIT 1) AS event
       FROM generate_series($2::int, $3::int) AS n) AS rows`,
      [OWNER, from, from + CHUNK - 1],
    );
  }
  await tx.query(
    `INSERT INTO dataset_profile (dataset_id, id, status, requested_at, expires_at, due_at, proposal, audit_event_id)
     SELECT id, id, CASE WHEN seal_due_at IS NULL THEN 'proposed' ELSE 'due' END, now(), now() + interval '7 days', seal_due_at,
       CASE WHEN seal_due_at IS NULL THEN '{}'::jsonb END, audit_event_id FROM dataset`,
  );
  await tx.query(
    `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
     SELECT gen_random_uuid(), 'CON-2026-' || lpad(n::text, 5, '0'), $1, 1, (SELECT id FROM audit_event LIMIT 1)
     FROM generate_series(1, $2::int) AS n`,
    [OWNER, AGREEMENTS],
  );
  await tx.query(
    `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at,
       ends_at, drafted_by, editors, audit_event_id)
     SELECT id, 1, 'active', '{}', 'Sharing', '{}', 'sha-256:' || repeat('0', 64), now(), now() + interval '1 year', $1,
       ARRAY[$1::uuid], audit_event_id FROM agreement`,
    [OWNER],
  );
  await tx.query(
    `INSERT INTO agreement_item (agreement_id, version, dataset_id)
     SELECT a.id, 1, d.id FROM agreement a, LATERAL (SELECT id FROM dataset WHERE id > a.id ORDER BY id LIMIT 1) AS d`,
  );
  // The partner is in one agreement of a thousand.
  await tx.query(
    `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
       dpo_id, status, audit_event_id)
     SELECT gen_random_uuid(), id, CASE WHEN reference LIKE '%000' THEN $2::uuid ELSE $1::uuid END, 'both', true, true,
       $1, $1, 'active', audit_event_id FROM agreement`,
    [OWNER, PARTNER],
  );
}
