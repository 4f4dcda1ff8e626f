import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import type { Principal } from '../../../identity/principal.js';
import { addDays, endOfDay, londonDay } from '../../../kernel/london-day.js';
import { ExpiriesReportApi } from './expiries.api.js';
import type { ExpiryView } from './expiry.view.js';

const CHECK = '01990000-0000-7000-8000-00000000c001';

describe('what lapses or is to be reviewed', () => {
  let world: ReportWorld;
  let grantId: string;

  beforeAll(async () => {
    world = await reportWorld();
    const day = (days: number): string => addDays(world.today, days);
    await world.add(async (rows, tx) => {
      await rows.accreditation(GROUND.researcher, 'dea_full', day(10));
      await rows.training(GROUND.researcher, 'srt', day(20));
      await rows.training(GROUND.colleague, 'srt', day(-1));
      await rows.organisationCheck(GROUND.recipient, 'dspt', day(40));
      await tx.query(
        `INSERT INTO delegation (id, membership_id, role, deputy_id, starts_on, ends_on, reason, audit_event_id)
         SELECT $1, $2, 'data_owner', $3, $4::date, $4::date + 5, 'Leave', audit_event_id FROM person WHERE id = $3`,
        [CHECK, GROUND.owner, GROUND.providerOfficer, world.today],
      );
    });
    grantId = (await world.issue()).id;
    const set = (sql: string, ...params: unknown[]) => world.force(sql, params);
    await set(
      'UPDATE membership SET ends_on = $1 WHERE person_id = $2',
      day(30),
      GROUND.researcher,
    );
    await set(
      'UPDATE membership_role SET ends_on = $1 WHERE membership_id = $2',
      day(31),
      GROUND.colleague,
    );
    await set('UPDATE project SET ends_on = $1', day(50));
    await set('UPDATE access_request SET until_on = $1 WHERE id = $2', day(65), GROUND.request);
    await set(
      `UPDATE access_request SET until_on = $1 WHERE id = $2`,
      day(300),
      GROUND.colleaguesRequest,
    );
    await set('UPDATE grants SET expires_at = $1', endOfDay(day(45)));
    await set('UPDATE partner_store SET rotated_at = $1', endOfDay(day(-101)));
    await set(
      `UPDATE agreement_version SET ends_at = $1, terms = terms || jsonb_build_object('endsOn', $2::text, 'reviewOn', $3::text,
         'dpia', terms -> 'dpia' || jsonb_build_object('reviewOn', $4::text),
         'items', jsonb_set(terms -> 'items', '{0,assessment}', jsonb_build_object('reviewBy', $5::text)))`,
      endOfDay(day(60)),
      day(60),
      day(-3),
      day(70),
      day(75),
    );
  }, 120_000);
  afterAll(() => world.close());

  const ask = async (
    who: string | Principal,
    query: object = {},
  ): Promise<{ items: readonly ExpiryView[]; nextPageToken: string | null }> =>
    pageOf(
      world
        .api(ExpiriesReportApi)
        .list(
          typeof who === 'string' ? world.as(who) : who,
          { days: 90, pageSize: 100, ...query },
          requestTo('/expiries'),
        ),
    );
  const told = async (who: string, query: object = {}): Promise<readonly string[]> =>
    (await ask(who, query)).items.map(({ cause, daysLeft }) => `${cause} ${String(daysLeft)}`);

  const OF_PROVIDER = [
    'store_credentials -10',
    'agreement_review -3',
    'delegation 5',
    'grant 45',
    'agreement_end 60',
    'access_request 65',
    'dpia_review 70',
    'assessment 75',
  ];
  const OF_RECIPIENT = [
    'agreement_review -3',
    'accreditation 10',
    'training 20',
    'affiliation 30',
    'role_end 31',
    'organisation_check 40',
    'grant 45',
    'project_end 50',
    'agreement_end 60',
    'access_request 65',
    'dpia_review 70',
    'assessment 75',
  ];
  const dayOf = (line: string): number => Number(line.split(' ')[1]);
  const EVERYTHING = [...new Set([...OF_PROVIDER, ...OF_RECIPIENT])].sort(
    (one, other) => dayOf(one) - dayOf(other),
  );

  it('is told soonest first, what is late before, and written down', async () => {
    expect(await told(GROUND.operatorOfficer)).toEqual(EVERYTHING);
    expect((await world.readings()).at(-1)).toBe('days=90');
  });

  it('says what it is, whose, and who is to see to it, people by pseudonym', async () => {
    const { items } = await ask(GROUND.operatorOfficer);
    const of = (wanted: string) => items.find(({ cause }) => cause === wanted);
    expect(of('grant')).toMatchObject({
      kind: 'lapse',
      subject: { type: 'grant', id: grantId },
      dueOn: addDays(world.today, 45),
      isLate: false,
      about: expect.stringMatching(/^Grant of P-[a-z2-7]{8} on Footfall$/) as string,
      organisations: [{ id: GROUND.provider }, { id: GROUND.recipient }],
      accountable: { organisationIds: [GROUND.recipient], roles: ['data_owner'] },
      people: [expect.stringMatching(/^P-/)],
    });
    expect(of('agreement_review')).toMatchObject({
      kind: 'review',
      subject: { type: 'agreement', id: GROUND.agreement },
      isLate: true,
      about: 'Review of agreement CON-2026-0001',
      accountable: { roles: ['dpo', 'ig_officer'] },
      people: [],
    });
    expect(of('assessment')?.about).toBe(
      'Assessment of views on Footfall under agreement CON-2026-0001',
    );
    expect(of('project_end')?.people).toEqual([]);
    for (const id of [GROUND.researcher, GROUND.colleague, GROUND.owner]) {
      // A membership of this world has the id of its person; nothing else may hold it.
      const others = items.filter(({ subject }) => subject.id !== id);
      expect(JSON.stringify(others)).not.toContain(id);
    }
  });

  it('comes in pages that go on where the last one ended', async () => {
    const seen: string[] = [];
    let pageToken: string | null = null;
    do {
      const page = await ask(GROUND.operatorOfficer, {
        pageSize: 3,
        ...(pageToken && { pageToken }),
      });
      seen.push(...page.items.map(({ cause, daysLeft }) => `${cause} ${String(daysLeft)}`));
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    expect(seen).toEqual(EVERYTHING);
    const { nextPageToken } = await ask(GROUND.operatorOfficer, { pageSize: 3 });
    await expect(
      ask(GROUND.operatorOfficer, { pageSize: 3, days: 30, pageToken: nextPageToken }),
    ).rejects.toMatchObject({ code: 'page_token_invalid' });
  });

  it('is what is asked for: fewer days, one cause, one organisation', async () => {
    expect(await told(GROUND.operatorOfficer, { days: 30 })).toEqual(
      EVERYTHING.filter((line) => dayOf(line) <= 30),
    );
    expect(await told(GROUND.operatorOfficer, { cause: 'training' })).toEqual(['training 20']);
    const query = { organisationId: GROUND.provider };
    expect(await told(GROUND.operatorOfficer, query)).toEqual(OF_PROVIDER);
  });

  it('is told to officers of whom it concerns, and of the operator (R5.8)', async () => {
    expect(await told(GROUND.providerOfficer)).toEqual(OF_PROVIDER);
    expect(await told(GROUND.recipientOfficer)).toEqual(OF_RECIPIENT);
    expect((await ask(world.officerElsewhere())).items).toEqual([]);
    const query = { organisationId: GROUND.provider };
    expect((await ask(world.officerElsewhere(), query)).items).toEqual([]);
    await expect(ask(GROUND.owner)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('counts London days: a grant that ends at midnight there ends with the day before', async () => {
    await world.force(`UPDATE grants SET expires_at = '2027-06-30T23:00:00Z'`);
    world.clock.set('2027-06-30T22:30:00Z');
    const one = async () => (await ask(GROUND.operatorOfficer, { cause: 'grant' })).items;
    expect(await one()).toMatchObject([{ dueOn: '2027-06-30', daysLeft: 0 }]);
    world.clock.set('2027-06-30T23:00:00Z');
    expect(londonDay(world.clock.now())).toBe('2027-07-01');
    expect(await one()).toEqual([]);
  });
});
