import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type Member,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { Approvals } from '../approvals/approvals.service.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { MembershipEnds } from '../memberships/membership-ends.service.js';
import type { DelegationDto } from './delegation.dto.js';
import type { DelegationView } from './delegation.view.js';
import { Delegations } from './delegations.service.js';
import { DueDelegations } from './due-delegations.service.js';

const TODAY = '2026-05-01';

describe('deputies', () => {
  let world: OrganisationWorld;
  let delegations: Delegations;

  beforeAll(async () => {
    world = await organisationWorld();
    delegations = world.app.get(Delegations);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.clock.set(`${TODAY}T09:00:00Z`);
  });

  const give = async (
    giver: Member,
    deputy: Member,
    changes: Partial<DelegationDto> = {},
    key?: string,
  ): Promise<DelegationView> => {
    const dto = { role: 'dpo', startsOn: TODAY, endsOn: '2026-05-31', reason: 'Leave' } as const;
    const call = { ...dto, deputyId: deputy.personId, ...changes };
    return delegations.give(await world.as(giver.subject), giver.organisationId, call, key);
  };
  const rolesOf = async ({ subject }: Member): Promise<readonly string[]> =>
    (await world.as(subject)).memberships.flatMap(({ roles }) => roles);
  const pair = async (): Promise<{ giver: Member; deputy: Member }> => {
    const id = await world.anOrganisation();
    return {
      giver: await world.aMember(id, 'dpo'),
      deputy: await world.aMember(id, 'researcher'),
    };
  };

  it('R3.24 hold the role from the first to the last day, and the principal says by which delegation', async () => {
    const { giver, deputy } = await pair();
    const { id } = await give(giver, deputy, { startsOn: '2026-05-02', endsOn: '2026-05-03' });
    expect(await rolesOf(deputy)).toEqual(['researcher']);
    // London is an hour ahead in May: its midnights are at 23:00Z.
    world.clock.set('2026-05-01T23:00:00Z');
    expect(await rolesOf(deputy)).toEqual(['dpo', 'researcher']);
    expect((await world.as(deputy.subject)).memberships[0]).toMatchObject({
      ownRoles: ['researcher'],
      delegations: [{ delegationId: id, role: 'dpo', giverId: giver.personId }],
    });
    world.clock.set('2026-05-03T22:59:59Z');
    expect(await rolesOf(deputy)).toContain('dpo');
    world.clock.set('2026-05-03T23:00:00Z');
    expect(await rolesOf(deputy)).toEqual(['researcher']);
    expect(await rolesOf(giver)).toEqual(['dpo']);
  });

  it('R3.24 are recorded with an event that names the delegation', async () => {
    const { giver, deputy } = await pair();
    const given = await give(giver, deputy);
    expect(given).toMatchObject({
      role: 'dpo',
      giver: { personId: giver.personId },
      deputy: { personId: deputy.personId },
      endedAt: null,
    });
    expect(await world.eventsOf(giver.membershipId)).toContain('membership.delegated');
    const listed = await delegations.list(
      await world.as(deputy.subject),
      giver.organisationId,
      null,
      10,
    );
    expect(listed).toEqual([given]);
  });

  it('law 10: the same call with the same key makes one delegation', async () => {
    const { giver, deputy } = await pair();
    const first = await give(giver, deputy, {}, 'key');
    expect(await give(giver, deputy, {}, 'key')).toEqual(first);
    await expect(give(giver, deputy)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('R3.24 cannot delegate on', async () => {
    const { giver, deputy } = await pair();
    const third = await world.aMember(giver.organisationId, 'researcher');
    await give(giver, deputy);
    await expect(give(deputy, third)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it.each(['signatory', 'data_owner'] as const)(
    'R3.24 cannot be given the role %s by who does not hold it',
    async (role) => {
      const { giver, deputy } = await pair();
      await expect(give(giver, deputy, { role })).rejects.toMatchObject({
        code: 'operation_denied',
      });
    },
  );

  it('R3.24 are another live member of the same organisation', async () => {
    const { giver } = await pair();
    const stranger = await world.aMember(await world.anOrganisation(), 'researcher');
    const left = await world.aMember(giver.organisationId, 'researcher');
    const admin = await world.as(ADMIN);
    await world.app.get(MembershipEnds).end(admin, left.membershipId, 'Left');
    for (const deputy of [giver, stranger, left]) {
      await expect(give(giver, deputy)).rejects.toMatchObject({
        code: 'input_invalid',
        fields: { errors: [{ pointer: '/deputyId' }] },
      });
    }
  });

  it('law 3: a member of another organisation finds no organisation to delegate in', async () => {
    const { giver, deputy } = await pair();
    const other = await world.aMember(await world.anOrganisation(), 'dpo');
    await expect(
      give({ ...other, organisationId: giver.organisationId }, deputy),
    ).rejects.toMatchObject({ code: 'not_found' });
    const given = await give(giver, deputy);
    await expect(
      delegations.end(await world.as(other.subject), given.id, 'No'),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('R1.2 an ig_officer is no data owner, not even as a deputy; nor a deputy an ig_officer', async () => {
    const id = await world.anOrganisation();
    const owner = await world.aMember(id, 'data_owner');
    const officer = await world.aMember(id, 'ig_officer');
    await expect(give(owner, officer, { role: 'data_owner' })).rejects.toMatchObject({
      code: 'roles_incompatible',
    });
    const deputy = await world.aMember(id, 'researcher');
    await give(owner, deputy, { role: 'data_owner' });
    const roles = world.app.get(MembershipRoles);
    await expect(
      roles.add(await world.as(ADMIN), deputy.membershipId, { role: 'ig_officer' }),
    ).rejects.toMatchObject({ code: 'roles_incompatible' });
  });

  describe('end', () => {
    it.each(['giver', 'deputy', 'administrator'])('early, when the %s says so', async (who) => {
      const { giver, deputy } = await pair();
      const { id } = await give(giver, deputy);
      const by = who === 'giver' ? giver.subject : who === 'deputy' ? deputy.subject : ADMIN;
      const ended = await delegations.end(await world.as(by), id, 'Back');
      expect(ended.endedAt).toBe('2026-05-01T09:00:00.000Z');
      expect(await rolesOf(deputy)).toEqual(['researcher']);
      expect(await world.eventsOf(giver.membershipId)).toContain('membership.delegation-ended');
      await expect(delegations.end(await world.as(ADMIN), id, 'Again')).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
    });

    it('not by a colleague whom it does not concern', async () => {
      const { giver, deputy } = await pair();
      const colleague = await world.aMember(giver.organisationId, 'researcher');
      const { id } = await give(giver, deputy);
      await expect(
        delegations.end(await world.as(colleague.subject), id, 'No'),
      ).rejects.toMatchObject({ code: 'operation_denied' });
    });

    it.each(['giver', 'deputy'] as const)('R3.24 with the membership of the %s', async (who) => {
      const { giver, deputy } = await pair();
      const { id } = await give(giver, deputy);
      const leaver = who === 'giver' ? giver : deputy;
      const admin = await world.as(ADMIN);
      await world.app.get(MembershipEnds).end(admin, leaver.membershipId, 'Left');
      expect(await rolesOf(deputy)).toEqual(who === 'giver' ? ['researcher'] : []);
      const [row] = await delegations.list(admin, giver.organisationId, null, 1);
      expect(row).toMatchObject({ id, endedAt: '2026-05-01T09:00:00.000Z', endedBy: null });
      expect(await world.eventsOf(giver.membershipId)).toContain('membership.delegation-ended');
    });

    it('R3.24 with the role', async () => {
      const { giver, deputy } = await pair();
      await give(giver, deputy);
      const roles = world.app.get(MembershipRoles);
      await roles.remove(await world.as(ADMIN), giver.membershipId, 'dpo', 'Moved on');
      expect(await rolesOf(deputy)).toEqual(['researcher']);
      expect(await world.eventsOf(giver.membershipId)).toContain('membership.delegation-ended');
    });

    it('R3.24 with the membership by its date, before any job has written so', async () => {
      const id = await world.anOrganisation();
      const giver = await world.aMember(id, 'dpo');
      const deputy = await world.aMember(id, 'researcher');
      await give(giver, deputy);
      const sql = `UPDATE membership SET ends_on = '2026-05-01' WHERE id = $1`;
      await world.database.manager.query(sql, [giver.membershipId]);
      world.clock.set('2026-05-01T23:00:00Z');
      expect(await rolesOf(deputy)).toEqual(['researcher']);
    });

    it('R3.25 by date, written once by two workers', async () => {
      const { giver, deputy } = await pair();
      await give(giver, deputy, { endsOn: TODAY });
      const due = world.app.get(DueDelegations);
      await due.sweep();
      expect(await world.eventsOf(giver.membershipId)).not.toContain('membership.delegation-ended');
      world.clock.set('2026-05-01T23:00:00Z');
      await Promise.all([due.sweep(), due.sweep()]);
      const events = await world.eventsOf(giver.membershipId);
      expect(events.filter((type) => type === 'membership.delegation-ended')).toHaveLength(1);
    });
  });

  it('R3.10 a proposal stands while the proposer is a deputy, and falls when the giver loses the role', async () => {
    const id = await world.anOrganisation();
    const giver = await world.aMember(id, 'signatory');
    const deputy = await world.aMember(id, 'researcher');
    const dpo = await world.aMember(id, 'dpo');
    await give(giver, deputy, { role: 'signatory' });
    const approvals = world.app.get(Approvals);
    approvals.register('agreement_terminate', () => Promise.resolve());
    const propose = async (): Promise<string> => {
      const principal = await world.as(deputy.subject);
      const act = {
        act: 'agreement_terminate',
        targetId: id,
        organisationId: id,
        change: {},
      } as const;
      return (await world.database.transaction((tx) => approvals.propose(tx, principal, act)))
        .approvalId;
    };
    const first = await propose();
    await expect(approvals.approve(await world.as(deputy.subject), first)).rejects.toMatchObject({
      code: 'approval_by_proposer',
    });
    await expect(approvals.approve(await world.as(dpo.subject), first)).resolves.toMatchObject({
      status: 'approved',
    });
    const second = await propose();
    const roles = world.app.get(MembershipRoles);
    await roles.remove(await world.as(ADMIN2), giver.membershipId, 'signatory', 'Moved on');
    await expect(approvals.approve(await world.as(dpo.subject), second)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
