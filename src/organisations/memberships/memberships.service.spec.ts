import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { MembershipEnds } from './membership-ends.service.js';
import { MembershipRoles } from './membership-roles.service.js';
import { MembershipsService } from './memberships.service.js';

describe('memberships', () => {
  let world: OrganisationWorld;
  let memberships: MembershipsService;
  let ends: MembershipEnds;
  let roles: MembershipRoles;

  beforeAll(async () => {
    world = await organisationWorld();
    memberships = world.app.get(MembershipsService);
    ends = world.app.get(MembershipEnds);
    roles = world.app.get(MembershipRoles);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.grants.applied.length = 0;
    world.grants.failsWith = undefined;
  });

  const rolesOf = async (subject: string): Promise<readonly string[]> =>
    (await world.as(subject)).memberships.flatMap((membership) => membership.roles);

  describe('adding', () => {
    it('gives roles that take one person at once, and proposes the others', async () => {
      const id = await world.anOrganisation();
      const dto = world.aMembership({ roles: ['data_owner', 'signatory'] });
      const view = await memberships.add(await world.as(ADMIN), id, dto);
      expect(view).toMatchObject({ organisationId: id, roles: ['data_owner'] });
      expect(view.approvals).toMatchObject([{ role: 'signatory' }]);
      expect(await rolesOf(dto.subject)).toEqual(['data_owner']);
      expect(await world.eventsOf(view.id)).toEqual([
        'approval.proposed',
        'membership.role-added',
        'membership.started',
      ]);
    });

    it('knows a person again by issuer and subject, and keeps what it knows of them', async () => {
      const dto = world.aMembership({ name: 'First' });
      const admin = await world.as(ADMIN);
      const one = await memberships.add(admin, await world.anOrganisation(), dto);
      const again = { ...dto, name: 'Second' };
      const other = await memberships.add(admin, await world.anOrganisation(), again);
      expect(other).toMatchObject({ personId: one.personId, name: 'First' });
      expect((await world.as(dto.subject)).memberships).toHaveLength(2);
    });

    it('makes one live membership of one person in one organisation', async () => {
      const id = await world.anOrganisation();
      const dto = world.aMembership();
      const admin = await world.as(ADMIN);
      await memberships.add(admin, id, dto);
      await expect(memberships.add(admin, id, dto)).rejects.toMatchObject({ code: 'conflict' });
    });

    it('registers a person once when two administrators do so at once', async () => {
      const id = await world.anOrganisation();
      const dto = world.aMembership();
      const [one, two] = [await world.as(ADMIN), await world.as(ADMIN2)];
      const results = await Promise.allSettled([
        memberships.add(one, id, dto),
        memberships.add(two, id, dto),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'conflict' },
      });
    });

    it('answers a repeated call with the same membership and proposals', async () => {
      const id = await world.anOrganisation();
      const dto = world.aMembership({ roles: ['signatory'] });
      const admin = await world.as(ADMIN);
      const first = await memberships.add(admin, id, dto, 'key');
      expect(await memberships.add(admin, id, dto, 'key')).toEqual(first);
    });

    it.each([
      { name: 'an end before the start', changes: { endsOn: '2025-12-31' } },
      { name: 'a researcher of six years', changes: { endsOn: '2031-12-31' } },
      { name: 'an administrator of a partner', changes: { roles: ['platform_admin' as const] } },
    ])('refuses $name', async ({ changes }) => {
      const id = await world.anOrganisation();
      const adding = memberships.add(await world.as(ADMIN), id, world.aMembership(changes));
      await expect(adding).rejects.toMatchObject({ code: 'input_invalid' });
    });

    it('is the administrators’: denied to the organisation’s people, absent to others’', async () => {
      const id = await world.anOrganisation();
      const insider = await world.aMember(id, 'data_owner');
      const outsider = await world.aMember(await world.anOrganisation(), 'data_owner');
      for (const [{ subject }, code] of [
        [insider, 'operation_denied'],
        [outsider, 'not_found'],
      ] as const) {
        const adding = memberships.add(await world.as(subject), id, world.aMembership());
        await expect(adding).rejects.toMatchObject({ code });
      }
    });
  });

  describe('roles', () => {
    it('R1.2: keep who watches from owning, in whichever order they come', async () => {
      const id = await world.anOrganisation();
      const admin = await world.as(ADMIN);
      const officer = await world.aMember(id, 'ig_officer');
      await expect(
        roles.add(admin, officer.membershipId, { role: 'data_owner' }),
      ).rejects.toMatchObject({
        code: 'roles_incompatible',
      });
      const owner = await world.aMember(id, 'data_owner');
      await expect(
        roles.add(admin, owner.membershipId, { role: 'ig_officer' }),
      ).rejects.toMatchObject({
        code: 'roles_incompatible',
      });
      expect(await rolesOf(owner.subject)).toEqual(['data_owner']);
    });

    it('are not added twice, nor to oneself', async () => {
      const owner = await world.aMember(await world.anOrganisation(), 'data_owner');
      const admin = await world.as(ADMIN);
      await expect(
        roles.add(admin, owner.membershipId, { role: 'data_owner' }),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      const own = admin.memberships[0]?.membershipId ?? '';
      await expect(roles.add(admin, own, { role: 'dpo' })).rejects.toMatchObject({
        code: 'operation_denied',
      });
    });

    it('end with what rested on them', async () => {
      const member = await world.aMember(await world.anOrganisation(), 'researcher', 'dpo');
      const { subject, membershipId, personId, organisationId } = member;
      const admin = await world.as(ADMIN);
      const view = await roles.remove(admin, membershipId, 'researcher', 'Moved on');
      expect(view.roles).toEqual(['dpo']);
      expect(await rolesOf(subject)).toEqual(['dpo']);
      expect(world.grants.applied).toEqual([
        { code: 'role_ended', personId, organisationId, role: 'researcher' },
      ]);
      await expect(roles.remove(admin, membershipId, 'researcher', 'x')).rejects.toMatchObject({
        code: 'not_found',
      });
    });
  });

  describe('ending', () => {
    it('ends, in one transaction, the membership and what rests on it', async () => {
      const member = await world.aMember(await world.anOrganisation(), 'researcher');
      const { subject, membershipId, personId, organisationId } = member;
      await ends.end(await world.as(ADMIN), membershipId, 'Left');
      expect((await world.as(subject)).memberships).toEqual([]);
      expect(world.grants.applied).toEqual([
        { code: 'membership_ended', personId, organisationId },
      ]);
      expect(await world.eventsOf(membershipId)).toContain('membership.ended');
      const again = ends.end(await world.as(ADMIN), membershipId, 'Left');
      await expect(again).rejects.toMatchObject({ code: 'not_found' });
    });

    it('leaves the member, and no event, when a handler of the cascade fails', async () => {
      const member = await world.aMember(await world.anOrganisation(), 'researcher');
      world.grants.failsWith = new Error('no');
      const ending = ends.end(await world.as(ADMIN), member.membershipId, 'Left');
      await expect(ending).rejects.toThrow('no');
      expect((await world.as(member.subject)).memberships).toHaveLength(1);
      expect(await world.eventsOf(member.membershipId)).not.toContain('membership.ended');
    });

    it('is absent to another tenant, like its list of members', async () => {
      const member = await world.aMember(await world.anOrganisation(), 'researcher');
      const other = await world.aMember(await world.anOrganisation(), 'data_owner');
      const outsider = await world.as(other.subject);
      for (const attempt of [
        () => ends.end(outsider, member.membershipId, 'x'),
        () => roles.remove(outsider, member.membershipId, 'researcher', 'x'),
        () => memberships.list(outsider, member.organisationId, null, 10),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
      }
    });
  });

  it('lists the members of an organisation in pages, and nobody who has left', async () => {
    const id = await world.anOrganisation();
    const owner = await world.aMember(id, 'data_owner');
    // Ids are in the order of time, and this clock stands still.
    world.clock.add(1);
    const gone = await world.aMember(id, 'researcher');
    world.clock.add(1);
    const last = await world.aMember(id, 'dpo');
    await ends.end(await world.as(ADMIN), gone.membershipId, 'Left');
    const caller = await world.as(owner.subject);
    const [first] = await memberships.list(caller, id, null, 1);
    expect(first).toMatchObject({ id: owner.membershipId, roles: ['data_owner'] });
    const rest = await memberships.list(caller, id, owner.membershipId, 10);
    expect(rest.map((row) => row.id)).toEqual([last.membershipId]);
  });
});
