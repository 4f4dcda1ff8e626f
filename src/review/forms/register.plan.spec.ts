import { grantWorld, GROUND, type GrantWorld } from '../../../test/support/grant-world.js';
import { registerStatement } from './register.repository.js';

const REQUESTS = 20_000;

describe(`the register of ${String(REQUESTS)} decisions`, () => {
  let world: GrantWorld;

  beforeAll(async () => {
    world = await grantWorld();
    await world.force(
      `WITH more AS (
         INSERT INTO access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version,
           requester_id, organisation_id, purpose, justification, delivery, until_on, frequency, conflict,
           undertaking_hash, undertaken_at, status, audit_event_id)
         SELECT uuidv7(), 'REQ-2027-' || lpad(n::text, 5, '0'), project_id, dataset_id, agreement_id,
           agreement_version, requester_id, organisation_id, purpose, justification, delivery, until_on, frequency,
           conflict, undertaking_hash, undertaken_at, status, audit_event_id
         FROM access_request, generate_series(1, ${String(REQUESTS)}) n WHERE id = $1 RETURNING id, audit_event_id)
       INSERT INTO access_decision (id, access_request_id, decision, reason, decider_id, position, role, is_automatic,
         decided_at, audit_event_id)
       SELECT uuidv7(), id, CASE WHEN random() < 0.5 THEN 'approved' ELSE 'refused' END, 'It fits', $2, 'Head',
         'data_owner', false, '2026-06-01', audit_event_id FROM more`,
      [GROUND.request, GROUND.owner],
    );
    await world.force(
      `INSERT INTO grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id,
         agreement_version, dataset_id, provider_id, store_id, delivery, status, issued_at, expires_at, ended_at,
         max_revocation_seconds, policy_version, audit_event_id)
       SELECT uuidv7(), id, requester_id, organisation_id, project_id, agreement_id, agreement_version, dataset_id, $1,
         $2, delivery, 'expired', '2026-06-02', '2026-07-01', '2026-07-01', 1, 1, audit_event_id FROM access_request`,
      [GROUND.provider, GROUND.store],
    );
    await world.force(
      `WITH people AS (
         INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
         SELECT uuidv7(), 'https://id.example', n::text,
           'P-' || translate(lpad(to_hex(n), 8, 'q'), '0189', 'wxyz'), 'active', audit_event_id
         FROM person, generate_series(1, 5000) n WHERE person.id = $1 RETURNING id, audit_event_id)
       INSERT INTO accreditation (id, person_id, scheme, number, awarded_on, expires_on, state, audit_event_id)
       SELECT uuidv7(), id, 'dea_full', 'A-1', '2026-01-01', '2031-01-01', 'verified', audit_event_id FROM people`,
      [GROUND.colleague],
    );
    await world.force('ANALYZE');
  }, 60_000);
  afterAll(() => world.close());

  it.each(['the first page', 'a page in the middle'])(
    '%s reads its index, and few rows',
    async (which) => {
      const [middle] = await world.query<{ id: string }>(
        `SELECT id FROM access_decision ORDER BY id OFFSET ${String(REQUESTS / 2)} LIMIT 1`,
      );
      const { sql, params } = registerStatement(
        which === 'the first page' ? null : (middle?.id ?? ''),
        101,
      );
      const [row] = await world.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
        `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
        params,
      );
      const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
      expect(nodes.map((node) => node['Index Name'])).toContain('access_decision_approved');
      const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
      const grown = ['access_decision', 'access_request', 'grants', 'accreditation'];
      expect(scanned.filter((node) => grown.includes(node['Relation Name'] ?? ''))).toEqual([]);
      const read = nodes.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
      expect(Math.max(...read)).toBeLessThan(500);
    },
  );
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
