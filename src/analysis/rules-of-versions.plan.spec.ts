import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { scannedBy } from '../../test/support/many-rows.js';
import { RulesOfVersions } from './rules-of-versions.repository.js';

const RULES = 100_000;
const VERSIONS = 1_000;
const uuid = (kind: string, n = 'n'): string =>
  `('${kind.padStart(8, '0')}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
const idOf = (kind: string, n: number): string =>
  `${kind.padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What a replay reads: the rules of one key at one version, among all that ever were. */
describe(`the rules of a past version, of ${String(RULES)}`, () => {
  const rules = new RulesOfVersions();
  let db: TestDatabase;

  // Ten agreements share a dataset; each agreement's rule was replaced every hundred versions, and nine of ten are closed.
  beforeAll(async () => {
    db = await testDatabase();
    const owner = new pg.Client(db.urlFor('postgres'));
    await owner.connect();
    try {
      await owner.query('SET session_replication_role = replica');
      await owner.query(
        `INSERT INTO policy_version (version, parent, published_at, audit_event_id)
         SELECT n, n - 1, now(), gen_random_uuid() FROM generate_series(1, ${String(VERSIONS)}) n`,
      );
      await owner.query(
        `INSERT INTO policy_rule (id, dataset_id, action, recipients, effect, condition, condition_sha256, agreement_id,
           agreement_version, reference, from_version, to_version)
         SELECT ${uuid('a')}, ${uuid('d', 'n / 100')}, 'dataset:read', '{}', 'allow',
           '{"op":"eq","path":"request.dpop","value":true}', sha256('x'), ${uuid('b', 'n / 10')}, n % 10 + 1, 'CON-2026-0001',
           1 + (n % 10) * 100, CASE WHEN n % 10 < 9 THEN 1 + (n % 10 + 1) * 100 END
         FROM generate_series(0, ${String(RULES - 1)}) n`,
      );
      await owner.query(
        `INSERT INTO policy_rule (id, guardrail_id, dataset_id, action, recipients, effect, condition, condition_sha256,
           message, from_version, to_version)
         SELECT ${uuid('c')}, 'G' || n, CASE WHEN n > 40 THEN ${uuid('d', 'n')} END, 'dataset:read', '{}', 'deny',
           '{"op":"eq","path":"request.dpop","value":true}', sha256('x'), 'm', 1 + n * 10, CASE WHEN n <= 30 THEN 11 + n * 10 END
         FROM generate_series(0, 59) n`,
      );
      await owner.query('ANALYZE policy_rule');
    } finally {
      await owner.end();
    }
  }, 120_000);
  afterAll(() => db.close());

  const sent: [string, unknown[]][] = [];
  const at = async (version: number, n: number) => {
    const recording = Object.create(db.database.manager) as typeof db.database.manager;
    recording.query = <T>(sql: string, params: unknown[] = []): Promise<T> => {
      sent.push([sql, params]);
      return db.database.manager.query<T>(sql, params);
    };
    return rules.at(recording, version, {
      agreementId: idOf('b', n),
      datasetId: idOf('d', Math.floor(n / 10)),
      action: 'dataset:read',
    });
  };

  it.each([
    [1, 1, ['G0']],
    [100, 1, ['G9']],
    [101, 2, ['G10']],
    [950, 10, ['G31', 'G32', 'G33', 'G34', 'G35', 'G36', 'G37', 'G38', 'G39', 'G40', 'G42']],
  ])(
    'at version %i are one allow rule, of agreement version %i, and %j',
    async (version, own, ids) => {
      const found = await at(version, 425);
      expect(
        found.filter(({ effect }) => effect === 'allow').map((rule) => rule.agreementVersion),
      ).toEqual([own]);
      expect(found.flatMap(({ guardrailId }) => guardrailId ?? []).sort()).toEqual(ids);
    },
  );

  it('are read by one statement, by index alone', async () => {
    sent.length = 0;
    await at(500, 4711);
    expect(sent).toHaveLength(1);
    const [[sql, params] = ['', []]] = sent;
    expect(await scannedBy(db, sql, params)).toEqual([]);
  });
});
