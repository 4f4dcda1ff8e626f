import { asDeputy, DELEGATION, delegationIn } from '../../../test/support/deputies.js';
import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type Member,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { Accreditations } from './accreditations.service.js';
import { PeopleService } from './people.service.js';
import type { AccreditationDto } from './person.dto.js';
import { Trainings } from './trainings.service.js';

describe('people', () => {
  let world: OrganisationWorld;
  let people: PeopleService;
  let accreditations: Accreditations;
  let trainings: Trainings;
  let organisationId: string;
  let researcher: Member;
  let owner: Member;
  let stranger: Member;

  beforeAll(async () => {
    world = await organisationWorld();
    people = world.app.get(PeopleService);
    accreditations = world.app.get(Accreditations);
    trainings = world.app.get(Trainings);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.grants.failsWith = undefined;
    organisationId = await world.anOrganisation();
    researcher = await world.aMember(organisationId, 'researcher');
    owner = await world.aMember(organisationId, 'data_owner');
    stranger = await world.aMember(await world.anOrganisation(), 'data_owner');
    world.grants.applied.length = 0;
  });

  const full = (changes: Partial<AccreditationDto> = {}): AccreditationDto => ({
    scheme: 'dea_full',
    number: 'AR-1',
    awardedOn: '2026-01-01',
    expiresOn: '2031-01-01',
    ...changes,
  });
  const training = { course: 'safe_researcher_training', awardedOn: '2026-03-01' };

  describe('reading', () => {
    it('shows the caller to themselves, with memberships and awards', async () => {
      await trainings.record(await world.as(owner.subject), researcher.personId, training);
      expect(await people.me(await world.as(researcher.subject))).toMatchObject({
        personId: researcher.personId,
        authLevel: 2,
        memberships: [{ organisationId, isOperator: false, roles: ['researcher'] }],
        accreditations: [],
        trainings: [{ course: 'safe_researcher_training' }],
      });
    });

    it('shows a person to their organisation without account or address, and not to another', async () => {
      const view = await people.get(await world.as(owner.subject), researcher.personId);
      expect(Object.keys(view).sort()).toEqual([
        'accreditations',
        'id',
        'name',
        'pseudonym',
        'status',
        'trainings',
      ]);
      await expect(
        people.get(await world.as(stranger.subject), researcher.personId),
      ).rejects.toMatchObject({ code: 'not_found' });
      await expect(
        people.get(await world.as(researcher.subject), owner.personId),
      ).rejects.toMatchObject({ code: 'operation_denied' });
      const own = await people.get(await world.as(researcher.subject), researcher.personId);
      expect(own.id).toBe(researcher.personId);
    });
  });

  describe('suspending', () => {
    it('ends what the person holds, keeps them out, and lets them back without it', async () => {
      const officer = await world.aMember(organisationId, 'ig_officer');
      const { personId, subject } = researcher;
      const view = await people.move(await world.as(officer.subject), personId, 'suspend', 'Why');
      expect(view.status).toBe('suspended');
      expect(world.grants.applied).toEqual([{ code: 'person_suspended', personId }]);
      await expect(world.as(subject)).rejects.toMatchObject({ code: 'person_suspended' });
      await people.move(await world.as(ADMIN), personId, 'resume', 'Cleared');
      expect((await world.as(subject)).personId).toBe(personId);
      expect(world.grants.applied).toHaveLength(1);
      expect(await world.eventsOf(personId)).toEqual([
        'person.registered',
        'person.resumed',
        'person.suspended',
      ]);
    });

    it('changes nothing when a handler of the cascade fails', async () => {
      world.grants.failsWith = new Error('no');
      const { personId, subject } = researcher;
      const suspending = people.move(await world.as(ADMIN), personId, 'suspend', 'Why');
      await expect(suspending).rejects.toThrow('no');
      expect((await world.as(subject)).personId).toBe(personId);
    });

    it('is not a data owner’s, nor another tenant’s officer’s', async () => {
      const officer = await world.aMember(stranger.organisationId, 'ig_officer');
      for (const [{ subject }, code] of [
        [owner, 'operation_denied'],
        [officer, 'not_found'],
      ] as const) {
        const suspending = people.move(
          await world.as(subject),
          researcher.personId,
          'suspend',
          'Why',
        );
        await expect(suspending).rejects.toMatchObject({ code });
      }
    });
  });

  it('R3.24: what a deputy records of a person names the delegation', async () => {
    const { personId } = researcher;
    const deputy = asDeputy(await world.as(owner.subject), 'data_owner', []);
    await accreditations.record(deputy, personId, full());
    expect(await delegationIn(world.database, 'accreditation.recorded')).toBe(DELEGATION);
    await trainings.record(deputy, personId, training);
    expect(await delegationIn(world.database, 'training.recorded')).toBe(DELEGATION);
    await trainings.record(await world.as(owner.subject), personId, training);
    expect(await delegationIn(world.database, 'training.recorded')).toBeNull();
  });

  describe('accreditations', () => {
    it('are recorded by the data owner and count once an administrator verified them', async () => {
      const { personId } = researcher;
      const recorded = await accreditations.record(await world.as(owner.subject), personId, full());
      expect(recorded).toMatchObject({ scheme: 'dea_full', state: 'recorded', verifiedBy: null });
      const admin = await world.as(ADMIN);
      const verified = await accreditations.verify(admin, personId, recorded.id);
      expect(verified).toMatchObject({ state: 'verified', verifiedBy: admin.personId });
      await expect(accreditations.verify(admin, personId, recorded.id)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      expect(await world.eventsOf(recorded.id)).toEqual([
        'accreditation.recorded',
        'accreditation.verified',
      ]);
    });

    it('are verified by nobody but an administrator', async () => {
      const { personId } = researcher;
      const { id } = await accreditations.record(await world.as(ADMIN), personId, full());
      const verifying = accreditations.verify(await world.as(owner.subject), personId, id);
      await expect(verifying).rejects.toMatchObject({ code: 'operation_denied' });
    });

    it('are recorded and verified by somebody else than the person', async () => {
      const { personId } = await world.as(ADMIN);
      await expect(
        accreditations.record(await world.as(ADMIN), personId, full()),
      ).rejects.toMatchObject({ code: 'operation_denied' });
      await expect(
        accreditations.record(await world.as(owner.subject), owner.personId, full()),
      ).rejects.toMatchObject({ code: 'operation_denied' });
      const { id } = await accreditations.record(await world.as(ADMIN2), personId, full());
      await expect(
        accreditations.verify(await world.as(ADMIN), personId, id),
      ).rejects.toMatchObject({ code: 'operation_denied' });
      const verified = await accreditations.verify(await world.as(ADMIN2), personId, id);
      expect(verified.state).toBe('verified');
    });

    it('are another tenant’s business never, by whichever person they are asked for', async () => {
      const { personId } = researcher;
      await expect(
        accreditations.record(await world.as(stranger.subject), personId, full()),
      ).rejects.toMatchObject({ code: 'not_found' });
      const { id } = await accreditations.record(await world.as(ADMIN), personId, full());
      await expect(
        accreditations.verify(await world.as(ADMIN), owner.personId, id),
      ).rejects.toMatchObject({ code: 'not_found' });
    });

    it('are recorded once for one Idempotency-Key', async () => {
      const admin = await world.as(ADMIN);
      const first = await accreditations.record(admin, researcher.personId, full(), 'key');
      const again = await accreditations.record(admin, researcher.personId, full(), 'key');
      expect(again).toEqual(first);
    });

    it('end with what required them when they are withdrawn', async () => {
      const { personId } = researcher;
      const admin = await world.as(ADMIN);
      const { id } = await accreditations.record(admin, personId, full());
      await accreditations.verify(admin, personId, id);
      const withdrawn = await accreditations.withdraw(admin, personId, id, 'Revoked');
      expect(withdrawn.state).toBe('withdrawn');
      expect(world.grants.applied).toEqual([
        { code: 'accreditation_lapsed', personId, scheme: 'dea_full' },
      ]);
      await expect(accreditations.verify(admin, personId, id)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
    });

    it('stay verified when a handler of the cascade fails', async () => {
      const { personId } = researcher;
      const admin = await world.as(ADMIN);
      const { id } = await accreditations.record(admin, personId, full());
      await accreditations.verify(admin, personId, id);
      world.grants.failsWith = new Error('no');
      await expect(accreditations.withdraw(admin, personId, id, 'x')).rejects.toThrow('no');
      const view = await people.get(admin, personId);
      expect(view.accreditations).toMatchObject([{ id, state: 'verified' }]);
      expect(await world.eventsOf(id)).not.toContain('accreditation.withdrawn');
    });

    it('end nothing when one that never counted is withdrawn', async () => {
      const admin = await world.as(ADMIN);
      const { id } = await accreditations.record(admin, researcher.personId, full());
      await accreditations.withdraw(admin, researcher.personId, id, 'A mistake');
      expect(world.grants.applied).toEqual([]);
    });

    it('need, when provisional, a fully accredited supervisor in the same organisation', async () => {
      const admin = await world.as(ADMIN);
      const provisional = (supervisorId: string) =>
        full({ scheme: 'dea_provisional', expiresOn: '2028-01-01', supervisorId });
      const record = (supervisor: Member) =>
        accreditations.record(admin, researcher.personId, provisional(supervisor.personId));
      const accredit = async ({ personId }: Member): Promise<void> => {
        const { id } = await accreditations.record(admin, personId, full());
        await accreditations.verify(admin, personId, id);
      };
      await expect(record(owner)).rejects.toMatchObject({ code: 'input_invalid' });
      await accredit(stranger);
      await expect(record(stranger)).rejects.toMatchObject({ code: 'input_invalid' });
      await accredit(owner);
      expect(await record(owner)).toMatchObject({
        state: 'recorded',
        supervisorId: owner.personId,
      });
    });
  });

  describe('trainings', () => {
    it('last three years unless they say otherwise', async () => {
      const { personId } = researcher;
      const by = await world.as(owner.subject);
      expect(await trainings.record(by, personId, training)).toMatchObject({
        expiresOn: '2029-03-01',
      });
      const shorter = { ...training, expiresOn: '2027-03-01' };
      expect(await trainings.record(by, personId, shorter)).toMatchObject({
        expiresOn: '2027-03-01',
      });
    });

    it.each([
      { name: 'a course nobody knows', changes: { course: 'made_up' } },
      { name: 'a day to come', changes: { awardedOn: '2026-05-02' } },
      { name: 'four years', changes: { expiresOn: '2030-03-01' } },
    ])('refuse $name', async ({ changes }) => {
      const recording = trainings.record(await world.as(ADMIN), researcher.personId, {
        ...training,
        ...changes,
      });
      await expect(recording).rejects.toMatchObject({ code: 'input_invalid' });
    });

    it('are recorded by the organisation’s data owner, never by the person or a stranger', async () => {
      const { personId } = owner;
      await expect(
        trainings.record(await world.as(owner.subject), personId, training),
      ).rejects.toMatchObject({ code: 'operation_denied' });
      await expect(
        trainings.record(await world.as(stranger.subject), personId, training),
      ).rejects.toMatchObject({ code: 'not_found' });
      await expect(
        trainings.record(await world.as(researcher.subject), personId, training),
      ).rejects.toMatchObject({ code: 'operation_denied' });
    });
  });
});
