import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { searchStatement, type EventPage } from './audit-events.repository.js';
import { toAuditSearch, type AuditQuestion } from './audit-search.js';

const EVENTS = 60_000;
const id = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

const one = (kind: number, n = 'n'): string =>
  `('0000000${String(kind)}-0000-4000-8000-' || lpad((${n} % 500)::text, 12, '0'))::uuid`;

/** Each event names one of 500 of everything; one in fifty was refused. */
const FILL = `
  INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, project_id, dataset_id,
    agreement_id, access_request_id, grant_id, reason_codes, leaf, digests)
  SELECT gen_random_uuid(), (ARRAY['grant.issued', 'object.opened', 'object.delivered', 'request.created'])[1 + n % 4],
    '2026-01-01Z'::timestamptz + n * interval '1 minute', CASE WHEN n % 50 = 0 THEN 'refused' ELSE 'success' END,
    ARRAY[${one(1)}], ARRAY[${one(2)}, ${one(2, '(n + 1)')}], ${one(3)}, ${one(4)}, ${one(5)}, ${one(6)}, ${one(7)}, '{}',
    'leaf', ''
  FROM generate_series(1, ${String(EVENTS)}) n`;

describe(`a search among ${String(EVENTS)} events`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    const owner = new pg.Client(db.urlFor('concordat_owner'));
    await owner.connect();
    await owner.query(FILL);
    await owner.query('ANALYZE audit_event');
    await owner.end();
  }, 60_000);
  afterAll(() => db.close());

  const FIRST: EventPage = { organisationIds: null, personId: null, after: null, limit: 101 };
  const middle = { occurredAt: '2026-01-20T00:00:00.000Z', id: id(9, 1) };

  it.each<[string, AuditQuestion, Partial<EventPage>]>([
    ['nothing', {}, {}],
    ['nothing, on a later page', {}, { after: middle }],
    ['person', {}, { personId: id(1, 7) }],
    ['organisation', { organisationId: id(2, 7) }, {}],
    ['the officer’s organisations', {}, { organisationIds: [id(2, 7), id(2, 9)] }],
    ['project', { projectId: id(3, 7) }, {}],
    ['dataset', { datasetId: id(4, 7) }, {}],
    ['dataset, on a later page', { datasetId: id(4, 7) }, { after: middle }],
    ['agreement', { agreementId: id(5, 7) }, {}],
    ['access request', { accessRequestId: id(6, 7) }, {}],
    ['grant', { grantId: id(7, 7) }, {}],
    ['a type that is there', { type: ['grant.issued'] }, {}],
    ['types that are not', { type: ['store.retired', 'store.resumed'] }, {}],
    ['refusals', { outcome: 'refused' }, {}],
    ['an outcome that is not there', { outcome: 'failed' }, {}],
    ['a day', { from: '2026-01-10T00:00:00Z', to: '2026-01-11T00:00:00Z' }, {}],
    ['all of it', { datasetId: id(4, 7), type: ['grant.issued'], outcome: 'success' }, FIRST],
  ])('by %s reads an index, and few rows', async (_, question, page) => {
    const { sql, params } = searchStatement(toAuditSearch(question), { ...FIRST, ...page });
    const [row] = await db.database.manager.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }[]>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
      params,
    );
    const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
    expect(nodes.map((node) => node['Node Type'])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(Index Scan|Bitmap Index Scan)$/)]),
    );
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    const read = nodes.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
    // Walking the newest events until a page is full may be cheaper than sorting all that match.
    expect(Math.max(...read)).toBeLessThan(EVENTS / 4);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
