import type { Principal } from '../../identity/principal.js';
import { GROUND } from '../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../test/support/report-world.js';
import { AccountingReportApi } from './accounting/accounting.api.js';
import { ActivityReportApi } from './activity/activity.api.js';
import { BasisReportApi } from './basis/basis.api.js';
import { DecisionReportApi } from './decision/decision.api.js';
import { Reports } from './reports.service.js';

const REQUEST = requestTo('/reports');
const PAGE = { pageSize: 100 };

describe('R5.8: of what names another organisation', () => {
  let world: ReportWorld;
  let eventId: string;

  beforeAll(async () => {
    world = await reportWorld();
    const { id } = await world.issue();
    eventId = await world.deliver(id);
    world.clock.add(1000);
  }, 120_000);
  afterAll(() => world.close());

  const basis = async (who: Principal) => world.api(BasisReportApi).get(who, eventId, REQUEST);
  const decision = async (who: Principal) =>
    world.api(DecisionReportApi).get(who, GROUND.request, REQUEST);
  const activity = async (who: Principal) =>
    (await pageOf(world.api(ActivityReportApi).list(who, GROUND.researcher, PAGE, REQUEST))).items;
  const accounting = async (who: Principal) =>
    (await world.api(AccountingReportApi).get(who, { organisationId: GROUND.provider }, REQUEST))
      .groups;

  it.each([
    ['the basis of a disclosure', basis],
    ['the decision on a request', decision],
  ])('an officer does not find %s, as if there were none; a party’s does', async (_, ask) => {
    await expect(ask(world.officerElsewhere())).rejects.toMatchObject({ code: 'not_found' });
    for (const who of [GROUND.providerOfficer, GROUND.recipientOfficer, GROUND.operatorOfficer]) {
      expect(await ask(world.as(who))).toMatchObject({ agreement: { id: GROUND.agreement } });
    }
  });

  it.each([
    ['activity of a person', activity],
    ['accounting of disclosures', accounting],
  ])('an officer finds nothing in the %s; a party’s does', async (_, ask) => {
    expect(await ask(world.officerElsewhere())).toEqual([]);
    for (const who of [GROUND.providerOfficer, GROUND.recipientOfficer, GROUND.operatorOfficer]) {
      expect(await ask(world.as(who))).not.toEqual([]);
    }
  });

  it.each([
    ['basis', basis],
    ['decision', decision],
    ['activity', activity],
    ['accounting', accounting],
  ])('who is no officer is refused the %s', async (_, ask) => {
    await expect(ask(world.as(GROUND.owner))).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('a report about a pseudonym that nobody has asks nothing, and is in nobody’s trail', async () => {
    const before = await world.readings();
    const asked = {
      principal: world.as(GROUND.operatorOfficer),
      request: REQUEST,
      filters: {},
      person: 'P-22222222',
    };
    let hasRun = false;
    const work = () => {
      hasRun = true;
      return Promise.resolve(1);
    };
    await expect(
      world.app.get(Reports, { strict: false }).answer(asked, work, { count: () => 1 }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(hasRun).toBe(false);
    expect(await world.readings()).toEqual(before);
  });
});
