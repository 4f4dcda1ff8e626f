import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type Member,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { londonDay } from '../../kernel/london-day.js';
import { DueLapses } from '../lapses/due-lapses.service.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { MembershipEnds } from '../memberships/membership-ends.service.js';
import { Accreditations } from './accreditations.service.js';
import { PeopleService } from './people.service.js';

describe('a provisional accreditation', () => {
  let world: OrganisationWorld;
  let start: string;
  let supervisor: Member;
  let junior: Member;
  let fullId: string;

  beforeAll(async () => {
    world = await organisationWorld();
    start = world.clock.now().toISOString();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.clock.set(start);
    const organisationId = await world.anOrganisation();
    supervisor = await world.aMember(organisationId, 'data_owner');
    junior = await world.aMember(organisationId, 'researcher');
    fullId = await accredit(supervisor.personId, { scheme: 'dea_full', expiresOn: '2026-06-30' });
    await accredit(junior.personId, {
      scheme: 'dea_provisional',
      expiresOn: '2028-01-01',
      supervisorId: supervisor.personId,
    });
    world.grants.applied.length = 0;
  });

  async function accredit(
    personId: string,
    award: { scheme: string; expiresOn: string; supervisorId?: string },
  ): Promise<string> {
    const accreditations = world.app.get(Accreditations);
    const dto = { number: 'A1', awardedOn: '2026-01-10', ...award };
    const { id } = await accreditations.record(await world.as(ADMIN), personId, dto);
    await accreditations.verify(await world.as(ADMIN2), personId, id);
    return id;
  }

  const held = async (): Promise<readonly string[]> => {
    const rows = await world.database.manager.query<{ line: string }[]>(
      `SELECT scheme || ' until ' || expires_on AS line FROM held_accreditations($1, $2)`,
      [junior.personId, londonDay(world.clock.now())],
    );
    return rows.map(({ line }) => line);
  };
  const lapse = () => ({
    code: 'accreditation_lapsed',
    personId: junior.personId,
    scheme: 'dea_provisional',
  });

  it('counts for as long as its supervisor is fully accredited', async () => {
    expect(await held()).toEqual(['dea_provisional until 2026-06-30']);
    world.clock.set('2026-06-30T22:59:59Z');
    expect(await held()).toEqual(['dea_provisional until 2026-06-30']);
    world.clock.set('2026-06-30T23:00:00Z');
    expect(await held()).toEqual([]);
  });

  it('ends with the accreditation of its supervisor, swept once', async () => {
    world.clock.set('2026-06-30T23:00:00Z');
    const sweeps = world.app.get(DueLapses);
    await Promise.all([sweeps.sweep(), sweeps.sweep()]);
    await sweeps.sweep();
    const people = [supervisor.personId, junior.personId];
    const own = world.grants.applied.filter(
      (cause) => 'personId' in cause && people.includes(cause.personId),
    );
    expect(own).toEqual([
      { code: 'accreditation_lapsed', personId: supervisor.personId, scheme: 'dea_full' },
      lapse(),
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'has their accreditation withdrawn',
      async () =>
        world.app
          .get(Accreditations)
          .withdraw(await world.as(ADMIN), supervisor.personId, fullId, 'A mistake'),
    ],
    [
      'leaves the organisation',
      async () =>
        world.app
          .get(MembershipEnds)
          .end(await world.as(ADMIN), supervisor.membershipId, 'Another post'),
    ],
    [
      'is suspended',
      async () =>
        world.app
          .get(PeopleService)
          .move(await world.as(ADMIN), supervisor.personId, 'suspend', 'An enquiry'),
    ],
  ])('ends at once when its supervisor %s', async (_what, act) => {
    await act();
    expect(await held()).toEqual([]);
    expect(world.grants.applied).toContainEqual(lapse());
  });

  it('does not end with anything else of its supervisor', async () => {
    const other = await world.anOrganisation();
    const dto = world.aMembership({ subject: supervisor.subject, roles: ['dpo'] });
    const elsewhere = await world.app
      .get(MembershipsService)
      .add(await world.as(ADMIN), other, dto);
    await world.app.get(MembershipEnds).end(await world.as(ADMIN), elsewhere.id, 'Another post');
    expect(await held()).toEqual(['dea_provisional until 2026-06-30']);
  });
});
