import { asDeputy, DELEGATION, delegationIn } from '../../test/support/deputies.js';
import { GROUND, grantWorld, type GrantWorld } from '../../test/support/grant-world.js';
import { DueExpiries } from './ending/due-expiries.service.js';
import type { GrantTokenView } from './grant.view.js';
import { OldKeys } from './issue/old-keys.service.js';

describe('grants that stand', () => {
  let world: GrantWorld;
  let issued: GrantTokenView;

  beforeAll(async () => {
    world = await grantWorld();
  }, 60_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    issued = await world.issue(await world.approve());
  });

  const revoke = (personId: string): Promise<unknown> =>
    world.grants.revoke(world.as(personId), issued.id, 'No longer needed');

  describe('are ended', () => {
    it.each([
      ['their holder', GROUND.researcher, 'revoked_by_holder', GROUND.recipient],
      ['the provider’s data_owner', GROUND.owner, 'revoked_by_owner', GROUND.provider],
      ['the provider’s officer', GROUND.providerOfficer, 'revoked_by_officer', GROUND.provider],
      ['the holder’s officer', GROUND.recipientOfficer, 'revoked_by_officer', GROUND.recipient],
      ['the operator’s officer', GROUND.operatorOfficer, 'revoked_by_officer', GROUND.operator],
    ])('by %s', async (_name, personId, reason, organisationId) => {
      const view = await revoke(personId);
      expect(view).toMatchObject({
        status: 'revoked',
        endReason: reason,
        endedAt: world.clock.now().toISOString(),
      });
      const [event] = await world.query(
        `SELECT type, reason_codes, organisation_ids @> $2 AS "inName", person_ids @> $3 AS "byAndAbout"
         FROM audit_event WHERE grant_id = $1 AND type = 'grant.revoked'`,
        [issued.id, [organisationId], [personId, GROUND.researcher]],
      );
      expect(event).toEqual({
        type: 'grant.revoked',
        reason_codes: [reason],
        inName: true,
        byAndAbout: true,
      });
      const sql = `SELECT epoch, type FROM grants g JOIN audit_event e ON e.id = g.audit_event_id WHERE g.id = $1`;
      expect(await world.query(sql, [issued.id])).toEqual([{ epoch: 2, type: 'grant.revoked' }]);
    });

    it('R3.24: by the owner’s deputy, with the delegation; by an owner or a holder without', async () => {
      const deputy = asDeputy(world.as(GROUND.owner), 'data_owner', ['signatory']);
      const said: unknown[] = [];
      for (const who of [deputy, world.as(GROUND.owner), world.as(GROUND.researcher)]) {
        const { id } = await world.issue(await world.approve());
        await world.grants.revoke(who, id, 'Done');
        said.push(await delegationIn(world.database, 'grant.revoked'));
      }
      expect(said).toEqual([DELEGATION, null, null]);
    });

    it.each([
      [
        'the holder’s data_owner, who may not even read it by right of the provider',
        GROUND.recipientOwner,
        'operation_denied',
      ],
      ['a colleague', GROUND.colleague, 'operation_denied'],
      ['a stranger, to whom it is absent', GROUND.stranger, 'not_found'],
    ])('not by %s', async (_name, personId, code) => {
      await expect(revoke(personId)).rejects.toMatchObject({ code });
      expect(await world.eventsOf(issued.id)).toEqual(['grant.issued']);
    });

    it('R3.13: once, and by nobody after their end', async () => {
      await revoke(GROUND.researcher);
      await expect(revoke(GROUND.owner)).rejects.toMatchObject({
        code: 'transition_not_allowed',
        fields: { from: 'revoked', move: 'revoke' },
      });
      expect(await world.eventsOf(issued.id)).toEqual(['grant.issued', 'grant.revoked']);
    });

    it('a failing event leaves the grant as it is', async () => {
      await world.force(
        `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$`,
      );
      await world.force(
        'CREATE TRIGGER fails BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION fail()',
      );
      await expect(revoke(GROUND.researcher)).rejects.toMatchObject({ code: 'audit_unavailable' });
      await world.force('DROP TRIGGER fails ON audit_event');
      expect(await world.grants.get(world.as(GROUND.researcher), issued.id)).toMatchObject({
        status: 'issued',
      });
    });
  });

  describe('are read', () => {
    it.each([GROUND.researcher, GROUND.owner, GROUND.recipientOwner, GROUND.operatorOfficer])(
      'by whom they concern (%s), without a token or a location',
      async (personId) => {
        const view = await world.grants.get(world.as(personId), issued.id);
        expect(view).toMatchObject({ id: issued.id, status: 'issued', downloads: 0 });
        expect(JSON.stringify(view)).not.toMatch(/footfall|127\.0\.0\.1:1"|eyJ/);
      },
    );

    it('by no stranger and no colleague', async () => {
      const read = (personId: string): Promise<unknown> =>
        world.grants.get(world.as(personId), issued.id);
      await expect(read(GROUND.stranger)).rejects.toMatchObject({ code: 'not_found' });
      await expect(read(GROUND.colleague)).rejects.toMatchObject({ code: 'operation_denied' });
    });

    it('R3.25: as ended from the instant they end, before any job has written it', async () => {
      await world.query('UPDATE grants SET expires_at = $2 WHERE id = $1', [
        issued.id,
        world.clock.now(),
      ]);
      expect(await world.grants.get(world.as(GROUND.researcher), issued.id)).toMatchObject({
        status: 'expired',
        endReason: 'expired',
        endedAt: world.clock.now().toISOString(),
      });
      await expect(revoke(GROUND.owner)).rejects.toMatchObject({ fields: { from: 'expired' } });
    });

    it('in a list of one’s own, newest first, page by page', async () => {
      world.clock.add(1);
      const last = await world.issue(await world.approve());
      world.clock.add(1);
      const next = await world.issue(await world.approve());
      const [first] = await world.grants.list(world.as(GROUND.researcher), null, 1);
      const [second] = await world.grants.list(world.as(GROUND.researcher), next.id, 1);
      expect([first?.id, second?.id]).toEqual([next.id, last.id]);
      expect(await world.grants.list(world.as(GROUND.owner), null, 10)).toEqual([]);
    });
  });

  describe('expire', () => {
    const sweep = (): Promise<number> => world.app.get(DueExpiries, { strict: false }).sweep();

    it('with one event each, however many sweep at once', async () => {
      await sweep();
      const other = await world.issue(await world.approve());
      await world.query('UPDATE grants SET expires_at = issued_at WHERE id = ANY ($1)', [
        [issued.id, other.id],
      ]);
      const swept = await Promise.all([sweep(), sweep(), sweep()]);
      expect(swept.reduce((a, b) => a + b)).toBe(2);
      for (const { id } of [issued, other]) {
        expect(await world.eventsOf(id)).toEqual(['grant.expired', 'grant.issued']);
      }
      const sql = `SELECT status, epoch, end_reason, ended_at = expires_at AS "atItsEnd" FROM grants WHERE id = $1`;
      expect(await world.query(sql, [issued.id])).toEqual([
        { status: 'expired', epoch: 2, end_reason: 'expired', atItsEnd: true },
      ]);
    });

    it('not before their time', async () => {
      await sweep();
      expect(await sweep()).toBe(0);
      expect(await world.eventsOf(issued.id)).toEqual(['grant.issued']);
    });
  });

  it('Idempotency-Keys are forgotten after a day, and not before', async () => {
    await world.force(`DELETE FROM issue_idempotency`);
    await world.issue(await world.approve());
    await world.force(
      `INSERT INTO issue_idempotency SELECT principal_id, 'old', body_sha256, grant_id,
         created_at - interval '24 hours 1 ms' FROM issue_idempotency`,
    );
    expect(await world.app.get(OldKeys, { strict: false }).forget()).toBe(1);
    const [row] = await world.query('SELECT count(*)::int AS count FROM issue_idempotency');
    expect(row).toEqual({ count: 1 });
  });
});
