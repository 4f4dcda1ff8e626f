import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type OrganisationWorld,
} from '../../test/support/organisation-world.js';
import type { OrganisationCheckDto } from './organisation.dto.js';
import { OrganisationsService } from './organisations.service.js';

describe('organisations', () => {
  let world: OrganisationWorld;
  let organisations: OrganisationsService;

  beforeAll(async () => {
    world = await organisationWorld();
    organisations = world.app.get(OrganisationsService);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.grants.applied.length = 0;
    world.grants.failsWith = undefined;
  });

  const statusOf = async (id: string): Promise<string> =>
    (await organisations.get(await world.as(ADMIN), id)).status;
  const aCheck = (changes: Partial<OrganisationCheckDto> = {}): OrganisationCheckDto => ({
    kind: 'ico',
    number: 'ZA000001',
    issuedOn: '2026-01-01',
    expiresOn: '2027-01-01',
    ...changes,
  });

  describe('registering', () => {
    it('takes one organisation per name and per identifier', async () => {
      const identifier = { scheme: 'ons', value: 'E09000001' };
      await world.anOrganisation({ name: 'Taken', identifier });
      const pointer = (at: string) => ({ code: 'conflict', fields: { errors: [{ pointer: at }] } });
      await expect(world.anOrganisation({ name: 'Taken' })).rejects.toMatchObject(pointer('/name'));
      await expect(world.anOrganisation({ identifier })).rejects.toMatchObject(
        pointer('/identifier'),
      );
    });

    it('lets one of two win a name they ask for at once', async () => {
      const twice = ['Raced', 'Raced'].map((name) => world.anOrganisation({ name }));
      const results = await Promise.allSettled(twice);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'conflict' },
      });
    });

    it('answers a repeated call with the same organisation, and another body with a mismatch', async () => {
      const admin = await world.as(ADMIN);
      const dto = { name: 'Once', kind: 'charity', publicAuthority: false } as const;
      const first = await organisations.register(admin, dto, 'key-1');
      expect(await organisations.register(admin, dto, 'key-1')).toEqual(first);
      await expect(
        organisations.register(admin, { ...dto, name: 'Other' }, 'key-1'),
      ).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    });

    it('is the administrators’, and absent to everyone else', async () => {
      const owner = await world.aMember(await world.anOrganisation(), 'data_owner');
      const dto = { name: 'Mine', kind: 'borough', publicAuthority: true } as const;
      await expect(
        organisations.register(await world.as(owner.subject), dto),
      ).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('reading', () => {
    it('shows members their own, and hides another tenant’s as if it were absent', async () => {
      const [mine, theirs] = [await world.anOrganisation(), await world.anOrganisation()];
      const owner = await world.as((await world.aMember(mine, 'data_owner')).subject);
      expect(await organisations.get(owner, mine)).toMatchObject({ id: mine, status: 'active' });
      await expect(organisations.get(owner, theirs)).rejects.toMatchObject({ code: 'not_found' });
      const listed = await organisations.list(owner, null, 100);
      expect(listed.map(({ id }) => id)).toEqual([mine]);
    });

    it('pages an administrator through all of them, by name', async () => {
      await world.anOrganisation();
      const admin = await world.as(ADMIN);
      const all = await organisations.list(admin, null, 1000);
      const [first, second] = all;
      expect(all.length).toBeGreaterThan(1);
      const rest = await organisations.list(admin, [first?.name ?? '', first?.id ?? ''], 1);
      expect(rest).toEqual([second]);
    });
  });

  describe('checks', () => {
    it('shows of each kind the one that lasts longest', async () => {
      const id = await world.anOrganisation();
      const admin = await world.as(ADMIN);
      await organisations.recordCheck(
        admin,
        id,
        aCheck({ number: 'NEW', expiresOn: '2028-01-01' }),
      );
      await organisations.recordCheck(admin, id, aCheck({ number: 'OLD' }));
      await organisations.recordCheck(admin, id, aCheck({ kind: 'dspt', number: 'D' }));
      const { checks } = await organisations.get(admin, id);
      expect(checks.map(({ kind, number }) => [kind, number])).toEqual([
        ['dspt', 'D'],
        ['ico', 'NEW'],
      ]);
      expect(await world.eventsOf(id)).toEqual([
        'organisation.check-recorded',
        'organisation.check-recorded',
        'organisation.check-recorded',
        'organisation.registered',
      ]);
    });

    it('are recorded once for one Idempotency-Key', async () => {
      const id = await world.anOrganisation();
      const admin = await world.as(ADMIN);
      await organisations.recordCheck(admin, id, aCheck(), 'key');
      await organisations.recordCheck(admin, id, aCheck(), 'key');
      expect((await world.eventsOf(id)).length).toBe(2);
    });

    it('are not their own organisation’s to record, nor of a day to come', async () => {
      const id = await world.anOrganisation();
      const owner = await world.as((await world.aMember(id, 'data_owner')).subject);
      await expect(organisations.recordCheck(owner, id, aCheck())).rejects.toMatchObject({
        code: 'operation_denied',
      });
      const early = aCheck({ issuedOn: '2026-05-02' });
      await expect(
        organisations.recordCheck(await world.as(ADMIN), id, early),
      ).rejects.toMatchObject({ code: 'input_invalid' });
    });
  });

  describe('stopping', () => {
    it('ends what rests on it, and closes its door to its members', async () => {
      const id = await world.anOrganisation();
      const { subject } = await world.aMember(id, 'data_owner');
      await organisations.move(await world.as(ADMIN), id, 'suspend', 'An incident');
      expect(world.grants.applied).toEqual([{ code: 'organisation_stopped', organisationId: id }]);
      expect((await world.as(subject)).memberships).toEqual([]);
      await organisations.move(await world.as(ADMIN2), id, 'resume', 'Cleared');
      expect(world.grants.applied).toHaveLength(1);
      expect((await world.as(subject)).memberships).toHaveLength(1);
      await organisations.move(await world.as(ADMIN), id, 'close', 'Merged');
      expect(world.grants.applied).toHaveLength(2);
      expect(await world.eventsOf(id)).toEqual([
        'organisation.closed',
        'organisation.registered',
        'organisation.resumed',
        'organisation.suspended',
      ]);
    });

    it('changes nothing when a handler of the cascade fails', async () => {
      const id = await world.anOrganisation();
      world.grants.failsWith = new Error('no');
      const stopping = organisations.move(await world.as(ADMIN), id, 'suspend', 'An incident');
      await expect(stopping).rejects.toThrow('no');
      expect(await statusOf(id)).toBe('active');
      expect(await world.eventsOf(id)).toEqual(['organisation.registered']);
    });

    it('never stops the operator', async () => {
      const operator = await world.operatorId();
      await expect(
        organisations.move(await world.as(ADMIN), operator, 'close', 'Done'),
      ).rejects.toMatchObject({ code: 'transition_not_allowed' });
      expect(await statusOf(operator)).toBe('active');
    });

    it('is absent to other tenants and denied to its own people', async () => {
      const [mine, theirs] = [await world.anOrganisation(), await world.anOrganisation()];
      const owner = await world.as((await world.aMember(mine, 'data_owner')).subject);
      await expect(organisations.move(owner, theirs, 'suspend', 'x')).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(organisations.move(owner, mine, 'suspend', 'x')).rejects.toMatchObject({
        code: 'operation_denied',
      });
    });
  });
});
