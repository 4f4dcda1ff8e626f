import { GROUND, grantWorld, type GrantWorld } from '../../test/support/grant-world.js';
import type { Cause } from '../cascade/cause.js';
import type { Tx } from '../platform/database/database.js';
import { DueExpiries } from './ending/due-expiries.service.js';
import { GrantEndingsRepository } from './ending/grant-endings.repository.js';
import { GrantsRepository } from './grants.repository.js';

const LIVE = 200;
const ENDED = 5_000;

describe('statements over many grants', () => {
  let world: GrantWorld;

  // Live grants are few among those that have ended, and of many people, datasets and agreements.
  beforeAll(async () => {
    world = await grantWorld();
    const { id } = await world.issue();
    await world.force(
      `INSERT INTO access_request SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(),
         'reference', 'REQ-2000-' || 100000 + n))).* FROM access_request r, generate_series(1, $2::int) n
       WHERE r.id = $1`,
      [GROUND.request, LIVE + ENDED],
    );
    await world.force(`SET session_replication_role = replica; ${fillStatement(id)}`);
    await world.force('ANALYZE');
  }, 120_000);
  afterAll(() => world.close());

  const { researcher: personId, recipient, provider, agreement: agreementId } = GROUND;
  it.each<Cause>([
    { code: 'version_stopped', agreementId, version: 1 },
    { code: 'party_stopped', agreementId, organisationId: provider },
    { code: 'organisation_stopped', organisationId: provider },
    { code: 'membership_ended', personId, organisationId: recipient },
    { code: 'person_suspended', personId },
    { code: 'accreditation_lapsed', personId, scheme: 'dea_full' },
    { code: 'project_closed', projectId: GROUND.project },
    { code: 'dataset_stopped', datasetId: GROUND.dataset },
    { code: 'store_suspended', storeId: GROUND.store },
  ])('the cascade of $code finds them among the live ones, by index', async (cause) => {
    const plan = await planOf((tx) => world.cascade.preview(tx, cause));
    expect(plan).toMatch(/ grants_live_\w+/);
    expect(plan).not.toContain('Seq Scan on grants');
  });

  it('the sweep finds what is due by index', async () => {
    const repository = world.app.get(GrantEndingsRepository, { strict: false });
    const plan = await planOf((tx) => repository.lockDue(tx, world.clock.now(), 500));
    expect(plan).toContain('grants_due');
    expect(plan).not.toContain('Seq Scan on grants');
    expect(await world.app.get(DueExpiries, { strict: false }).sweep()).toBe(0);
  });

  it('a person’s list is read by index', async () => {
    const repository = world.app.get(GrantsRepository, { strict: false });
    const plan = await planOf((tx) => repository.list(tx, personId, null, null, 100));
    expect(plan).toContain('grants_of_person');
    expect(plan).not.toContain('Seq Scan on grants');
  });

  /** How PostgreSQL would run the statements about grants that `work` sends. */
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
        if (/\bgrants"? /.test(sql)) {
          const rows = (await send(`EXPLAIN ${sql}`, rest[0])) as { 'QUERY PLAN': string }[];
          plans.push(...rows.map((row) => row['QUERY PLAN']));
        }
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

// References are off: what these grants belong to is of no matter here, only that it differs.
function fillStatement(id: string): string {
  const other = (name: string): string => `'${name}', gen_random_uuid()`;
  const names = ['person_id', 'organisation_id', 'project_id', 'agreement_id'];
  const more = ['dataset_id', 'provider_id', 'store_id'];
  return `
    INSERT INTO grants
    SELECT (jsonb_populate_record(g, jsonb_build_object('id', uuidv7(), 'access_request_id', r.id,
      ${[...names, ...more].map(other).join(', ')}) ||
      CASE WHEN row_number() OVER () <= ${String(LIVE)} THEN '{}'
        ELSE jsonb_build_object('status', 'revoked', 'ended_at', now()) END)).*
    FROM grants g, access_request r WHERE g.id = '${id}' AND r.reference LIKE 'REQ-2000-%'`;
}
