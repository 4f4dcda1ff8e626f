import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import { addDays, endOfDay } from '../../kernel/london-day.js';
import type { Principal } from '../../identity/principal.js';
import type { GrantTokenView } from '../grant.view.js';

describe('refreshing a grant', () => {
  let world: GrantWorld;
  let issued: GrantTokenView;

  beforeAll(async () => {
    world = await grantWorld({ terms: { countries: ['GB'] } });
  }, 60_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    issued = await world.issue(await world.approve());
  });

  const refresh = (changes: Partial<Principal> = {}): Promise<GrantTokenView> =>
    world.grants.refresh(world.as(GROUND.researcher, changes), issued.id);
  const row = async (): Promise<Record<string, unknown> | undefined> => {
    const sql = 'SELECT status, epoch, expires_at AS "expiresAt" FROM grants WHERE id = $1';
    const [found] = await world.query(sql, [issued.id]);
    return found;
  };

  it('gives a fresh token of the same grant, and records it with its decision', async () => {
    const refreshed = await refresh();
    expect(refreshed).toMatchObject({ id: issued.id, expiresAt: issued.expiresAt });
    expect(refreshed.token).not.toBe(issued.token);
    expect(await world.eventsOf(issued.id)).toEqual(['grant.issued', 'grant.refreshed']);
    const decisions = await world.query(
      `SELECT d.outcome FROM decision_record d JOIN audit_event e ON e.id = d.audit_event_id
       WHERE e.grant_id = $1`,
      [issued.id],
    );
    expect(decisions).toEqual([{ outcome: 'allow' }, { outcome: 'allow' }]);
  });

  describe('of a grant that is bound to a key', () => {
    const jkt = 'k'.repeat(43);
    let bound: GrantTokenView;

    beforeEach(async () => {
      const accessRequestId = await world.approve();
      const holder = world.as(GROUND.researcher, { jkt });
      bound = await world.grants.issue(holder, { accessRequestId }, `bound ${accessRequestId}`);
    });

    it('wants a proof of that key', async () => {
      const holder = world.as(GROUND.researcher, { jkt });
      const refreshed = await world.grants.refresh(holder, bound.id);
      expect(refreshed).toMatchObject({ id: bound.id, tokenType: 'DPoP' });
      await expect(world.tokens.verify(refreshed.token)).resolves.toMatchObject({ jkt });
    });

    it.each([{}, { jkt: 'o'.repeat(43) }])('GD-11: is refused to a caller with %j', async (key) => {
      const caller = world.as(GROUND.researcher, key);
      await expect(world.grants.refresh(caller, bound.id)).rejects.toMatchObject({
        code: 'dpop_required',
      });
      expect(await world.eventsOf(bound.id)).toEqual(['grant.issued', 'grant.refused']);
    });
  });

  it('R3.11: never lengthens it, however much longer everything else lasts', async () => {
    await world.force(`UPDATE access_request SET until_on = until_on + 30`);
    const refreshed = await refresh();
    await world.force(`UPDATE access_request SET until_on = until_on - 30`);
    expect(refreshed.expiresAt).toBe(issued.expiresAt);
    expect(await row()).toMatchObject({ epoch: 1 });
  });

  it('R3.11: shortens it when what bounds it has come nearer; tokens that promise more are over', async () => {
    const endsOn = addDays(world.today, 3);
    await world.query(`UPDATE project SET ends_on = $1`, [endsOn]);
    const refreshed = await refresh();
    await world.query(`UPDATE project SET ends_on = $1`, [addDays(world.today, 200)]);
    expect(refreshed.expiresAt).toBe(endOfDay(endsOn).toISOString());
    expect(await row()).toMatchObject({ epoch: 2, expiresAt: endOfDay(endsOn) });
    await expect(world.tokens.verify(refreshed.token)).resolves.toMatchObject({ epoch: 2 });
  });

  describe('R3.14, GD-6: it is denied once an attribute has turned', () => {
    const terms = (changes: object): string =>
      `UPDATE agreement_version SET terms = terms || '${JSON.stringify(changes)}'`;
    it.each<[check: string, code: string, change: string, undo: string]>([
      [
        'requestApproved',
        'request_not_approved',
        `UPDATE access_request SET status = 'closed'`,
        `UPDATE access_request SET status = 'approved'`,
      ],
      [
        'personActive',
        'person_suspended',
        `UPDATE person SET status = 'suspended'`,
        `UPDATE person SET status = 'active'`,
      ],
      [
        'affiliationLive',
        'affiliation_ended',
        `UPDATE membership_role SET ended_at = now()`,
        `UPDATE membership_role SET ended_at = NULL`,
      ],
      [
        'accreditationValid',
        'accreditation_lapsed',
        terms({ accreditations: ['dea_full'] }),
        terms({ accreditations: [] }),
      ],
      ['trainingValid', 'training_lapsed', terms({ trainings: ['t'] }), terms({ trainings: [] })],
      [
        'organisationChecksValid',
        'organisation_check_lapsed',
        terms({ orgChecks: ['dspt'] }),
        terms({ orgChecks: [] }),
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_version SET status = 'suspended'`,
        `UPDATE agreement_version SET status = 'active'`,
      ],
      [
        'undertakingCurrent',
        'undertaking_stale',
        `UPDATE agreement_version SET version_hash = 'sha-256:${'2'.repeat(64)}'`,
        `UPDATE agreement_version SET version_hash = 'sha-256:${'1'.repeat(64)}'`,
      ],
      ['keyBound', 'dpop_required', terms({ dpop: true }), terms({ dpop: false })],
      [
        'datasetAvailable',
        'dataset_unavailable',
        `UPDATE dataset SET status = 'frozen'`,
        `UPDATE dataset SET status = 'published'`,
      ],
      [
        'locationValid',
        'location_invalid',
        `UPDATE dataset SET prefix = '../x/'`,
        `UPDATE dataset SET prefix = 'footfall/'`,
      ],
      [
        'storeProven',
        'store_not_ready',
        `UPDATE partner_store SET probe_passed = false`,
        `UPDATE partner_store SET probe_passed = true`,
      ],
      [
        'deliveryModeFits',
        'no_delivery_mode',
        terms({ modes: ['presign'] }),
        terms({ modes: ['stream'] }),
      ],
      [
        'windowOpen',
        'grant_window_closed',
        `UPDATE grants SET max_bytes = 10, bytes_delivered = 4, bytes_reserved = 6`,
        `UPDATE grants SET max_bytes = NULL`,
      ],
      [
        'auditLogMoving',
        'audit_log_stalled',
        `INSERT INTO log_state VALUES (1, 0, '', '{}', 1, 0, now() - interval '1 day')`,
        `DELETE FROM log_state`,
      ],
    ])('%s: %s', async (check, code, change, undo) => {
      await world.force(change);
      try {
        await expect(refresh()).rejects.toMatchObject({ code });
      } finally {
        await world.force(undo);
      }
      const [event] = await world.query(
        `SELECT reason_codes, outcome FROM audit_event WHERE grant_id = $1 AND type = 'grant.refused'`,
        [issued.id],
      );
      expect(event).toEqual({ reason_codes: [check], outcome: 'refused' });
      // The grant itself stands: what ends one is a cause, not a question about it.
      expect(await row()).toMatchObject({ status: 'issued', epoch: 1 });
    });

    it.each<[string, string, Partial<Principal>]>([
      ['authLevelMet', 'step_up_required', { authLevel: 1 }],
      ['policyAllows', 'policy_denied', { country: 'FR' }],
    ])('%s: %s, of this very call', async (_check, code, changes) => {
      await expect(refresh(changes)).rejects.toMatchObject({ code });
      expect(await world.eventsOf(issued.id)).toEqual(['grant.issued', 'grant.refused']);
    });
  });

  it.each([
    ['has ended by its date', `expires_at = issued_at`, 'expired'],
    ['was revoked', `status = 'revoked', ended_at = now()`, 'revoked'],
    ['is used up', `status = 'exhausted', ended_at = now()`, 'exhausted'],
  ])(
    'a grant that %s is not refreshed, and the attempt is recorded',
    async (_n, change, status) => {
      await world.query(`UPDATE grants SET ${change} WHERE id = $1`, [issued.id]);
      await expect(refresh()).rejects.toMatchObject({ code: 'grant_not_live', fields: { status } });
      expect(await world.eventsOf(issued.id)).toEqual(['grant.issued', 'grant.refused']);
    },
  );

  it('is the holder’s alone: colleagues are refused, strangers find nothing', async () => {
    const by = (personId: string): Promise<unknown> =>
      world.grants.refresh(world.as(personId), issued.id);
    await expect(by(GROUND.colleague)).rejects.toMatchObject({ code: 'operation_denied' });
    await expect(by(GROUND.owner)).rejects.toMatchObject({ code: 'operation_denied' });
    await expect(by(GROUND.stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      world.grants.refresh(world.as(GROUND.researcher), GROUND.request),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
