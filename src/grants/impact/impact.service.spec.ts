import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { AgreementTerms } from '../../agreements/terms/terms.types.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { isConcordatError } from '../../kernel/errors.js';
import { addDays } from '../../kernel/london-day.js';
import { ImpactRepository } from './impact.repository.js';
import {
  causeOf,
  hasParts,
  IMPACT_TYPES,
  type ImpactQuestion,
  type ImpactType,
} from './impact.rules.js';
import { ImpactService } from './impact.service.js';

const NOBODY = '01990000-0000-7000-8000-0000000000fe';

/** What the researcher's and the colleague's grants are issued under. */
const TERMS: Partial<AgreementTerms> = {
  accreditations: ['dea_full'],
  trainings: ['safe_researcher'],
  orgChecks: ['dspt'],
};

describe('the impact of stopping', () => {
  let world: GrantWorld;
  let impacts: ImpactService;
  let mine: string;
  let theirs: string;

  beforeAll(async () => {
    world = await grantWorld({ terms: TERMS });
    impacts = world.app.get(ImpactService, { strict: false });
    const until = addDays(world.today, 300);
    await world.add(async (rows) => {
      await rows.organisationCheck(GROUND.recipient, 'dspt', until);
      for (const personId of [GROUND.researcher, GROUND.colleague]) {
        await rows.accreditation(personId, 'dea_full', until);
        await rows.training(personId, 'safe_researcher', until);
      }
    });
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

  const idFrom = async (table: string, where: string): Promise<string> => {
    const [row] = await world.query<{ id: string }>(`SELECT id FROM ${table} WHERE ${where}`);
    return row?.id ?? '';
  };
  const hers = `person_id = '${GROUND.researcher}'`;
  const askOf = async (type: ImpactType): Promise<ImpactQuestion> => {
    const membership = await idFrom('membership', hers);
    const ids: Readonly<Record<ImpactType, readonly [id: string, part?: string]>> = {
      party: [await idFrom('agreement_party', `organisation_id = '${GROUND.recipient}'`)],
      organisation: [GROUND.recipient],
      organisation_check: [GROUND.recipient, 'dspt'],
      membership: [membership],
      role: [membership, 'researcher'],
      person: [GROUND.researcher],
      accreditation: [await idFrom('accreditation', hers)],
      training: [await idFrom('training', hers)],
      project: [GROUND.project],
      project_member: [GROUND.project, GROUND.researcher],
      dataset: [GROUND.dataset],
      store: [GROUND.store],
    };
    const [id, part] = ids[type];
    return { type, id, part: part ?? null };
  };
  const inRole = (personId: string, role: Role): Principal => {
    const caller = world.as(personId);
    const memberships = caller.memberships.map((held) => ({ ...held, roles: [role] }));
    return { ...caller, memberships };
  };
  const admin = (): Principal => inRole(GROUND.operatorOfficer, 'platform_admin');
  const MAY: Readonly<Record<ImpactType, () => Principal>> = {
    party: () => inRole(GROUND.recipientOwner, 'signatory'),
    organisation: admin,
    organisation_check: admin,
    membership: admin,
    role: admin,
    person: () => world.as(GROUND.operatorOfficer),
    accreditation: admin,
    training: () => world.as(GROUND.recipientOwner),
    project: () => world.as(GROUND.recipientOwner),
    project_member: () => world.as(GROUND.recipientOwner),
    dataset: () => world.as(GROUND.owner),
    store: () => world.as(GROUND.owner),
  };
  const alone: readonly ImpactType[] = [
    'membership',
    'role',
    'person',
    'accreditation',
    'training',
    'project_member',
  ];
  /** What its slice writes first, and how the next test finds it again: a lapse ends what the rows no longer carry. */
  const LAPSES: Partial<Record<ImpactType, readonly [lapse: string, undo: string]>> = {
    organisation_check: [
      `UPDATE organisation_check SET expires_on = '2026-01-02'`,
      `UPDATE organisation_check SET expires_on = $1`,
    ],
    accreditation: [
      `UPDATE accreditation SET state = 'withdrawn' WHERE ${hers} AND expires_on = $1`,
      `UPDATE accreditation SET state = 'verified' WHERE expires_on = $1`,
    ],
    training: [
      `UPDATE training SET expires_on = '2026-01-02' WHERE ${hers}`,
      `UPDATE training SET expires_on = $1`,
    ],
  };
  const change = async (sql: string): Promise<unknown> =>
    world.query(sql, sql.includes('$1') ? [addDays(world.today, 300)] : []);

  const codeOf = (who: Principal, question: ImpactQuestion): Promise<string> =>
    impacts.of(who, question).then(
      () => 'none',
      (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
    );

  it.each(IMPACT_TYPES)('of a %s is exactly what then ends', async (type) => {
    const question = await askOf(type);
    const impact = await impacts.of(MAY[type](), question);
    const expected = alone.includes(type) ? [mine] : [mine, theirs];
    expect(impact.affected.map((one) => one.id).sort()).toEqual([...expected].sort());
    expect(impact).toMatchObject({ ...question, isComplete: true });
    expect(impact.people).toHaveLength(expected.length);
    expect(JSON.stringify(impact)).not.toContain(`"personId"`);

    const { manager } = world.database;
    const repository = world.app.get(ImpactRepository, { strict: false });
    const subject = await repository.findSubject(manager, question, world.today);
    if (!subject) {
      throw new Error('It was there a moment ago');
    }
    const [lapse, undo] = LAPSES[type] ?? [];
    await (lapse !== undefined && change(lapse));
    await world.database.transaction((tx) => world.cascade.apply(tx, causeOf(question, subject)));
    await (undo !== undefined && change(undo));
    const ended = await world.query<{ id: string }>(
      `SELECT id FROM grants WHERE id = ANY($1) AND status = 'revoked' ORDER BY id`,
      [[mine, theirs]],
    );
    expect(ended.map((row) => row.id)).toEqual([...expected].sort());
  });

  it.each(IMPACT_TYPES)('of a %s is said to nobody who could not stop it', async (type) => {
    const question = await askOf(type);
    const inside = await codeOf(world.as(GROUND.researcher), question);
    expect(['operation_denied', 'not_found']).toContain(inside);
    expect(await codeOf(world.as(GROUND.stranger), question)).toBe('not_found');
    expect(await codeOf(MAY[type](), { ...question, id: NOBODY })).toBe('not_found');
  });

  it.each(IMPACT_TYPES.filter(hasParts))('of a %s that is not there is not found', async (type) => {
    const question = await askOf(type);
    for (const part of ['none', null]) {
      expect(await codeOf(MAY[type](), { ...question, part })).toBe('not_found');
    }
  });

  it.each([
    ['accreditation', 'withdrawn'],
    ['accreditation', 'lapsed'],
  ] as const)('of an %s that is %s already is not found', async (type, state) => {
    const question = await askOf(type);
    await world.query(`UPDATE accreditation SET state = $2 WHERE id = $1`, [question.id, state]);
    const code = await codeOf(admin(), question);
    await world.query(`UPDATE accreditation SET state = 'verified' WHERE id = $1`, [question.id]);
    expect(code).toBe('not_found');
  });

  it.each(['accreditation', 'training'] as const)(
    'of one %s is nothing while another covers the same',
    async (type) => {
      const question = await askOf(type);
      const soon = addDays(world.today, 9);
      await world.add((rows) =>
        type === 'training'
          ? rows.training(GROUND.researcher, 'safe_researcher', soon)
          : rows.accreditation(GROUND.researcher, 'dea_full', soon),
      );
      const { affected } = await impacts.of(MAY[type](), question);
      await world.force(`DELETE FROM ${type} WHERE expires_on = $1`, [soon]);
      expect(affected).toEqual([]);
    },
  );

  it('of a training is not said to an owner of one of the person’s organisations alone', async () => {
    const question = await askOf('training');
    await world.add(async (_rows, tx) => {
      await tx.query(
        `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
         SELECT $1, person_id, $2, position, starts_on, audit_event_id FROM membership WHERE ${hers}`,
        [NOBODY, GROUND.provider],
      );
    });
    const codes = [
      await codeOf(world.as(GROUND.recipientOwner), question),
      await codeOf(world.as(GROUND.owner), question),
      await codeOf(admin(), question),
    ];
    await world.force('DELETE FROM membership WHERE id = $1', [NOBODY]);
    expect(codes).toEqual(['not_found', 'not_found', 'none']);
  });
});
