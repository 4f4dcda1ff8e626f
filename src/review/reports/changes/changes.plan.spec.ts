import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { CHANGED_TYPES } from './changed-things.js';
import { changesStatement } from './changes.repository.js';

const EVENTS = 60_000;
const THING = '00000005-0000-4000-8000-000000000050';
const AGREEMENT = '00000006-0000-4000-8000-000000000000';
const PARTY = '00000007-0000-4000-8000-000000000000';

/** All that was ever delivered was under one agreement; now and then something was done to one of fifty things of a kind. */
const FILL = `
  INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, target_type, target_id,
    agreement_id, access_request_id, reason_codes, leaf, digests)
  SELECT gen_random_uuid(), CASE WHEN n % 2000 = 0 THEN 'agreement.edited' WHEN n % 20 = 0 THEN kind || '.updated'
      ELSE 'object.delivered' END,
    '2026-01-01Z'::timestamptz + n * interval '1 minute', 'success', '{}', ARRAY[thing],
    CASE WHEN n % 20 = 0 THEN kind END, CASE WHEN n % 20 = 0 THEN thing::text END, '${AGREEMENT}', thing, '{}', 'leaf', ''
  FROM generate_series(1, ${String(EVENTS)}) n, LATERAL (
    SELECT (ARRAY['${CHANGED_TYPES.join("', '")}'])[1 + n / 20 % ${String(CHANGED_TYPES.length)}] AS kind,
      ('00000005-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid AS thing) x;
  SET session_replication_role = replica;
  INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id, dpo_id, status,
    audit_event_id)
  VALUES ('${PARTY}', '${AGREEMENT}', '${THING}', 'both', true, true, '${THING}', '${THING}', 'active', '${THING}');
  ANALYZE audit_event`;

describe(`what was done to one thing among ${String(EVENTS)} events`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    const superuser = new pg.Client(db.urlFor('postgres'));
    await superuser.connect();
    try {
      await superuser.query(FILL);
    } finally {
      await superuser.end();
    }
  }, 60_000);
  afterAll(() => db.close());

  it.each(CHANGED_TYPES)(
    'of kind %s is found by index, and few other events are read',
    async (type) => {
      const id = type === 'agreement' ? AGREEMENT : type === 'party' ? PARTY : THING;
      for (const sees of [null, [THING]]) {
        const question = { type, id, from: null, to: null };
        const reader = { sees, personId: null };
        const { sql, params } = changesStatement(question, reader, { after: null, limit: 101 });
        const [row] = await db.database.manager.query<
          { 'QUERY PLAN': readonly [{ Plan: Plan }] }[]
        >(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`, params);
        const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
        const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
        expect(scanned.map((node) => node['Relation Name'])).not.toContain('audit_event');
        const read = nodes.map(
          (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0),
        );
        expect(Math.max(...read)).toBeLessThan(1_000);
      }
    },
  );
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
