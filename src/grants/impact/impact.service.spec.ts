import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { isConcordatError } from '../../kernel/errors.js';
import { ImpactRepository } from './impact.repository.js';
import { causeOf, IMPACT_TYPES, type ImpactType } from './impact.rules.js';
import { ImpactService } from './impact.service.js';

const NOBODY = '01990000-0000-7000-8000-0000000000fe';

describe('the impact of stopping', () => {
  let world: GrantWorld;
  let impacts: ImpactService;
  let mine: string;
  let theirs: string;

  beforeAll(async () => {
    world = await grantWorld();
    impacts = world.app.get(ImpactService, { strict: false });
  }, 60_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    mine = (await world.issue()).id;
    theirs = (await world.issue(GROUND.colleaguesRequest, GROUND.colleague)).id;
  });
  afterEach(() =>
    world.query(
      `UPDATE grants SET status = 'revoked', ended_at = now() WHERE status IN ('issued', 'active')`,
    ),
  );

  const idOf = async (type: ImpactType): Promise<string> => {
    const [row] = await world.query<{ party: string; membership: string }>(
      `SELECT (SELECT id FROM agreement_party WHERE organisation_id = $1) AS party,
         (SELECT id FROM membership WHERE person_id = $2) AS membership`,
      [GROUND.recipient, GROUND.researcher],
    );
    return {
      party: row?.party ?? '',
      membership: row?.membership ?? '',
      organisation: GROUND.recipient,
      person: GROUND.researcher,
      project: GROUND.project,
      dataset: GROUND.dataset,
      store: GROUND.store,
    }[type];
  };
  const inRole = (personId: string, role: Role): Principal => {
    const caller = world.as(personId);
    const memberships = caller.memberships.map((held) => ({ ...held, roles: [role] }));
    return { ...caller, memberships };
  };
  const MAY: Readonly<Record<ImpactType, () => Principal>> = {
    party: () => inRole(GROUND.recipientOwner, 'signatory'),
    organisation: () => inRole(GROUND.operatorOfficer, 'platform_admin'),
    membership: () => inRole(GROUND.operatorOfficer, 'platform_admin'),
    person: () => world.as(GROUND.operatorOfficer),
    project: () => world.as(GROUND.recipientOwner),
    dataset: () => world.as(GROUND.owner),
    store: () => world.as(GROUND.owner),
  };
  const alone: readonly ImpactType[] = ['membership', 'person'];

  it.each(IMPACT_TYPES)('of a %s is exactly what then ends', async (type) => {
    const id = await idOf(type);
    const impact = await impacts.of(MAY[type](), type, id);
    const expected = alone.includes(type) ? [mine] : [mine, theirs];
    expect(impact.affected.map((one) => one.id).sort()).toEqual([...expected].sort());
    expect(impact).toMatchObject({ type, id, isComplete: true });
    expect(impact.people).toHaveLength(expected.length);
    expect(JSON.stringify(impact)).not.toContain(`"personId"`);

    const { manager } = world.database;
    const repository = world.app.get(ImpactRepository, { strict: false });
    const subject = await repository.findSubject(manager, type, id);
    if (!subject) {
      throw new Error('It was there a moment ago');
    }
    await world.database.transaction((tx) => world.cascade.apply(tx, causeOf(type, id, subject)));
    const ended = await world.query<{ id: string }>(
      `SELECT id FROM grants WHERE id = ANY($1) AND status = 'revoked' ORDER BY id`,
      [[mine, theirs]],
    );
    expect(ended.map((row) => row.id)).toEqual([...expected].sort());
  });

  it.each(IMPACT_TYPES)('of a %s is said to nobody who could not stop it', async (type) => {
    const codeOf = (who: Principal, id: string): Promise<string> =>
      impacts.of(who, type, id).then(
        () => 'none',
        (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
      );
    const id = await idOf(type);
    const inside = await codeOf(world.as(GROUND.researcher), id);
    expect(['operation_denied', 'not_found']).toContain(inside);
    expect(await codeOf(world.as(GROUND.stranger), id)).toBe('not_found');
    expect(await codeOf(MAY[type](), NOBODY)).toBe('not_found');
  });
});
