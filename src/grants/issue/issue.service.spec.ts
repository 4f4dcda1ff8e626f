import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Principal } from '../../identity/principal.js';
import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { IssueGrantDto } from '../grant.dto.js';
import type { GrantTokenView } from '../grant.view.js';

describe('issuing a grant', () => {
  let world: GrantWorld;

  beforeAll(async () => {
    world = await grantWorld({ terms: { countries: ['GB'] } });
  }, 60_000);
  afterAll(() => world.close());

  const issue = (
    dto: IssueGrantDto,
    key: string = randomUUID(),
    changes: Partial<Principal> = {},
  ): Promise<GrantTokenView> => world.grants.issue(world.as(GROUND.researcher, changes), dto, key);
  const grantsUnder = (accessRequestId: string): Promise<{ id: string; status: string }[]> =>
    world.query('SELECT id, status FROM grants WHERE access_request_id = $1 ORDER BY issued_at', [
      accessRequestId,
    ]);
  const refusalsUnder = async (accessRequestId: string): Promise<readonly string[]> => {
    const rows = await world.query<{ reasons: string[] }>(
      `SELECT reason_codes AS reasons FROM audit_event
       WHERE type = 'grant.refused' AND outcome = 'refused' AND access_request_id = $1`,
      [accessRequestId],
    );
    return rows.flatMap(({ reasons }) => reasons);
  };

  it('writes grant, decision and event together and answers with a token', async () => {
    const accessRequestId = await world.approve();
    const issued = await issue({ accessRequestId });
    expect(issued).toEqual({
      id: issued.id,
      status: 'issued',
      delivery: 'stream',
      tokenType: 'Bearer',
      feedUrl: null,
      modes: [{ mode: 'stream', fault: null }],
      expiresAt: issued.expiresAt,
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{86}$/) as string,
      tokenExpiresAt: issued.tokenExpiresAt,
      objectsUrl: `http://127.0.0.1:3000/api/v1/grants/${issued.id}/objects`,
    });
    const [row] = await world.query(
      `SELECT g.epoch, g.dataset_version, e.type, d.outcome, d.reason FROM grants g
       JOIN audit_event e ON e.id = g.audit_event_id JOIN decision_record d ON d.audit_event_id = e.id
       WHERE g.id = $1 AND e.grant_id = g.id`,
      [issued.id],
    );
    expect(row).toEqual({
      epoch: 1,
      dataset_version: GROUND.sealedVersion,
      type: 'grant.issued',
      outcome: 'allow',
      reason: 'allowed',
    });
    await expect(world.tokens.verify(issued.token)).resolves.toMatchObject({ grantId: issued.id });
  });

  it('takes one statement for each step', async () => {
    await issue({ accessRequestId: await world.approve() });
    const accessRequestId = await world.approve();
    const sent = await sentDuring(() => issue({ accessRequestId }));
    const own = sent.filter((sql) => !sql.startsWith('SELECT version FROM policy_head'));
    expect(own.map((sql) => sql.slice(0, 24))).toEqual([
      'SELECT ARRAY[r.organisat',
      'START TRANSACTION',
      'INSERT INTO issue_idempo',
      'SET LOCAL transaction_ti',
      'SELECT jsonb_build_objec',
      'WITH inserted_event AS (',
      'COMMIT',
    ]);
  });

  describe('GD-1', () => {
    afterEach(() => world.force('DROP TRIGGER IF EXISTS fails ON audit_event'));

    it.each([
      ['insert of the event', 'CREATE TRIGGER fails BEFORE INSERT ON audit_event'],
      [
        'commit',
        'CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED',
      ],
    ])('a failing %s leaves no grant and no token', async (_name, trigger) => {
      await world.force(
        `CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no space left'; END $$`,
      );
      await world.force(`${trigger} FOR EACH ROW EXECUTE FUNCTION fail()`);
      const accessRequestId = GROUND.request;
      const key = randomUUID();
      await expect(issue({ accessRequestId }, key)).rejects.toMatchObject({
        code: 'audit_unavailable',
        status: 503,
      });
      expect(await grantsUnder(accessRequestId)).toEqual([]);
      expect(await world.query('SELECT FROM issue_idempotency WHERE key = $1', [key])).toEqual([]);
    });
  });

  describe('GD-2: each of these alone refuses, with an event that names the check', () => {
    const terms = (changes: object): string =>
      `UPDATE agreement_version SET terms = terms || '${JSON.stringify(changes)}'`;
    it.each<[check: string, code: string, change: string, undo: string]>([
      [
        'requestApproved',
        'request_not_approved',
        `UPDATE access_request SET status = 'closed' WHERE id = {request}`,
        `UPDATE access_request SET status = 'approved' WHERE id = {request}`,
      ],
      [
        'personActive',
        'person_suspended',
        `UPDATE person SET status = 'suspended' WHERE id = {researcher}`,
        `UPDATE person SET status = 'active' WHERE id = {researcher}`,
      ],
      [
        'affiliationLive',
        'affiliation_ended',
        `UPDATE membership_role SET ended_at = now() WHERE id = {researcher}`,
        `UPDATE membership_role SET ended_at = NULL WHERE id = {researcher}`,
      ],
      [
        'affiliationLive',
        'affiliation_ended',
        `UPDATE membership SET ends_on = '2026-01-02' WHERE id = {researcher}`,
        `UPDATE membership SET ends_on = NULL WHERE id = {researcher}`,
      ],
      [
        'affiliationLive',
        'affiliation_ended',
        `UPDATE project_member SET removed_at = now() WHERE person_id = {researcher}`,
        `UPDATE project_member SET removed_at = NULL WHERE person_id = {researcher}`,
      ],
      [
        'affiliationLive',
        'affiliation_ended',
        `UPDATE project SET status = 'closed'`,
        `UPDATE project SET status = 'active'`,
      ],
      [
        'accreditationValid',
        'accreditation_lapsed',
        terms({ accreditations: ['dea_full'] }),
        terms({ accreditations: [] }),
      ],
      [
        'trainingValid',
        'training_lapsed',
        terms({ trainings: ['safe_researcher'] }),
        terms({ trainings: [] }),
      ],
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
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_version SET ends_at = now() - interval '1 day'`,
        `UPDATE agreement_version SET ends_at = now() + interval '1 year'`,
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_party SET status = 'suspended' WHERE organisation_id = {recipient}`,
        `UPDATE agreement_party SET status = 'active' WHERE organisation_id = {recipient}`,
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_party SET status = 'withdrawn' WHERE organisation_id = {provider}`,
        `UPDATE agreement_party SET status = 'active' WHERE organisation_id = {provider}`,
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_party SET ends_at = now() - interval '1 day' WHERE organisation_id = {recipient}`,
        `UPDATE agreement_party SET ends_at = now() + interval '1 year' WHERE organisation_id = {recipient}`,
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE agreement_party SET ends_at = now() - interval '1 day' WHERE organisation_id = {provider}`,
        `UPDATE agreement_party SET ends_at = NULL WHERE organisation_id = {provider}`,
      ],
      [
        'agreementActive',
        'agreement_not_active',
        `UPDATE organisation SET status = 'suspended' WHERE id = {provider}`,
        `UPDATE organisation SET status = 'active' WHERE id = {provider}`,
      ],
      [
        'undertakingCurrent',
        'undertaking_stale',
        `UPDATE agreement_version SET version_hash = 'sha-256:${'f'.repeat(64)}'`,
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
        'datasetAvailable',
        'dataset_unavailable',
        `UPDATE dataset SET store_id = NULL, prefix = NULL`,
        `UPDATE dataset SET store_id = '${GROUND.store}', prefix = 'footfall/'`,
      ],
      [
        'datasetAvailable',
        'dataset_unavailable',
        `UPDATE dataset SET sealed_version = NULL`,
        `UPDATE dataset SET sealed_version = '${GROUND.sealedVersion}'`,
      ],
      [
        'locationValid',
        'location_invalid',
        `UPDATE partner_store SET endpoint = 'https://169.254.169.254'`,
        `UPDATE partner_store SET endpoint = 'http://127.0.0.1:1'`,
      ],
      [
        'locationValid',
        'location_invalid',
        `UPDATE dataset SET prefix = 'a/../b/'`,
        `UPDATE dataset SET prefix = 'footfall/'`,
      ],
      [
        'storeProven',
        'store_not_ready',
        `UPDATE partner_store SET probed_at = probed_at - interval '27 hours'`,
        `UPDATE partner_store SET probed_at = probed_at + interval '27 hours'`,
      ],
      [
        'storeProven',
        'store_not_ready',
        `UPDATE partner_store SET status = 'suspended'`,
        `UPDATE partner_store SET status = 'ready'`,
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
        `UPDATE access_request SET until_on = '2026-01-01' WHERE id = {request}`,
        `UPDATE access_request SET until_on = current_date + 60 WHERE id = {request}`,
      ],
      [
        'auditLogMoving',
        'audit_log_stalled',
        `INSERT INTO log_state VALUES (1, 0, '', '{}', 1, 0, now() - interval '20 minutes')`,
        `DELETE FROM log_state`,
      ],
    ])('%s: %s (%s)', async (check, code, change, undo) => {
      const accessRequestId = await world.approve();
      const named = (sql: string): string =>
        sql.replace(/\{(\w+)\}/g, (_match, name: string) => {
          const id = name === 'request' ? accessRequestId : GROUND[name as keyof typeof GROUND];
          return `'${id}'`;
        });
      const key = randomUUID();
      await world.force(named(change));
      try {
        await expect(issue({ accessRequestId }, key)).rejects.toMatchObject({ code });
      } finally {
        await world.force(named(undo));
      }
      expect(await refusalsUnder(accessRequestId)).toEqual([check]);
      expect(await grantsUnder(accessRequestId)).toEqual([]);
      // A refusal is no answer to keep: the same key, once the reason is gone.
      await expect(issue({ accessRequestId }, key)).resolves.toMatchObject({ status: 'issued' });
    });

    it.each<[string, string, Partial<Principal>, Partial<IssueGrantDto>]>([
      ['authLevelMet', 'step_up_required', { authLevel: 1 }, {}],
      ['deliveryModeFits', 'no_delivery_mode', {}, { delivery: 'presign' }],
      ['policyAllows', 'policy_denied', { country: 'FR' }, {}],
    ])('%s: %s, of this very call', async (check, code, changes, asked) => {
      const accessRequestId = await world.approve();
      const call = issue({ accessRequestId, ...asked }, randomUUID(), changes);
      await expect(call).rejects.toMatchObject({ code });
      expect(await refusalsUnder(accessRequestId)).toEqual([check]);
    });

    it('noLiveTwin names the grant that stands', async () => {
      const accessRequestId = await world.approve();
      const { id } = await issue({ accessRequestId });
      await expect(issue({ accessRequestId })).rejects.toMatchObject({
        code: 'grant_exists',
        fields: { grantId: id },
      });
      expect(await refusalsUnder(accessRequestId)).toEqual(['noLiveTwin']);
    });

    it('requestVisible hides another’s request as an absent one, and its event says nothing of it', async () => {
      const accessRequestId = await world.approve();
      const colleague = world.as(GROUND.colleague);
      const call = world.grants.issue(colleague, { accessRequestId }, randomUUID());
      await expect(call).rejects.toMatchObject({ code: 'not_found', fields: {} });
      await expect(issue({ accessRequestId: randomUUID() })).rejects.toMatchObject({
        code: 'not_found',
        fields: {},
      });
      expect(await refusalsUnder(accessRequestId)).toEqual([]);
      const [row] = await world.query(
        `SELECT count(*)::int AS count FROM audit_event WHERE type = 'grant.refused'
           AND reason_codes = '{requestVisible}' AND organisation_ids = $1::uuid[]`,
        [[GROUND.recipient]],
      );
      expect(row).toEqual({ count: 2 });
    });
  });

  it('a refusal by another check keeps what policy said too', async () => {
    const accessRequestId = await world.approve();
    await issue({ accessRequestId });
    await expect(issue({ accessRequestId })).rejects.toMatchObject({ code: 'grant_exists' });
    const rows = await world.query(
      `SELECT e.type, e.reason_codes, d.outcome FROM decision_record d JOIN audit_event e ON e.id = d.audit_event_id
       WHERE e.access_request_id = $1 ORDER BY e.type`,
      [accessRequestId],
    );
    expect(rows).toEqual([
      { type: 'grant.issued', reason_codes: [], outcome: 'allow' },
      { type: 'grant.refused', reason_codes: ['noLiveTwin'], outcome: 'allow' },
    ]);
  });

  it('a refusal by policy keeps its decision and names the clause', async () => {
    const accessRequestId = await world.approve();
    await expect(issue({ accessRequestId }, randomUUID(), { country: 'FR' })).rejects.toMatchObject(
      {
        code: 'policy_denied',
        fields: { failed: [{ agreement: 'CON-2026-0001', clause: '/countries', actual: 'FR' }] },
      },
    );
    const rows = await world.query(
      `SELECT d.outcome FROM decision_record d JOIN audit_event e ON e.id = d.audit_event_id
       WHERE e.access_request_id = $1`,
      [accessRequestId],
    );
    expect(rows).toEqual([{ outcome: 'deny' }]);
  });

  describe('with an Idempotency-Key', () => {
    it('GD-5: fifty concurrent calls make one grant', async () => {
      const accessRequestId = await world.approve();
      const key = randomUUID();
      const issued = await Promise.all(
        Array.from({ length: 50 }, () => issue({ accessRequestId }, key)),
      );
      expect(new Set(issued.map(({ id }) => id)).size).toBe(1);
      expect(new Set(issued.map(({ token }) => token)).size).toBe(50);
      expect(await grantsUnder(accessRequestId)).toHaveLength(1);
    });

    it('a repeat is decided again: it gives no token where a refresh gives none', async () => {
      const accessRequestId = await world.approve();
      const key = randomUUID();
      const { id } = await issue({ accessRequestId }, key);
      await expect(issue({ accessRequestId }, key, { authLevel: 1 })).rejects.toMatchObject({
        code: 'step_up_required',
      });
      await world.grants.revoke(world.as(GROUND.researcher), id, 'Done');
      await expect(issue({ accessRequestId }, key)).rejects.toMatchObject({
        code: 'grant_not_live',
      });
    });

    it('another body under the same key is refused, with an event, and the key stays taken', async () => {
      const accessRequestId = await world.approve();
      const key = randomUUID();
      const { id } = await issue({ accessRequestId }, key);
      const other = issue({ accessRequestId, delivery: 'stream' }, key);
      await expect(other).rejects.toMatchObject({ code: 'idempotency_mismatch', status: 409 });
      const rows = await world.query(
        `SELECT FROM audit_event WHERE type = 'grant.refused' AND reason_codes = '{idempotencyKeyFree}'`,
      );
      expect(rows).toHaveLength(1);
      await expect(issue({ accessRequestId }, key)).resolves.toMatchObject({ id });
    });

    it('a key older than a day counts as new, swept or not', async () => {
      const key = randomUUID();
      const [one, other] = [await world.approve(), await world.approve()];
      await issue({ accessRequestId: one }, key);
      await world.force(
        `UPDATE issue_idempotency SET created_at = created_at - interval '25 hours' WHERE key = $1`,
        [key],
      );
      await expect(issue({ accessRequestId: other }, key)).resolves.toMatchObject({
        status: 'issued',
      });
    });

    it('keys are each principal’s own', async () => {
      const key = randomUUID();
      const { id } = await issue({ accessRequestId: await world.approve() }, key);
      const theirs = await world.grants.issue(
        world.as(GROUND.colleague),
        { accessRequestId: GROUND.colleaguesRequest },
        key,
      );
      expect(theirs.id).not.toBe(id);
    });
  });

  it('a grant past its end stands in nobody’s way, written or not', async () => {
    const accessRequestId = await world.approve();
    const { id } = await issue({ accessRequestId });
    await world.query(`UPDATE grants SET expires_at = $2 WHERE id = $1`, [id, world.clock.now()]);
    await expect(issue({ accessRequestId })).resolves.toMatchObject({ status: 'issued' });
    expect(await world.eventsOf(id)).toEqual(['grant.expired', 'grant.issued']);
    expect((await grantsUnder(accessRequestId)).map(({ status }) => status).sort()).toEqual([
      'expired',
      'issued',
    ]);
  });

  it('two calls with two keys make one grant, and the other is told which', async () => {
    const accessRequestId = await world.approve();
    const results = await Promise.allSettled([
      issue({ accessRequestId }),
      issue({ accessRequestId }),
    ]);
    const [grant] = await grantsUnder(accessRequestId);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'grant_exists', fields: { grantId: grant?.id } },
    });
  });

  it('ends when the caller asks, if that is sooner; a time that has passed is refused', async () => {
    const soon = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
    const accessRequestId = await world.approve();
    await expect(issue({ accessRequestId, expiresAt: soon })).resolves.toMatchObject({
      expiresAt: soon,
    });
    const past = world.clock.now().toISOString();
    await expect(
      issue({ accessRequestId: await world.approve(), expiresAt: past }),
    ).rejects.toMatchObject({ code: 'grant_expiry_invalid', status: 422 });
  });
});

/** The text of every statement that the process sends meanwhile. */
async function sentDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const sent: string[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the client it was called on
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...args: [string | { text: string }]) {
    const [first] = args;
    sent.push((typeof first === 'string' ? first : first.text).trim());
    return (query as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return sent;
}

describe('asking for grants too often', () => {
  it('withinRate: rate_limited, counted and not recorded one by one', async () => {
    const world = await grantWorld({ config: { issueRatePerMinute: 2 } });
    try {
      await world.issue();
      await expect(world.issue()).rejects.toMatchObject({ code: 'grant_exists' });
      await expect(world.issue()).rejects.toMatchObject({ code: 'rate_limited', status: 429 });
      const refused = await world.query(
        `SELECT reason_codes FROM audit_event WHERE type = 'grant.refused'`,
      );
      expect(refused).toEqual([{ reason_codes: ['noLiveTwin'] }]);
    } finally {
      await world.close();
    }
  }, 60_000);
});
