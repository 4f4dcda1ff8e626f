import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { Tx } from '../../platform/database/database.js';
import { GuardrailsRepository } from './guardrails.repository.js';
import { PolicyRepository } from './policy.repository.js';

const VERSIONS = 2_000;
const RULES = 20_000;
const repository = new PolicyRepository();
let db: TestDatabase;

// Ten rules a version; one of them closed by the next, and one in a hundred a dataset's own deny rule.
beforeAll(async () => {
  db = await testDatabase();
  await db.database.transaction(async (tx) => {
    await tx.query(`INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes,
      leaf, digests) VALUES (gen_random_uuid(), 'policy.published', now(), 'success', '{}', '{}', '{}', 'x', '')`);
    await tx.query(
      `INSERT INTO policy_version (version, parent, published_at, audit_event_id)
       SELECT n, n - 1, now(), (SELECT id FROM audit_event LIMIT 1) FROM generate_series(1, $1::int) AS n`,
      [VERSIONS],
    );
    await tx.query(
      `INSERT INTO policy_rule (id, dataset_id, action, recipients, effect, condition, condition_sha256, agreement_id,
         agreement_version, reference, from_version, to_version)
       SELECT gen_random_uuid(), gen_random_uuid(), 'dataset:read', '{}', 'allow',
         '{"op":"eq","path":"request.dpop","value":true}', sha256('x'), gen_random_uuid(), 1, 'CON-2026-0001',
         1 + n / 10, CASE WHEN n % 10 = 0 THEN least(2 + n / 10, $2::int) END
       FROM generate_series(0, $1::int - 1) AS n`,
      [RULES, VERSIONS],
    );
    await tx.query(
      `INSERT INTO policy_rule (id, guardrail_id, dataset_id, action, recipients, effect, condition, condition_sha256,
         message, from_version)
       SELECT gen_random_uuid(), 'D' || 10 + n % 16, gen_random_uuid(), 'dataset:read', '{}', 'deny',
         '{"op":"eq","path":"request.dpop","value":true}', sha256('x'), 'No', 1 + n * 10
       FROM generate_series(0, 199) AS n`,
    );
    await tx.query('UPDATE policy_head SET version = $1', [VERSIONS]);
  });
  const owner = new pg.Client(db.urlFor('postgres'));
  await owner.connect();
  await owner.query('ANALYZE policy_rule');
  await owner.end();
});
afterAll(() => db.close());

/** The statements that `work` sends, as they reach the database. */
async function statementsOf(
  work: (tx: Tx) => Promise<unknown>,
): Promise<readonly (readonly [sql: string, params: unknown[]])[]> {
  const sent: [string, unknown[]][] = [];
  await db.database.transaction((tx) => {
    const recording = Object.create(tx) as Tx;
    recording.query = (sql: string, params: unknown[] = []) => {
      sent.push([sql, params]);
      return tx.query(sql, params);
    };
    return work(recording);
  });
  return sent;
}

async function planOf(sql: string, params: unknown[]): Promise<string> {
  const rows = await db.database.manager.query<{ 'QUERY PLAN': string }[]>(
    `EXPLAIN ${sql}`,
    params,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function idsOf(sql: string, params: unknown[]): Promise<ReadonlySet<string>> {
  const rows = await db.database.manager.query<{ id: string }[]>(sql, params);
  return new Set(rows.map(({ id }) => id));
}

describe('judging a guardrail', () => {
  const key = { id: 'G77', datasetId: '01990000-0000-7000-8000-000000000002' };
  const guardrails = new GuardrailsRepository();
  it.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['what it says', (tx) => guardrails.findOpen(tx, key)],
    ['when it was changed', (tx) => guardrails.changedIn(tx, key)],
    ['who else is in its bucket', (tx) => guardrails.countOthers(tx, key, ['dataset:read'])],
    ['the same of all datasets', (tx) => guardrails.changedIn(tx, { ...key, datasetId: null })],
    [
      'its bucket of all datasets',
      (tx) => guardrails.countOthers(tx, { ...key, datasetId: null }, ['dataset:read']),
    ],
    ['its end', (tx) => guardrails.close(tx, key, VERSIONS)],
  ])('finds %s by index, for others wait meanwhile', async (_what, work) => {
    const [[sql, params] = ['', []]] = await statementsOf(work);
    const plan = await planOf(sql, params);
    expect(plan).toMatch(/Index.* policy_rule_(open_deny|guardrail|deny)/);
    expect(plan).not.toContain('Seq Scan on policy_rule');
  });
});

describe('reading a change', () => {
  it('takes three statements, and finds its few rules by index among many', async () => {
    const sent = await statementsOf((tx) => repository.changeSince(tx, VERSIONS - 1));
    const plans = await Promise.all(sent.map(([sql, params]) => planOf(sql, params)));
    expect(plans).toEqual([
      expect.stringContaining('policy_head'),
      expect.stringContaining('Index Scan using policy_rule_open on policy_rule'),
      expect.stringContaining('Index Scan using policy_rule_closed on policy_rule'),
    ]);
    expect(plans.join()).not.toContain('Seq Scan on policy_rule');
  });

  it('closes the rules of one agreement by index', async () => {
    const sent = await statementsOf((tx) =>
      repository.closeAgreement(tx, '01990000-0000-7000-8000-000000000001', VERSIONS),
    );
    const [[sql, params] = ['', []]] = sent;
    expect(await planOf(sql, params)).toContain('policy_rule_open_allow');
  });

  it('gives each open rule once at the first load, page by page', async () => {
    const { opened, closed, to } = await db.database.transaction((tx) =>
      repository.changeSince(tx, 0),
    );
    const open = await idsOf('SELECT id FROM policy_rule WHERE to_version IS NULL', []);
    expect(to).toBe(VERSIONS);
    expect(closed).toEqual([]);
    expect(opened).toHaveLength(open.size);
    expect(new Set(opened.map(({ id }) => id))).toEqual(open);
  });

  it.each([1, 2, 700, VERSIONS - 1, VERSIONS])(
    'leads from version %i to the rules that a first load gives',
    async (from) => {
      const { opened, closed } = await db.database.transaction((tx) =>
        repository.changeSince(tx, from),
      );
      const rules = new Set(
        await idsOf(
          `SELECT id FROM policy_rule WHERE from_version <= $1 AND (to_version IS NULL OR to_version > $1)`,
          [from],
        ),
      );
      expect(closed.every(({ id }) => rules.delete(id))).toBe(true);
      opened.forEach(({ id }) => rules.add(id));
      expect(rules).toEqual(await idsOf('SELECT id FROM policy_rule WHERE to_version IS NULL', []));
    },
  );
});
