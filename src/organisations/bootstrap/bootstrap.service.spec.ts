import {
  ADMIN,
  ADMIN2,
  ISSUER,
  organisationWorld,
  type OrganisationWorld,
} from '../../../test/support/organisation-world.js';
import { Bootstrap, type FirstPeople } from './bootstrap.service.js';

describe('bootstrap', () => {
  let world: OrganisationWorld;
  let bootstrap: Bootstrap;

  beforeAll(async () => {
    world = await organisationWorld();
    bootstrap = world.app.get(Bootstrap);
  });
  afterAll(() => world.close());

  const count = async (table: string): Promise<number> => {
    const [row] = await world.database.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return row?.count ?? -1;
  };

  it('makes two administrators of one operator, each with the events that say so', async () => {
    const operatorId = await world.operatorId();
    for (const subject of [ADMIN, ADMIN2]) {
      const { memberships, personId } = await world.as(subject);
      expect(memberships).toMatchObject([
        { organisationId: operatorId, isOperator: true, roles: ['platform_admin'] },
      ]);
      expect(await world.eventsOf(personId)).toEqual(['person.registered']);
      expect(await world.eventsOf(memberships[0]?.membershipId ?? '')).toEqual([
        'membership.role-added',
        'membership.started',
      ]);
    }
    expect(await world.eventsOf(operatorId)).toEqual(['organisation.registered']);
  });

  it('refuses a second run, whoever it names, and writes nothing', async () => {
    const before = await count('audit_event');
    const again = bootstrap.bootstrap({ issuer: ISSUER, subjects: ['third', 'fourth'] });
    await expect(again).rejects.toMatchObject({ code: 'already_bootstrapped', status: 409 });
    expect([await count('person'), await count('organisation')]).toEqual([2, 1]);
    expect(await count('audit_event')).toBe(before);
  });

  it.each<{ name: string; people: FirstPeople }>([
    { name: 'one person twice', people: { issuer: ISSUER, subjects: ['one', 'one'] } },
    { name: 'no issuer', people: { issuer: '', subjects: ['one', 'two'] } },
    { name: 'an endless subject', people: { issuer: ISSUER, subjects: ['one', 'x'.repeat(256)] } },
  ])('refuses $name', async ({ people }) => {
    await expect(bootstrap.bootstrap(people)).rejects.toMatchObject({ code: 'input_invalid' });
  });

  it('makes one operator when it runs twice at once', async () => {
    // As if there were none yet.
    await world.database.manager.query(`UPDATE organisation SET is_operator = false, name = 'Old'`);
    const runs = await Promise.allSettled(
      ['a', 'b'].map((name) =>
        bootstrap.bootstrap({ issuer: ISSUER, subjects: [`${name}1`, `${name}2`] }),
      ),
    );
    expect(runs.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(runs.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'already_bootstrapped' },
    });
  });
});
