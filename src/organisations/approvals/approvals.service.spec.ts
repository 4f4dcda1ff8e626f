import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type Member,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import type { Role } from '../../identity/roles.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { MembershipEnds } from '../memberships/membership-ends.service.js';
import { OrganisationsService } from '../organisations.service.js';
import { PeopleService } from '../people/people.service.js';
import { Approvals } from './approvals.service.js';

const WEEK_MS = 7 * 24 * 3_600_000;

describe('approvals (R3.10)', () => {
  let world: OrganisationWorld;
  let approvals: Approvals;
  let roles: MembershipRoles;

  beforeAll(async () => {
    world = await organisationWorld();
    approvals = world.app.get(Approvals);
    roles = world.app.get(MembershipRoles);
  });
  afterAll(() => world.close());

  const rolesOf = async ({ subject }: Member): Promise<readonly string[]> =>
    (await world.as(subject)).memberships.flatMap((membership) => membership.roles);

  /** What an administrator proposes. */
  const proposalOf = async (by: string, { membershipId }: Member, role: Role): Promise<string> => {
    const answer = await roles.add(await world.as(by), membershipId, { role });
    return 'approvalId' in answer ? answer.approvalId : 'none';
  };

  /** The first administrator proposes a signatory. */
  const propose = async (): Promise<{ member: Member; id: string }> => {
    // Ids are in the order of time, and this clock stands still.
    world.clock.add(1);
    const member = await world.aMember(await world.anOrganisation(), 'dpo');
    return { member, id: await proposalOf(ADMIN, member, 'signatory') };
  };

  it('carry the act out inside the approval, and name both people in its event', async () => {
    const { member, id } = await propose();
    expect(await rolesOf(member)).toEqual(['dpo']);
    const answered = await approvals.approve(await world.as(ADMIN2), id);
    expect(answered).toMatchObject({ id, act: 'role_add', status: 'approved' });
    expect(await rolesOf(member)).toEqual(['dpo', 'signatory']);
    const rows = await world.database.manager.query<{ approved: boolean }[]>(
      `SELECT a.answered_by = $2 AND a.proposed_by <> a.answered_by AS approved
       FROM approval a WHERE a.id = $1`,
      [id, (await world.as(ADMIN2)).personId],
    );
    expect(rows).toEqual([{ approved: true }]);
  });

  it('are not the proposer’s to give', async () => {
    const { member, id } = await propose();
    await expect(approvals.approve(await world.as(ADMIN), id)).rejects.toMatchObject({
      code: 'approval_by_proposer',
    });
    expect(await rolesOf(member)).toEqual(['dpo']);
  });

  it('are not the subject’s to give', async () => {
    const operator = await world.operatorId();
    const subject = await world.aMember(operator, 'platform_admin');
    expect(await proposalOf(ADMIN, subject, 'dpo')).toBe('none');
    await roles.remove(await world.as(ADMIN), subject.membershipId, 'platform_admin', 'A test');
    const id = await proposalOf(ADMIN, subject, 'platform_admin');
    // As an administrator by another way, in the moment between.
    const self = await world.as(subject.subject);
    const asAdmin = {
      ...self,
      memberships: self.memberships.map((one) => ({ ...one, roles: ['platform_admin'] as const })),
    };
    await expect(approvals.approve(asAdmin, id)).rejects.toMatchObject({
      code: 'operation_denied',
    });
    expect(await rolesOf(subject)).toEqual(['dpo']);
  });

  it('need the duty: the organisation’s own people are denied, another tenant sees nothing', async () => {
    const { member, id } = await propose();
    const insider = await world.as(member.subject);
    await expect(approvals.approve(insider, id)).rejects.toMatchObject({
      code: 'operation_denied',
    });
    const other = await world.aMember(await world.anOrganisation(), 'dpo');
    const outsider = await world.as(other.subject);
    await expect(approvals.approve(outsider, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(approvals.reject(outsider, id, 'x')).rejects.toMatchObject({ code: 'not_found' });
    const absent = approvals.approve(outsider, '01990000-0000-7000-8000-00000000dead');
    await expect(absent).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lapse after 7 days', async () => {
    const one = await propose();
    const other = await world.aMember(await world.anOrganisation(), 'dpo');
    const lateId = await proposalOf(ADMIN, other, 'signatory');
    world.clock.add(WEEK_MS - 1);
    await approvals.approve(await world.as(ADMIN2), one.id);
    world.clock.add(1);
    await expect(approvals.approve(await world.as(ADMIN2), lateId)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      fields: { from: 'lapsed' },
    });
    expect(await rolesOf(other)).toEqual(['dpo']);
    expect(await approvals.list(await world.as(ADMIN), null, 100)).toEqual([]);
  });

  it('take the first of two answers that come at once', async () => {
    const { member, id } = await propose();
    const second = await world.as(ADMIN2);
    const answers = await Promise.allSettled([
      approvals.approve(second, id),
      approvals.reject(second, id, 'No'),
      approvals.approve(second, id),
    ]);
    const [won, ...others] = answers.filter(({ status }) => status === 'fulfilled');
    expect(others).toEqual([]);
    for (const lost of answers.filter(({ status }) => status === 'rejected')) {
      expect(lost).toMatchObject({ reason: { code: 'transition_not_allowed' } });
    }
    const isApproved = won?.status === 'fulfilled' && won.value.status === 'approved';
    expect(await rolesOf(member)).toEqual(isApproved ? ['dpo', 'signatory'] : ['dpo']);
  });

  it('end with a rejection, which the proposer may give too: it opens nothing', async () => {
    for (const subject of [ADMIN, ADMIN2]) {
      const { member, id } = await propose();
      const answer = await approvals.reject(await world.as(subject), id, 'A mistake');
      expect(answer.status).toBe('rejected');
      await expect(approvals.approve(await world.as(ADMIN2), id)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      expect(await world.eventsOf(member.membershipId)).toContain('approval.rejected');
    }
  });

  it('need two people who stand: not a proposer who was suspended or lost the role', async () => {
    const third = await world.aMember(await world.operatorId(), 'platform_admin');
    const member = await world.aMember(await world.anOrganisation(), 'dpo');
    const id = await proposalOf(third.subject, member, 'signatory');
    const people = world.app.get(PeopleService);
    await people.move(await world.as(ADMIN), third.personId, 'suspend', 'An incident');
    await expect(approvals.approve(await world.as(ADMIN2), id)).rejects.toMatchObject({
      code: 'conflict',
    });
    await people.move(await world.as(ADMIN), third.personId, 'resume', 'Cleared');
    await roles.remove(await world.as(ADMIN), third.membershipId, 'platform_admin', 'Moved on');
    await expect(approvals.approve(await world.as(ADMIN2), id)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await rolesOf(member)).toEqual(['dpo']);
  });

  it('check every guard again on what has become of the membership', async () => {
    const organisationId = await world.anOrganisation();
    const member = await world.aMember(organisationId, 'dpo');
    const admin = await world.as(ADMIN);
    const officer = await proposalOf(ADMIN, member, 'ig_officer');
    await roles.add(admin, member.membershipId, { role: 'data_owner' });
    const clash = approvals.approve(await world.as(ADMIN2), officer);
    await expect(clash).rejects.toMatchObject({ code: 'roles_incompatible' });

    const { id, member: leaver } = await propose();
    const memberships = world.app.get(MembershipEnds);
    await memberships.end(admin, leaver.membershipId, 'Left');
    await expect(approvals.approve(await world.as(ADMIN2), id)).rejects.toMatchObject({
      code: 'not_found',
    });

    const closing = await propose();
    const organisations = world.app.get(OrganisationsService);
    await organisations.move(admin, closing.member.organisationId, 'close', 'Merged');
    await expect(approvals.approve(await world.as(ADMIN2), closing.id)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are listed to those of the organisation and to the administrators, newest first', async () => {
    const [one, two] = [await propose(), await propose()];
    const ids = async (subject: string, after: string | null = null): Promise<string[]> =>
      (await approvals.list(await world.as(subject), after, 10)).map(({ id }) => id);
    expect((await ids(ADMIN2)).slice(0, 2)).toEqual([two.id, one.id]);
    expect((await ids(ADMIN2, two.id))[0]).toBe(one.id);
    expect(await ids(one.member.subject)).toEqual([one.id]);
  });
});
