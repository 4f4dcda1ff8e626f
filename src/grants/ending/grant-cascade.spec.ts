import {
  GROUND,
  grantWorld,
  worldTerms,
  type GrantWorld,
} from '../../../test/support/grant-world.js';
import type { AgreementTerms } from '../../agreements/terms/terms.types.js';
import type { Cause } from '../../cascade/cause.js';
import { CAUSE_CODES } from '../../cascade/cause.js';
import { addDays, endOfDay } from '../../kernel/london-day.js';

const OTHER = '01990000-0000-7000-8000-0000000000f1';

/** The terms under which the researcher’s and the colleague’s grants are issued. */
const TERMS: Partial<AgreementTerms> = {
  accreditations: ['dea_provisional'],
  trainings: ['safe_researcher'],
  orgChecks: ['dspt'],
};

describe('what a cause ends', () => {
  let world: GrantWorld;
  let mine: string;
  let theirs: string;

  beforeAll(async () => {
    world = await grantWorld({ terms: TERMS });
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
    mine = (await world.issue(await world.approve())).id;
    theirs = (await world.issue(GROUND.colleaguesRequest, GROUND.colleague)).id;
  });
  // Every test begins with two live grants: what it leaves is taken away.
  afterEach(() =>
    world.query(
      `UPDATE grants SET status = 'revoked', ended_at = now() WHERE status IN ('issued', 'active')`,
    ),
  );

  const apply = (cause: Cause): Promise<number> =>
    world.database.transaction((tx) => world.cascade.apply(tx, cause));
  const endReasons = async (): Promise<readonly unknown[]> => {
    const sql = `SELECT id, status, epoch, end_reason AS reason FROM grants WHERE id = ANY ($1)`;
    const rows = await world.query<{ id: string; status: string; epoch: number; reason: string }>(
      sql,
      [[mine, theirs]],
    );
    return [mine, theirs].map((id) => {
      const row = rows.find((one) => one.id === id);
      return row?.status === 'revoked' && row.epoch === 2 ? row.reason : row?.status;
    });
  };
  const { researcher: personId, recipient, provider, agreement: agreementId } = GROUND;
  const version = 1;

  const stops: readonly (readonly [cause: Cause, ends: 'both' | 'mine' | 'none'])[] = [
    [{ code: 'version_stopped', agreementId, version }, 'both'],
    [{ code: 'version_stopped', agreementId, version: 2 }, 'none'],
    [{ code: 'party_stopped', agreementId, organisationId: recipient }, 'both'],
    [{ code: 'party_stopped', agreementId, organisationId: provider }, 'both'],
    [{ code: 'party_stopped', agreementId: OTHER, organisationId: provider }, 'none'],
    [{ code: 'organisation_stopped', organisationId: provider }, 'both'],
    [{ code: 'organisation_stopped', organisationId: recipient }, 'both'],
    [{ code: 'organisation_stopped', organisationId: OTHER }, 'none'],
    [{ code: 'membership_ended', personId, organisationId: recipient }, 'mine'],
    [{ code: 'membership_ended', personId, organisationId: provider }, 'none'],
    [{ code: 'role_ended', personId, organisationId: recipient, role: 'researcher' }, 'mine'],
    [{ code: 'role_ended', personId, organisationId: recipient, role: 'dpo' }, 'none'],
    [{ code: 'person_suspended', personId }, 'mine'],
    [{ code: 'project_closed', projectId: GROUND.project }, 'both'],
    [{ code: 'project_closed', projectId: OTHER }, 'none'],
    [{ code: 'member_removed', projectId: GROUND.project, personId }, 'mine'],
    [{ code: 'dataset_stopped', datasetId: GROUND.dataset }, 'both'],
    [{ code: 'dataset_stopped', datasetId: OTHER }, 'none'],
    [{ code: 'store_suspended', storeId: GROUND.store }, 'both'],
    [{ code: 'store_suspended', storeId: OTHER }, 'none'],
  ];

  it.each(stops.map(([cause, ends]) => ({ code: cause.code, ends, cause })))(
    '$code ends $ends, as its preview says',
    async ({ cause, ends }) => {
      const ended: readonly string[] = { both: [mine, theirs], mine: [mine], none: [] }[ends];
      const preview = await world.cascade.preview(world.database.manager, cause);
      expect(preview.map(({ id }) => id).sort()).toEqual([...ended].sort());
      expect(await apply(cause)).toBe(ended.length);
      expect(await endReasons()).toEqual(
        [mine, theirs].map((id) => (ended.includes(id) ? cause.code : 'issued')),
      );
      for (const id of [mine, theirs]) {
        const end = ended.includes(id) ? ['grant.revoked'] : [];
        expect(await world.eventsOf(id)).toEqual(['grant.issued', ...end]);
      }
    },
  );

  it('a preview says whom it concerns', async () => {
    const cause = { code: 'person_suspended', personId } as const;
    expect(await world.cascade.preview(world.database.manager, cause)).toEqual([
      { kind: 'grant', id: mine, personId, organisationId: recipient, datasetId: GROUND.dataset },
    ]);
  });

  describe('of a qualification that lapses', () => {
    const accreditation = { code: 'accreditation_lapsed', personId, scheme: 'dea_full' } as const;
    const training = { code: 'training_lapsed', personId, course: 'safe_researcher' } as const;
    const check = {
      code: 'organisation_check_lapsed',
      organisationId: GROUND.recipient,
      kind: 'dspt',
    } as const;
    const withdraw = `UPDATE accreditation SET state = 'withdrawn' WHERE scheme = 'dea_full' AND person_id = '${personId}'`;
    const restore = `UPDATE accreditation SET state = 'verified' WHERE person_id = '${personId}'`;

    it('a required accreditation ends the person’s grants, also where a lesser one was required', async () => {
      await world.query(withdraw);
      expect(await apply(accreditation)).toBe(1);
      await world.query(restore);
      expect(await endReasons()).toEqual(['accreditation_lapsed', 'issued']);
    });

    it.each([
      ['another award of the scheme', 'dea_full', 0],
      ['a lesser award that is enough', 'dea_provisional', 0],
      ['an award of no use', 'other', 1],
    ])('with %s still valid', async (_name, scheme, ended) => {
      await world.query(withdraw);
      await world.add((rows) => rows.accreditation(personId, scheme, addDays(world.today, 9)));
      expect(await apply(accreditation)).toBe(ended);
      await world.force(`DELETE FROM accreditation WHERE expires_on = $1`, [
        addDays(world.today, 9),
      ]);
      await world.query(restore);
    });

    it('a lesser accreditation that lapses ends nothing while the full one stands', async () => {
      expect(await apply({ ...accreditation, scheme: 'dea_provisional' })).toBe(0);
    });

    it('a required training', async () => {
      await world.query(
        `UPDATE training SET expires_on = '2026-01-02' WHERE person_id = '${personId}'`,
      );
      expect(await apply(training)).toBe(1);
      await world.query(`UPDATE training SET expires_on = $1`, [addDays(world.today, 300)]);
      expect(await endReasons()).toEqual(['training_lapsed', 'issued']);
    });

    it('a required check of the organisation ends everybody’s', async () => {
      await world.query(`UPDATE organisation_check SET expires_on = '2026-01-02'`);
      expect(await apply(check)).toBe(2);
      await world.query(`UPDATE organisation_check SET expires_on = $1`, [
        addDays(world.today, 300),
      ]);
    });

    it.each<[string, Cause]>([
      ['accreditation', { ...accreditation, scheme: 'somrt' }],
      ['training', { ...training, course: 'nhs_sde' }],
      ['check', { ...check, kind: 'ico' }],
    ])('a %s that no agreement required ends nothing', async (_name, cause) => {
      expect(await apply(cause)).toBe(0);
    });

    it.each<[Cause, number]>([
      [accreditation, 1],
      [training, 1],
      [check, 2],
    ])('%o is previewed as if it had lapsed already', async (cause, count) => {
      expect(await world.cascade.preview(world.database.manager, cause)).toHaveLength(count);
      expect(await apply(cause)).toBe(0);
    });
  });

  it('R3.25: a grant past its end expires, whatever stops afterwards', async () => {
    await world.query('UPDATE grants SET expires_at = issued_at WHERE id = $1', [mine]);
    expect(await apply({ code: 'project_closed', projectId: GROUND.project })).toBe(1);
    expect(await endReasons()).toEqual(['issued', 'project_closed']);
  });

  it('a failing event rolls the cause back with its grants (law 1)', async () => {
    await world.force(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$`,
    );
    await world.force(
      `CREATE TRIGGER fails BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.type = 'grant.revoked')
       EXECUTE FUNCTION fail()`,
    );
    const closing = world.database.transaction(async (tx) => {
      await tx.query(`UPDATE project SET status = 'closed'`);
      await world.cascade.apply(tx, { code: 'project_closed', projectId: GROUND.project });
    });
    await expect(closing).rejects.toMatchObject({ code: 'audit_unavailable' });
    await world.force('DROP TRIGGER fails ON audit_event');
    expect(await endReasons()).toEqual(['issued', 'issued']);
    expect(await world.query('SELECT status FROM project')).toEqual([{ status: 'active' }]);
  });

  it('more than one batch ends in one cascade', async () => {
    await world.force(
      `INSERT INTO access_request SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'reference',
         'REQ-2000-' || 100000 + n))).* FROM access_request r, generate_series(1, 1001) n WHERE r.id = $1`,
      [GROUND.request],
    );
    await world.force(
      `INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object('id', uuidv7(), 'access_request_id',
         r.id))).* FROM grants g, access_request r WHERE g.id = $1 AND r.reference LIKE 'REQ-2000-%'`,
      [mine],
    );
    expect(await apply({ code: 'person_suspended', personId })).toBe(1002);
    const [row] = await world.query(
      `SELECT count(DISTINCT e.id)::int AS events FROM grants g JOIN audit_event e ON e.id = g.audit_event_id
       WHERE e.type = 'grant.revoked' AND e.grant_id = g.id AND g.end_reason = 'person_suspended'
         AND g.access_request_id IN (SELECT id FROM access_request WHERE reference LIKE 'REQ-2000-%')`,
    );
    expect(row).toEqual({ events: 1001 });
  });

  describe('version_superseded: grants are judged by the next version', () => {
    const cause = {
      code: 'version_superseded',
      agreementId,
      version: 1,
      nextVersion: 2,
    } as const;
    const propose = async (changes: Partial<AgreementTerms>): Promise<void> => {
      const terms = worldTerms(world.today, { ...TERMS, ...changes });
      await world.add((rows) =>
        rows.version(agreementId, 2, 'awaiting_signature', terms, GROUND.owner),
      );
    };
    afterEach(async () => {
      await world.force(`UPDATE grants SET agreement_version = 1`);
      await world.force(
        `UPDATE access_request r SET agreement_version = 1, undertaking_hash = v.version_hash FROM agreement_version v
         WHERE v.agreement_id = r.agreement_id AND v.version = 1`,
      );
      await world.force(`DELETE FROM agreement_item WHERE version = 2`);
      await world.force(`DELETE FROM agreement_version WHERE version = 2`);
    });

    it('those that it carries go on under it, shorter if it is, with their tokens over', async () => {
      const endsOn = addDays(world.today, 20);
      await propose({ endsOn, maxBytes: 1_000, modes: ['stream'] });
      expect(await world.cascade.preview(world.database.manager, cause)).toEqual([]);
      expect(await apply(cause)).toBe(0);
      const rows = await world.query(
        `SELECT status, agreement_version AS version, epoch, max_bytes AS "maxBytes", expires_at AS "expiresAt"
         FROM grants WHERE id = $1`,
        [mine],
      );
      const expiresAt = endOfDay(endsOn);
      expect(rows).toEqual([
        { status: 'issued', version: 2, epoch: 2, maxBytes: '1000', expiresAt },
      ]);
      expect(await world.eventsOf(mine)).toEqual(['grant.issued', 'grant.refreshed']);
    });

    it('after an administrative amendment their tokens go on too (R3.2)', async () => {
      await propose({});
      await world.force(
        `UPDATE agreement_version SET amendment = 'administrative' WHERE version = 2`,
      );
      expect(await apply(cause)).toBe(0);
      const [row] = await world.query(
        'SELECT status, agreement_version AS version, epoch FROM grants WHERE id = $1',
        [mine],
      );
      expect(row).toEqual({ status: 'issued', version: 2, epoch: 1 });
    });

    it('those that it does not carry end', async () => {
      await propose({ accreditations: ['dea_full', 'other'] });
      await world.add((rows) =>
        rows.accreditation(GROUND.colleague, 'other', addDays(world.today, 300)),
      );
      const preview = await world.cascade.preview(world.database.manager, cause);
      expect(preview.map(({ id }) => id)).toEqual([mine]);
      expect(await apply(cause)).toBe(1);
      expect(await endReasons()).toEqual(['version_superseded', 'issued']);
    });
  });

  it('every cause has its handler', () => {
    expect(() => {
      world.cascade.onApplicationBootstrap();
    }).not.toThrow();
    const tried = new Set([
      ...stops.map(([cause]) => cause.code),
      'accreditation_lapsed',
      'training_lapsed',
      'organisation_check_lapsed',
      'version_superseded',
    ]);
    expect([...tried].sort()).toEqual([...CAUSE_CODES].sort());
  });
});
