import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import { DisclosuresReportApi } from './disclosures.api.js';

describe('which bytes left', () => {
  let world: ReportWorld;
  let grantId: string;

  beforeAll(async () => {
    world = await reportWorld();
    grantId = (await world.issue()).id;
    world.clock.add(1000);
    await world.deliver(grantId, { bytes: 100 });
    world.clock.add(1000);
    await world.deliver(grantId, { bytes: 7, reasonCodes: ['client_gone'] }, 'object.cut');
    world.clock.add(1000);
    await world.deliver(grantId, { delivery: 'sts' }, 'object.credential-issued');
  }, 120_000);
  afterAll(() => world.close());

  const ask = (who: string, query: object = {}) =>
    pageOf(
      world
        .api(DisclosuresReportApi)
        .list(world.as(who), { pageSize: 100, ...query }, requestTo('/disclosures')),
    );

  it('is told newest first, to whom and under what; what was issued is no delivery (R5.4)', async () => {
    const { items } = await ask(GROUND.providerOfficer);
    expect(items.map(({ kind, isDelivery, bytes }) => [kind, isDelivery, bytes])).toEqual([
      ['credentials_issued', false, null],
      ['cut', true, 7],
      ['delivered', true, 100],
    ]);
    expect(items[2]).toMatchObject({
      object: { name: 'january.csv', range: '0-99' },
      recipient: { id: GROUND.recipient, name: GROUND.recipient },
      provider: { id: GROUND.provider },
      dataset: { title: 'Footfall' },
      agreement: { reference: 'CON-2026-0001', version: 1 },
      accessRequest: { reference: 'REQ-2026-0001' },
      grantId,
    });
    expect(JSON.stringify(items)).not.toContain(GROUND.researcher);
  });

  it('comes in pages that go on where the last one ended', async () => {
    const first = await ask(GROUND.operatorOfficer, { pageSize: 2 });
    const pageToken = first.nextPageToken ?? '';
    const second = await ask(GROUND.operatorOfficer, { pageSize: 2, pageToken });
    expect([first, second].map(({ items }) => items.length)).toEqual([2, 1]);
    expect(second.nextPageToken).toBeNull();
    await expect(
      ask(GROUND.operatorOfficer, { datasetId: GROUND.dataset, pageToken }),
    ).rejects.toMatchObject({ code: 'page_token_invalid' });
  });

  it.each<[string, object, number]>([
    ['the recipient', { organisationId: GROUND.recipient }, 3],
    ['the provider, who received nothing', { organisationId: GROUND.provider }, 0],
    ['another dataset', { datasetId: GROUND.store }, 0],
    ['the agreement', { agreementId: GROUND.agreement }, 3],
    ['the person', { person: GROUND.researcher }, 3],
    ['a pseudonym that nobody has', { person: 'P-22222222' }, 0],
    ['a time before', { to: '2020-01-01T00:00:00Z' }, 0],
  ])('is found by %s', async (_, query, count) => {
    expect((await ask(GROUND.operatorOfficer, query)).items).toHaveLength(count);
  });

  it('is told to officers of the parties and of the operator alone (R5.8)', async () => {
    expect((await ask(GROUND.recipientOfficer)).items).toHaveLength(3);
    const officer = world.officerElsewhere();
    const api = world.api(DisclosuresReportApi);
    expect(
      (await pageOf(api.list(officer, { pageSize: 9 }, requestTo('/disclosures')))).items,
    ).toEqual([]);
    await expect(ask(GROUND.owner)).rejects.toMatchObject({ code: 'operation_denied' });
  });
});
