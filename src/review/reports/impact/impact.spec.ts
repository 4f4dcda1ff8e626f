import { GROUND, worldTerms } from '../../../../test/support/grant-world.js';
import { reportWorld, requestTo, type ReportWorld } from '../../../../test/support/report-world.js';
import { asSuperuser } from '../../../../test/support/superuser.js';
import { PREVIEW_LIMIT } from '../../../cascade/cascade.service.js';
import { STOP_TYPES, type StopType } from '../../../grants/impact/impact.rules.js';
import type { Principal } from '../../../identity/principal.js';
import { addDays, endOfDay } from '../../../kernel/london-day.js';
import { ImpactReportApi } from './impact.api.js';
import type { ImpactReportView } from './impact.view.js';

const SECOND = '01990000-0000-7000-8000-0000000000f2';
const THEIR_GRANT = '01990000-0000-7000-8000-0000000000f3';
const THEIR_PROJECT = '01990000-0000-7000-8000-0000000000f4';
const ABSENT = '01990000-0000-7000-8000-00000000dead';

describe('if this stops', () => {
  let world: ReportWorld;
  let mine: string;
  let theirs: string;
  let pseudonym: string;

  beforeAll(async () => {
    world = await reportWorld({
      terms: {
        accreditations: ['dea_full'],
        trainings: ['srt'],
        orgChecks: ['dspt'],
        noticeDays: 45,
        breachHours: 12,
        disposalDays: 20,
      },
    });
    const until = addDays(world.today, 300);
    await world.add(async (rows) => {
      await rows.organisationCheck(GROUND.recipient, 'dspt', until);
      for (const personId of [GROUND.researcher, GROUND.colleague]) {
        await rows.accreditation(personId, 'dea_full', until);
        await rows.training(personId, 'srt', until);
      }
    });
    mine = (await world.issue()).id;
    theirs = (await world.issue(GROUND.colleaguesRequest, GROUND.colleague)).id;
    pseudonym = await idFrom('person', `id = '${GROUND.researcher}'`, 'pseudonym');
    await shareElsewhere();
  }, 120_000);
  afterAll(() => world.close());

  /** The same store serves a third organisation under an agreement of its own. */
  const shareElsewhere = async (): Promise<void> => {
    const [other] = world.as(GROUND.stranger).memberships;
    const terms = worldTerms(world.today);
    const parties = terms.parties.map((party) =>
      party.lead ? party : { ...party, organisationId: other?.organisationId ?? '' },
    );
    await world.addAgreement(SECOND, 'CON-2026-0002', { ...terms, parties });
    await world.add((rows) =>
      rows.project(THEIR_PROJECT, 'PRJ-2026-0002', other?.organisationId ?? '', terms.endsOn, [
        GROUND.stranger,
      ]),
    );
    await world.force(
      `INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object('id', $2::text, 'person_id', $3::text,
         'organisation_id', $4::text, 'agreement_id', $5::text, 'project_id', $6::text))).* FROM grants g WHERE g.id = $1`,
      [mine, THEIR_GRANT, GROUND.stranger, other?.organisationId, SECOND, THEIR_PROJECT],
    );
  };
  const idFrom = async (table: string, where: string, column = 'id'): Promise<string> => {
    const [row] = await world.query<{ id: string }>(
      `SELECT ${column} AS id FROM ${table} WHERE ${where}`,
    );
    return row?.id ?? '';
  };
  const hers = `person_id = '${GROUND.researcher}'`;
  const idsOf = async (type: StopType): Promise<{ id: string; part?: string }> => {
    const membership = await idFrom('membership', hers);
    const ids: Readonly<Record<StopType, { id: string; part?: string }>> = {
      agreement: { id: GROUND.agreement },
      party: {
        id: await idFrom(
          'agreement_party',
          `organisation_id = '${GROUND.recipient}' AND agreement_id = '${GROUND.agreement}'`,
        ),
      },
      organisation: { id: GROUND.recipient },
      organisation_check: { id: GROUND.recipient, part: 'dspt' },
      membership: { id: membership },
      role: { id: membership, part: 'researcher' },
      person: { id: pseudonym },
      accreditation: { id: await idFrom('accreditation', hers) },
      training: { id: await idFrom('training', hers) },
      project: { id: GROUND.project },
      project_member: { id: GROUND.project, part: pseudonym },
      dataset: { id: GROUND.dataset },
      store: { id: GROUND.store },
    };
    return ids[type];
  };
  const ask = async (
    who: string | Principal,
    type: StopType,
    ids?: { id: string; part?: string },
  ): Promise<ImpactReportView> =>
    world
      .api(ImpactReportApi)
      .get(
        typeof who === 'string' ? world.as(who) : who,
        { type, ...(ids ?? (await idsOf(type))) },
        requestTo('/impact'),
      );
  const endingOf = ({ affected }: ImpactReportView) => affected.map(({ id }) => id).sort();

  const alone: readonly StopType[] = [
    'membership',
    'role',
    'person',
    'accreditation',
    'training',
    'project_member',
  ];
  const shared: readonly StopType[] = ['dataset', 'store'];

  it.each(STOP_TYPES)(
    'a %s: what ends and whom to tell, for officers of both sides',
    async (type) => {
      const ours = alone.includes(type) ? [mine] : [mine, theirs].sort();
      for (const who of [GROUND.recipientOfficer, GROUND.providerOfficer, GROUND.operatorOfficer]) {
        const isTheirs = who !== GROUND.recipientOfficer && shared.includes(type);
        const view = await ask(who, type);
        expect(endingOf(view)).toEqual(isTheirs ? [...ours, THEIR_GRANT].sort() : ours);
        const under = view.tell.filter(({ agreement }) => agreement.id === GROUND.agreement);
        expect(
          under.map(({ organisation, held, provided }) => [organisation.id, held, provided]),
        ).toEqual([
          [GROUND.provider, 0, ours.length],
          [GROUND.recipient, ours.length, 0],
        ]);
        expect(view.tell).toHaveLength(isTheirs ? 4 : 2);
        expect(JSON.stringify(view.affected)).not.toContain(GROUND.researcher);
      }
    },
  );

  it.each(STOP_TYPES)(
    'a %s is nothing to officers of others, nor is one that is not there (R5.8)',
    async (type) => {
      const [held] = world.as(GROUND.stranger).memberships;
      const nobodys = {
        ...world.officerElsewhere(),
        memberships: [{ ...held, organisationId: ABSENT, roles: ['ig_officer'] }],
      } as Principal;
      await expect(ask(nobodys, type)).rejects.toMatchObject({ code: 'not_found' });
      const absent = { ...(await idsOf(type)), id: type === 'person' ? 'P-22222222' : ABSENT };
      await expect(ask(GROUND.operatorOfficer, type, absent)).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(ask(GROUND.researcher, type)).rejects.toMatchObject({
        code: 'operation_denied',
      });
    },
  );

  it('shows who shares a store what ends for them, and nothing of the others (R5.8)', async () => {
    const view = await ask(world.officerElsewhere(), 'store');
    expect(endingOf(view)).toEqual([THEIR_GRANT]);
    expect(view.tell.map(({ agreement }) => agreement.reference)).toEqual([
      'CON-2026-0002',
      'CON-2026-0002',
    ]);
    expect(JSON.stringify(view)).not.toContain(GROUND.recipient);
    for (const type of STOP_TYPES.filter((one) => !shared.includes(one))) {
      await expect(ask(world.officerElsewhere(), type)).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  /** More live grants of the same holder as one that is there, all with smaller ids. */
  const copies = (grantId: string, kind: string): Promise<void> =>
    asSuperuser(
      world.db,
      `SET session_replication_role = replica; INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object(
         'id', '0000000${kind}-0000-4000-8000-' || lpad(n::text, 12, '0'), 'access_request_id', gen_random_uuid()))).*
       FROM grants g, generate_series(1, ${String(PREVIEW_LIMIT)}) n WHERE g.id = '${grantId}'`,
    );

  it('names a thousand of what concerns the reader, whatever ends for others before, and says when it was cut', async () => {
    try {
      await copies(THEIR_GRANT, 'b');
      const ours = await ask(GROUND.recipientOfficer, 'store');
      expect(ours.isComplete).toBe(true);
      expect(endingOf(ours)).toEqual([mine, theirs].sort());
      const elsewhere = await ask(world.officerElsewhere(), 'store');
      expect(elsewhere.isComplete).toBe(false);
      expect(elsewhere.affected).toHaveLength(PREVIEW_LIMIT);
      const everybodys = await ask(GROUND.operatorOfficer, 'store');
      expect(everybodys.isComplete).toBe(false);
      expect(everybodys.affected).toHaveLength(PREVIEW_LIMIT);

      await copies(mine, 'c');
      const cut = await ask(GROUND.recipientOfficer, 'store');
      expect(cut.isComplete).toBe(false);
      expect(cut.affected).toHaveLength(PREVIEW_LIMIT);
      expect(cut.tell).toMatchObject([{ provided: PREVIEW_LIMIT }, { held: PREVIEW_LIMIT }]);
    } finally {
      await world.force(`DELETE FROM grants WHERE id::text LIKE '0000000_-0000-4000-8000-%'`, []);
    }
  });

  it('says by when, and where to write to', async () => {
    const now = world.clock.now();
    const { tell, names, at } = await ask(GROUND.recipientOfficer, 'agreement');
    expect(at).toBe(now.toISOString());
    expect(names).toMatchObject({ [GROUND.dataset]: 'Footfall' });
    const contacts = { queries: 'query@example.org', breaches: 'breach@example.org' };
    const notice = { days: 45, endsAt: endOfDay(addDays(world.today, 45)).toISOString() };
    const incident = {
      hours: 12,
      tellBy: new Date(now.getTime() + 12 * 3_600_000).toISOString(),
    };
    const dueAt = endOfDay(addDays(world.today, 20)).toISOString();
    expect(tell).toMatchObject([
      { isLead: true, dataRole: 'provider', contacts, notice, incident, disposal: null },
      {
        isLead: false,
        dataRole: 'recipient',
        contacts,
        notice,
        incident,
        disposal: { how: 'destroy', days: 20, dueAt },
      },
    ]);
    const { tell: ofStore } = await ask(GROUND.recipientOfficer, 'store');
    expect(ofStore.map((one) => one.notice)).toEqual([null, null]);
  });

  it('takes and gives people by pseudonym, and is an event about them (R5.7)', async () => {
    world.clock.add(1000);
    const view = await ask(GROUND.recipientOfficer, 'person');
    expect(view).toMatchObject({ type: 'person', id: pseudonym, part: null });
    expect(view.affected).toMatchObject([{ person: pseudonym }]);
    expect(JSON.stringify(view)).not.toContain(GROUND.researcher);
    const [event] = await world.query<{ person_ids: string[]; reason_codes: string[] }>(
      `SELECT person_ids, reason_codes FROM audit_event WHERE type = 'audit.searched'
       ORDER BY occurred_at DESC, id DESC LIMIT 1`,
    );
    expect(event?.reason_codes).toEqual(['type=person']);
    expect(event?.person_ids).toContain(GROUND.researcher);
  });

  it.each<[StopType, { id: string; part?: string }, string]>([
    ['store', { id: 'P-22222222' }, '/id'],
    ['project_member', { id: GROUND.project, part: 'somebody' }, '/part'],
    ['project_member', { id: GROUND.project }, '/part'],
  ])('a %s of %j is bad input, in %s', async (type, ids, pointer) => {
    await expect(ask(GROUND.operatorOfficer, type, ids)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer }] },
    });
  });

  it('an agreement that is not in force ends nothing, and tells nobody', async () => {
    await world.force(
      `UPDATE agreement_version SET status = 'terminated' WHERE agreement_id = $1`,
      [GROUND.agreement],
    );
    expect(await ask(GROUND.recipientOfficer, 'agreement')).toMatchObject({
      affected: [],
      tell: [],
      isComplete: true,
    });
  });
});
