import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import type { AccessView } from './access.view.js';
import { AccessReportApi } from './access.api.js';

const MINUTE = 60_000;

describe('who could reach a dataset', () => {
  let world: ReportWorld;
  let grantId: string;

  beforeAll(async () => {
    world = await reportWorld();
    world.clock.add(MINUTE);
    grantId = (await world.issue()).id;
  }, 120_000);
  afterAll(() => world.close());

  const ask = async (who: string, at?: Date): Promise<readonly AccessView[]> => {
    const query = {
      datasetId: GROUND.dataset,
      pageSize: 100,
      ...(at && { at: at.toISOString() }),
    };
    const api = world.api(AccessReportApi);
    return (await pageOf(api.list(world.as(who), query, requestTo('/access')))).items;
  };

  it('is told with agreement, project and what was read, and written down', async () => {
    await world.deliver(grantId, { bytes: 40 });
    world.clock.add(MINUTE);
    const [one, ...rest] = await ask(GROUND.providerOfficer);
    expect(rest).toEqual([]);
    expect(one).toMatchObject({
      grantId,
      by: 'live_grant',
      organisation: { id: GROUND.recipient, name: GROUND.recipient },
      provider: { id: GROUND.provider },
      dataset: { id: GROUND.dataset, title: 'Footfall' },
      project: { reference: 'PRJ-2026-0001' },
      agreement: { reference: 'CON-2026-0001', version: 1, title: 'Footfall' },
      read: { hadRead: true, deliveries: 1, bytes: 40, timesIssued: 0 },
    });
    expect(one?.pseudonym).toMatch(/^P-[a-z2-7]{8}$/);
    expect(JSON.stringify(one)).not.toContain(GROUND.researcher);
    expect((await world.readings()).at(-1)).toBe(`datasetId=${GROUND.dataset}`);
  });

  it('is nobody before the grant was issued, and nobody after it has ended', async () => {
    const before = new Date(world.clock.now().getTime() - 60 * MINUTE);
    expect(await ask(GROUND.providerOfficer, before)).toEqual([]);
    const live = world.clock.now();
    world.clock.add(MINUTE);
    await world.query(
      `UPDATE grants SET status = 'revoked', ended_at = $2, end_reason = 'r' WHERE id = $1`,
      [grantId, world.clock.now()],
    );
    world.clock.add(MINUTE);
    expect(await ask(GROUND.providerOfficer)).toEqual([]);
    expect(await ask(GROUND.providerOfficer, live)).toMatchObject([{ grantId, endReason: 'r' }]);
  });

  it('of a grant by URL goes on as long as its URLs did', async () => {
    await world.query(
      `UPDATE grants SET delivery = 'presign', max_revocation_seconds = 3600 WHERE id = $1`,
      [grantId],
    );
    const [one] = await ask(GROUND.operatorOfficer);
    expect(one).toMatchObject({ grantId, by: 'issued_before' });
    world.clock.add(60 * MINUTE);
    expect(await ask(GROUND.operatorOfficer)).toEqual([]);
  });

  it('names the version that was in force then, though the grant moved on (R3.1)', async () => {
    const at = new Date(world.clock.now().getTime() - 60 * MINUTE);
    await world.force(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at, ends_at,
         drafted_by, editors, activated_at, audit_event_id)
       SELECT agreement_id, 2, 'superseded', terms, title, document, version_hash, starts_at, ends_at, drafted_by, editors,
         $1, audit_event_id FROM agreement_version WHERE version = 1`,
      [world.clock.now()],
    );
    await world.force(`UPDATE agreement_version SET activated_at = '2026-01-01' WHERE version = 1`);
    await world.force(`UPDATE grants SET agreement_version = 2 WHERE id = $1`, [grantId]);
    expect(await ask(GROUND.operatorOfficer, at)).toMatchObject([{ agreement: { version: 1 } }]);
    await world.force(`UPDATE agreement_version SET activated_at = '2026-02-01' WHERE version = 2`);
    expect(await ask(GROUND.operatorOfficer, at)).toMatchObject([{ agreement: { version: 2 } }]);
  });

  it('is not told to the officer of another organisation (R5.8), nor of the future', async () => {
    const at = new Date(world.clock.now().getTime() - 60 * MINUTE);
    expect(await ask(GROUND.recipientOfficer, at)).toHaveLength(1);
    const query = { datasetId: GROUND.dataset, pageSize: 100, at: at.toISOString() };
    const api = world.api(AccessReportApi);
    const answer = await pageOf(api.list(world.officerElsewhere(), query, requestTo('/access')));
    expect(answer.items).toEqual([]);
    const ahead = new Date(world.clock.now().getTime() + MINUTE);
    await expect((async () => ask(GROUND.operatorOfficer, ahead))()).rejects.toMatchObject({
      code: 'input_invalid',
    });
  });
});
