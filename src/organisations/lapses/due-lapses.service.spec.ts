import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { Approvals } from '../approvals/approvals.service.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { OrganisationsService } from '../organisations.service.js';
import { Accreditations } from '../people/accreditations.service.js';
import { PeopleService } from '../people/people.service.js';
import { Trainings } from '../people/trainings.service.js';
import { DueLapses } from './due-lapses.service.js';

/** The last instant of 30 June 2026 in London, and the first after it; London is an hour ahead. */
const LAST = '2026-06-30T22:59:59Z';
const OVER = '2026-06-30T23:00:00Z';
const until = { awardedOn: '2026-01-10', expiresOn: '2026-06-30' } as const;

describe('what lapses by date', () => {
  let world: OrganisationWorld;
  let lapses: DueLapses;
  let start: string;

  beforeAll(async () => {
    world = await organisationWorld();
    lapses = world.app.get(DueLapses);
    start = world.clock.now().toISOString();
  });
  afterAll(() => world.close());
  // What lapsed in one test stays so, and is no other's.
  beforeEach(() => {
    world.clock.set(start);
    world.grants.applied.length = 0;
    world.grants.failsWith = undefined;
  });

  const aResearcher = async () => world.aMember(await world.anOrganisation(), 'researcher');
  const accredit = async (personId: string, isVerified = true): Promise<string> => {
    const dto = { scheme: 'dea_full', number: 'A1', ...until };
    const accreditations = world.app.get(Accreditations);
    const { id } = await accreditations.record(await world.as(ADMIN), personId, dto);
    if (isVerified) {
      await accreditations.verify(await world.as(ADMIN2), personId, id);
    }
    return id;
  };
  /** Two workers at once, a second before and at the London midnight, and once more after it. */
  const sweepAround = async (): Promise<readonly number[]> => {
    const counts: number[] = [];
    for (const at of [LAST, OVER, OVER]) {
      world.clock.set(at);
      const [one, two] = await Promise.all([lapses.sweep(), lapses.sweep()]);
      counts.push(one + two);
    }
    return counts;
  };

  it('R3.25 an accreditation lapses once, with its cascade', async () => {
    const { personId } = await aResearcher();
    const id = await accredit(personId);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    expect(await world.eventsOf(id)).toEqual([
      'accreditation.lapsed',
      'accreditation.recorded',
      'accreditation.verified',
    ]);
    expect(world.grants.applied).toEqual([
      { code: 'accreditation_lapsed', personId, scheme: 'dea_full' },
    ]);
    const { accreditations } = await world.app
      .get(PeopleService)
      .get(await world.as(ADMIN), personId);
    expect(accreditations).toMatchObject([{ id, state: 'lapsed' }]);
  });

  it('an accreditation that nobody verified lapses and ends nothing', async () => {
    const { personId } = await aResearcher();
    await accredit(personId, false);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    expect(world.grants.applied).toEqual([]);
  });

  it('R3.25 a training lapses once, with its cascade', async () => {
    const { personId } = await aResearcher();
    const course = 'safe_researcher_training';
    const dto = { course, ...until };
    const { id } = await world.app.get(Trainings).record(await world.as(ADMIN), personId, dto);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    expect(await world.eventsOf(id)).toEqual(['training.lapsed', 'training.recorded']);
    expect(world.grants.applied).toEqual([{ code: 'training_lapsed', personId, course }]);
  });

  it('R3.25 an organisation check lapses once, with its cascade', async () => {
    const organisationId = await world.anOrganisation();
    const dto = { kind: 'dspt', number: '1', issuedOn: '2026-01-01', expiresOn: '2026-06-30' };
    await world.app
      .get(OrganisationsService)
      .recordCheck(await world.as(ADMIN), organisationId, dto);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    expect(world.grants.applied).toEqual([
      { code: 'organisation_check_lapsed', organisationId, kind: 'dspt' },
    ]);
    const events = await world.database.manager.query<{ type: string }[]>(
      `SELECT type FROM audit_event WHERE type = 'organisation.check-lapsed'`,
    );
    expect(events).toHaveLength(1);
  });

  it('R3.25 an affiliation ends once, with its cascade', async () => {
    const { personId, membershipId, organisationId } = await aResearcher();
    const sql = `UPDATE membership SET ends_on = '2026-06-30' WHERE id = $1`;
    await world.database.manager.query(sql, [membershipId]);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    expect(await world.eventsOf(membershipId)).toContain('membership.ended');
    expect(world.grants.applied).toEqual([{ code: 'membership_ended', personId, organisationId }]);
  });

  it('R3.25 a role ends once, with its cascade, and the membership goes on', async () => {
    const { personId, membershipId, organisationId } = await aResearcher();
    const roles = world.app.get(MembershipRoles);
    const dto = { role: 'data_owner', endsOn: '2026-06-30' } as const;
    await roles.add(await world.as(ADMIN), membershipId, dto);
    expect(await sweepAround()).toEqual([0, 1, 0]);
    const cause = { code: 'role_ended', personId, organisationId, role: 'data_owner' };
    expect(world.grants.applied).toEqual([cause]);
    expect(await world.eventsOf(membershipId)).toContain('membership.role-removed');
    const held = await world.database.manager.query<{ role: string }[]>(
      'SELECT role FROM membership_role WHERE membership_id = $1 AND ended_at IS NULL',
      [membershipId],
    );
    expect(held).toEqual([{ role: 'researcher' }]);
  });

  it('law 1: a cascade that fails leaves the lapse for the next sweep', async () => {
    const { personId } = await aResearcher();
    const id = await accredit(personId);
    world.grants.failsWith = new Error('No');
    world.clock.set(OVER);
    expect(await lapses.sweep()).toBe(0);
    expect(await world.eventsOf(id)).not.toContain('accreditation.lapsed');
    world.grants.failsWith = undefined;
    expect(await lapses.sweep()).toBe(1);
  });

  it('R3.16 a new accreditation brings nothing back by itself', async () => {
    const { personId } = await aResearcher();
    await accredit(personId);
    world.clock.set(OVER);
    await lapses.sweep();
    world.grants.applied.length = 0;
    const accreditations = world.app.get(Accreditations);
    const dto = {
      scheme: 'dea_full',
      number: 'A2',
      awardedOn: '2026-06-30',
      expiresOn: '2027-06-30',
    };
    const { id } = await accreditations.record(await world.as(ADMIN), personId, dto);
    await accreditations.verify(await world.as(ADMIN2), personId, id);
    expect(await lapses.sweep()).toBe(0);
    expect(world.grants.applied).toEqual([]);
  });

  it('R3.10 a proposal lapses after 7 days, once', async () => {
    const organisationId = await world.anOrganisation();
    const approvals = world.app.get(Approvals);
    const admin = await world.as(ADMIN);
    const act = { act: 'role_add', targetId: organisationId, organisationId, change: {} } as const;
    const { approvalId } = await world.database.transaction((tx) =>
      approvals.propose(tx, admin, act),
    );
    world.clock.add(7 * 86_400_000 - 1);
    expect(await approvals.lapseDue()).toBe(0);
    world.clock.add(1);
    const lapsed = await Promise.all([approvals.lapseDue(), approvals.lapseDue()]);
    expect(lapsed.reduce((sum, one) => sum + one)).toBe(1);
    expect(await world.eventsOf(organisationId)).toContain('approval.lapsed');
    await expect(approvals.approve(await world.as(ADMIN2), approvalId)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
  });
});
