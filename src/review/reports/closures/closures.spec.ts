import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import { ClosuresService } from '../../../grants/closure/closures.service.js';
import type { Principal } from '../../../identity/principal.js';
import { ClosuresReportApi } from './closures.api.js';
import { closuresStatement } from './closures.repository.js';

const DAY = 86_400_000;
const ANY = '01990000-0000-7000-8000-0000000000fe';

describe('which data should be destroyed and is not', () => {
  let world: ReportWorld;
  let closures: ClosuresService;

  beforeAll(async () => {
    world = await reportWorld({ terms: { disposal: 'destroy', disposalDays: 10 } });
    closures = world.app.get(ClosuresService, { strict: false });
    const { id } = await world.issue();
    world.clock.add(1000);
    await world.deliver(id);
    await world.grants.revoke(world.as(GROUND.researcher), id, 'Done');
  }, 120_000);
  afterAll(() => world.close());

  const ask = (who: Principal | string, query: object = {}) =>
    pageOf(
      world
        .api(ClosuresReportApi)
        .list(
          typeof who === 'string' ? world.as(who) : who,
          { pageSize: 100, ...query },
          requestTo('/closures'),
        ),
    );
  const states = async (query: object = {}) =>
    (await ask(GROUND.operatorOfficer, query)).items.map(({ state }) => state);
  const dpo = (organisationId: string): Principal => {
    const caller = world.as(GROUND.owner);
    const memberships = caller.memberships.map((held) => ({
      ...held,
      organisationId,
      roles: ['dpo'] as const,
    }));
    return { ...caller, memberships };
  };

  it('is due at first: what, of whom, under what, and that it was fetched; asking is an event', async () => {
    const { items } = await ask(GROUND.providerOfficer);
    expect(items).toMatchObject([
      {
        state: 'due',
        daysLate: null,
        organisation: { id: GROUND.recipient, name: GROUND.recipient },
        provider: { id: GROUND.provider },
        project: { reference: 'PRJ-2026-0001' },
        agreement: { reference: 'CON-2026-0001', version: 1 },
        disposal: 'destroy',
        datasets: [{ id: GROUND.dataset, title: 'Footfall' }],
        isFetched: true,
        certificate: null,
      },
    ]);
    world.clock.add(1);
    await ask(GROUND.providerOfficer, { state: 'due', agreementId: GROUND.agreement });
    expect((await world.readings()).at(-1)).toBe(`state=due agreementId=${GROUND.agreement}`);
  });

  it.each<[string, object, number]>([
    ['who owes it', { organisationId: GROUND.recipient }, 1],
    ['to whom, who owes nothing', { organisationId: GROUND.provider }, 0],
    ['the agreement', { agreementId: GROUND.agreement }, 1],
    ['another agreement', { agreementId: ANY }, 0],
    ['the project', { projectId: GROUND.project }, 1],
    ['another project', { projectId: ANY }, 0],
    ['being overdue, too early', { state: 'overdue' }, 0],
    ['being attested, too early', { state: 'attested' }, 0],
  ])('is found by %s', async (_, query, count) => {
    expect((await ask(GROUND.operatorOfficer, query)).items).toHaveLength(count);
  });

  it('is overdue once its day is over, before anybody wrote so (R3.25)', async () => {
    world.clock.add(13 * DAY);
    const [one] = (await ask(GROUND.recipientOfficer)).items;
    expect(one).toMatchObject({ state: 'overdue', daysLate: 2 });
    expect(await states({ state: 'due' })).toEqual([]);
    expect(await states({ state: 'overdue' })).toEqual(['overdue']);
    expect(await world.query('SELECT status FROM closure')).toEqual([{ status: 'due' }]);
  });

  it('is told to officers of who owes it, of who is owed it and of the operator alone (R5.8)', async () => {
    expect((await ask(world.officerElsewhere())).items).toEqual([]);
    for (const who of [GROUND.recipientOfficer, GROUND.providerOfficer, GROUND.operatorOfficer]) {
      expect((await ask(who)).items).toHaveLength(1);
    }
    await expect(ask(GROUND.owner)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('is still open when it was attested, by pseudonym, and is gone when it was verified', async () => {
    const [{ id } = { id: '' }] = await world.query<{ id: string }>('SELECT id FROM closure');
    await closures.close(world.as(GROUND.researcher), GROUND.agreement, {
      act: 'attest',
      closureId: id,
      certificate: {
        objects: [{ name: 'january.csv', sha256: 'a'.repeat(64) }],
        disposal: 'destroyed',
        method: 'The keys were erased.',
        disposedOn: world.today,
      },
    });
    const { items } = await ask(GROUND.providerOfficer, { state: 'attested' });
    expect(items).toMatchObject([{ state: 'attested', daysLate: null }]);
    expect(items[0]?.certificate).toEqual({
      hash: expect.stringMatching(/^sha-256:/) as string,
      attestedAt: world.clock.now().toISOString(),
      attestedBy: expect.stringMatching(/^P-[a-z2-7]{8}$/) as string,
    });
    expect(JSON.stringify(items)).not.toContain(GROUND.researcher);
    await closures.close(dpo(GROUND.provider), GROUND.agreement, {
      act: 'verify',
      closureId: id,
      certificateHash: items[0]?.certificate?.hash ?? '',
    });
    expect(await states()).toEqual([]);
  });

  it('is found by index among the many that are settled', async () => {
    await world.force(
      `SET session_replication_role = replica;
       INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
         certificate, certificate_hash, jws, attested_by, attested_at, verified_by, verified_at, audit_event_id)
       SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'verified',
         '2026-01-01', '2026-02-01', 'c', 'sha-256:' || repeat('0', 64), 'j', gen_random_uuid(), '2026-01-01',
         gen_random_uuid(), '2026-01-01', gen_random_uuid() FROM generate_series(1, 20000);
       ANALYZE closure`,
    );
    const question = {
      state: null,
      organisationId: null,
      agreementId: null,
      projectId: null,
      now: world.clock.now(),
    };
    for (const sees of [null, [GROUND.recipient]]) {
      const { sql, params } = closuresStatement(
        question,
        { sees, personId: null },
        { after: null, limit: 101 },
      );
      const plan = JSON.stringify(await world.query(`EXPLAIN ${sql}`, params));
      expect(plan).not.toContain('Seq Scan on closure');
      expect(plan).toMatch(/closure_unverified|closure_organisation/);
    }
  });
});
