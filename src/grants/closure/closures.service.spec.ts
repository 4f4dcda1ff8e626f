import { createHash } from 'node:crypto';
import { asDeputy, DELEGATION, delegationIn } from '../../../test/support/deputies.js';
import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { AgreementVersion } from '../../agreements/agreement.types.js';
import { RenewalGuards } from '../../agreements/versions/renewal-guards.js';
import type { Cause } from '../../cascade/cause.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { isConcordatError } from '../../kernel/errors.js';
import { addDays, endOfDay } from '../../kernel/london-day.js';
import { isSignedBy } from '../../platform/signing/compact-jws.js';
import { Signing } from '../../platform/signing/signing.service.js';
import { DueExpiries } from '../ending/due-expiries.service.js';
import type { CertificateDto } from './closure.dto.js';
import { ClosuresService } from './closures.service.js';
import { OverdueClosures } from './overdue-closures.service.js';

const ANY = '01990000-0000-7000-8000-0000000000fe';

describe('closure', () => {
  let world: GrantWorld;
  let closures: ClosuresService;

  let start: string;

  beforeAll(async () => {
    world = await grantWorld({ terms: { disposalDays: 10 } });
    closures = world.app.get(ClosuresService, { strict: false });
    start = world.clock.now().toISOString();
  }, 60_000);
  afterAll(() => world.close());
  // Every test begins with no grant and nothing owed.
  afterEach(async () => {
    world.clock.set(start);
    await world.force(`DELETE FROM closure`);
    await world.force(`DELETE FROM grants`);
  });

  const apply = (cause: Cause): Promise<number> =>
    world.database.transaction((tx) => world.cascade.apply(tx, cause));
  const rows = (): Promise<{ id: string; status: string; event: string }[]> =>
    world.query(
      `SELECT c.id, c.status, e.type AS event FROM closure c JOIN audit_event e ON e.id = c.audit_event_id
       ORDER BY c.opened_at, c.id`,
    );
  const owed = async (): Promise<string> => (await rows())[0]?.id ?? '';
  const dpoOf = (organisationId: string, personId: string = GROUND.owner): Principal => {
    const caller = world.as(personId);
    const roles: readonly Role[] = ['dpo'];
    return {
      ...caller,
      memberships: caller.memberships.map((held) => ({ ...held, organisationId, roles })),
    };
  };
  const certificate = (changes: Partial<CertificateDto> = {}): CertificateDto => ({
    objects: [{ name: 'counts.csv', sha256: 'a'.repeat(64) }],
    disposal: 'destroyed',
    method: 'The keys were erased.',
    disposedOn: world.today,
    ...changes,
  });
  const attest = (id: string, principal: Principal = world.as(GROUND.researcher)) =>
    closures.close(principal, GROUND.agreement, {
      act: 'attest',
      closureId: id,
      certificate: certificate(),
    });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
    );
  const bothIssued = async (): Promise<string> => {
    const { id } = await world.issue();
    await world.issue(GROUND.colleaguesRequest, GROUND.colleague);
    return id;
  };

  const { agreement: agreementId, researcher: personId, recipient } = GROUND;
  const causes: readonly Cause[] = [
    { code: 'version_stopped', agreementId, version: 1 },
    { code: 'party_stopped', agreementId, organisationId: recipient },
    { code: 'organisation_stopped', organisationId: recipient },
    { code: 'project_closed', projectId: GROUND.project },
    { code: 'dataset_stopped', datasetId: GROUND.dataset },
    { code: 'store_suspended', storeId: GROUND.store },
  ];

  it.each(causes)('$code opens one for the project, in its own transaction', async (cause) => {
    await bothIssued();
    expect(await rows()).toEqual([]);
    await apply(cause);
    expect(await rows()).toEqual([
      { id: expect.any(String) as string, status: 'due', event: 'closure.due' },
    ]);
  });

  it('the last grant opens it, not one before: a revocation, an expiry', async () => {
    const mine = await bothIssued();
    await world.grants.revoke(world.as(GROUND.researcher), mine, 'Done');
    expect(await rows()).toEqual([]);
    await world.query(
      `UPDATE grants SET expires_at = issued_at WHERE status IN ('issued', 'active')`,
    );
    await world.app.get(DueExpiries, { strict: false }).sweep();
    expect(await rows()).toMatchObject([{ status: 'due' }]);
  });

  it('a member who leaves opens it only when nobody else holds a grant', async () => {
    await bothIssued();
    await apply({ code: 'membership_ended', personId, organisationId: recipient });
    expect(await rows()).toEqual([]);
    await apply({ code: 'person_suspended', personId: GROUND.colleague });
    expect(await rows()).toMatchObject([{ status: 'due' }]);
  });

  it('two last ends at once open one between them', async () => {
    await bothIssued();
    await Promise.all([
      apply({ code: 'person_suspended', personId }),
      apply({ code: 'person_suspended', personId: GROUND.colleague }),
    ]);
    expect(await rows()).toMatchObject([{ status: 'due' }]);
  });

  it('asks who held the grants and who is responsible, once, and the provider’s dpo when it is late', async () => {
    await world.force(`UPDATE person SET email = id || '@example.org'`);
    await world.force(
      `INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
       SELECT uuidv7(), id, 'dpo', starts_on, audit_event_id FROM membership
       WHERE person_id = $1 AND organisation_id = $2`,
      [GROUND.owner, GROUND.provider],
    );
    await bothIssued();
    await apply({ code: 'version_stopped', agreementId, version: 1 });
    const mails = (subject: string): Promise<{ recipient: string; body: string }[]> =>
      world.query(
        `SELECT recipient, body FROM mail_outbox WHERE subject LIKE 'Concordat: a certificate is ${subject}%'
         ORDER BY recipient`,
      );
    const told = (await mails('due')).map(({ recipient }) => recipient.replace('@example.org', ''));
    expect(told).toEqual([personId, GROUND.colleague, GROUND.recipientOwner].sort());
    expect((await mails('due'))[0]?.body).toContain(
      'a certificate of what became of the data, until',
    );
    expect(await mails('overdue')).toEqual([]);
    await world.force(`UPDATE closure SET due_at = opened_at`);
    const worker = world.app.get(OverdueClosures, { strict: false });
    await Promise.all([worker.sweep(), worker.sweep()]);
    await worker.sweep();
    expect((await mails('overdue')).map(({ recipient }) => recipient)).toEqual(
      [...told, GROUND.owner].sort().map((id) => `${id}@example.org`),
    );
  });

  it('a failing event leaves the grants as they were (law 1)', async () => {
    const id = await bothIssued();
    await world.force(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$`,
    );
    await world.force(
      `CREATE TRIGGER fails BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.type = 'closure.due')
       EXECUTE FUNCTION fail()`,
    );
    const stopping = apply({ code: 'version_stopped', agreementId, version: 1 });
    expect(await codeOf(stopping)).toBe('audit_unavailable');
    await world.force('DROP TRIGGER fails ON audit_event');
    expect(await world.eventsOf(id)).toEqual(['grant.issued']);
  });

  it('due → attested → verified, with a certificate that verifies offline', async () => {
    await bothIssued();
    await apply({ code: 'version_stopped', agreementId, version: 1 });
    const id = await owed();
    const attested = await attest(id);
    expect(attested).toMatchObject({ status: 'attested', organisationId: recipient });
    const text = attested.certificate ?? '';
    const hash = `sha-256:${createHash('sha256').update(text).digest('hex')}`;
    expect(attested.certificateHash).toBe(hash);
    expect(JSON.parse(text)).toMatchObject({
      ...certificate(),
      closureId: id,
      name: 'The researcher',
      position: 'Head researcher',
    });
    const jws = attested.jws ?? '';
    const [header = '', payload = ''] = jws
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    const { kid, alg, typ } = JSON.parse(header) as { kid: string; alg: string; typ: string };
    expect({ alg, typ }).toEqual({ alg: 'ES256', typ: 'concordat-closure' });
    const key = world.app
      .get(Signing)
      .jwks()
      .keys.find((one) => one.kid === kid);
    expect(await isSignedBy(jws, key ?? {}, 'ES256')).toBe(true);
    expect(JSON.parse(payload)).toMatchObject({
      hash,
      closureId: id,
      attester: { personId, position: 'Head researcher' },
    });
    const verified = await closures.close(dpoOf(GROUND.provider), agreementId, {
      act: 'verify',
      closureId: id,
      certificateHash: hash,
    });
    expect(verified).toMatchObject({ status: 'verified' });
    expect(await rows()).toMatchObject([{ event: 'closure.verified' }]);
  });

  it('R3.24: a deputy attests and verifies with the delegation; who holds a role themselves, without', async () => {
    await bothIssued();
    await apply({ code: 'version_stopped', agreementId, version: 1 });
    const id = await owed();
    const hash = (await attest(id, asDeputy(world.as(GROUND.recipientOfficer), 'dpo')))
      .certificateHash;
    expect(await delegationIn(world.database, 'closure.attested')).toBe(DELEGATION);
    const verify = { act: 'verify', closureId: id, certificateHash: hash ?? '' } as const;
    await closures.close(asDeputy(world.as(GROUND.owner), 'dpo'), agreementId, verify);
    expect(await delegationIn(world.database, 'closure.verified')).toBe(DELEGATION);
    await world.force(`UPDATE closure SET status = 'due', certificate = NULL, certificate_hash = NULL, jws = NULL,
      attested_by = NULL, attested_at = NULL, verified_by = NULL, verified_at = NULL`);
    await attest(id, asDeputy(world.as(personId), 'dpo'));
    expect(await delegationIn(world.database, 'closure.attested')).toBeNull();
  });

  it('R3.20: past disposalDays it is overdue, written once, also by two workers', async () => {
    await bothIssued();
    await apply({ code: 'version_stopped', agreementId, version: 1 });
    const worker = world.app.get(OverdueClosures, { strict: false });
    expect(await worker.sweep()).toBe(0);
    world.clock.set(`${addDays(world.today, 11)}T12:00:00Z`);
    expect(
      await closures.list(world.as(personId), { agreementId, status: 'overdue' }, null, 9),
    ).toHaveLength(1);
    const written = await Promise.all([worker.sweep(), worker.sweep()]);
    expect(written.sort()).toEqual([0, 1]);
    expect(await rows()).toMatchObject([{ status: 'overdue', event: 'closure.overdue' }]);
    expect(await attest(await owed())).toMatchObject({ status: 'attested' });
  });

  it('a use that goes on is not overdue and cannot be attested; its next end moves the day', async () => {
    await world.issue();
    await apply({ code: 'dataset_stopped', datasetId: GROUND.dataset });
    await world.issue();
    expect(await codeOf(attest(await owed()))).toBe('transition_not_allowed');
    world.clock.set(`${addDays(world.today, 11)}T12:00:00Z`);
    expect(await world.app.get(OverdueClosures, { strict: false }).sweep()).toBe(0);
    await apply({ code: 'dataset_stopped', datasetId: GROUND.dataset });
    expect(await rows()).toMatchObject([{ status: 'due' }]);
    const [closure] = await closures.list(
      world.as(personId),
      { agreementId, status: 'due' },
      null,
      9,
    );
    expect(closure?.dueAt).toBe(endOfDay(addDays(world.today, 21)).toISOString());
  });

  it('what was verified is not asked for again; a new use is', async () => {
    await world.issue();
    await apply({ code: 'dataset_stopped', datasetId: GROUND.dataset });
    await attest(await owed());
    await apply({ code: 'dataset_stopped', datasetId: GROUND.dataset });
    expect(await rows()).toHaveLength(1);
    await world.query(`UPDATE closure SET opened_at = opened_at - interval '1 day'`);
    await world.query(`UPDATE grants SET ended_at = ended_at - interval '1 day'`);
    await world.issue();
    await apply({ code: 'dataset_stopped', datasetId: GROUND.dataset });
    expect(await rows()).toMatchObject([{ status: 'attested' }, { status: 'due' }]);
  });

  it('only the owing organisation attests, only the provider’s dpo verifies, strangers see nothing', async () => {
    await bothIssued();
    await apply({ code: 'version_stopped', agreementId, version: 1 });
    const id = await owed();
    expect(await codeOf(attest(id, world.as(GROUND.owner)))).toBe('operation_denied');
    expect(await codeOf(attest(id, world.as(GROUND.stranger)))).toBe('not_found');
    expect(await codeOf(closures.get(world.as(GROUND.stranger), id))).toBe('not_found');
    expect(
      await codeOf(
        closures.close(world.as(personId), ANY, {
          act: 'verify',
          closureId: id,
          certificateHash: '',
        }),
      ),
    ).toBe('not_found');
    const { certificateHash } = await attest(id, dpoOf(recipient, GROUND.recipientOwner));
    const verify = (principal: Principal, hash = certificateHash ?? ''): Promise<string> =>
      codeOf(
        closures.close(principal, agreementId, {
          act: 'verify',
          closureId: id,
          certificateHash: hash,
        }),
      );
    expect(await verify(world.as(GROUND.owner))).toBe('operation_denied');
    expect(await verify(dpoOf(recipient, GROUND.recipientOwner))).toBe('operation_denied');
    expect(await verify(dpoOf(GROUND.provider, GROUND.recipientOwner))).toBe('operation_denied');
    expect(await verify(dpoOf(GROUND.provider), 'sha-256:0')).toBe('input_invalid');
    expect(await verify(dpoOf(GROUND.provider))).toBe('none');
    const seen = (who: string) =>
      closures.list(world.as(who), { agreementId: null, status: null }, null, 9);
    expect(await seen(GROUND.stranger)).toEqual([]);
    expect(await seen(GROUND.operatorOfficer)).toHaveLength(1);
    expect(await seen(GROUND.owner)).toHaveLength(1);
  });

  describe('the renewal of an agreement', () => {
    it.each([
      { owed: 'due', days: 1, status: 'active', isBlocked: false },
      // R3.25: the date says so before the sweep does.
      { owed: 'due', days: 0, status: 'active', isBlocked: true },
      { owed: 'overdue', days: -1, status: 'active', isBlocked: true },
      { owed: 'due', days: 1, status: 'expired', isBlocked: true },
      { owed: 'overdue', days: -1, status: 'terminated', isBlocked: true },
      { owed: null, days: 0, status: 'terminated', isBlocked: false },
    ])('$status with a certificate $owed, $days days to go: blocked is $isBlocked', async (row) => {
      if (row.owed !== null) {
        await world.force(
          `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
           audit_event_id) SELECT uuidv7(), $1, $2, $3, $4, $5, $6, $7, audit_event_id FROM project WHERE id = $1`,
          [
            GROUND.project,
            GROUND.agreement,
            GROUND.recipient,
            GROUND.provider,
            row.owed,
            world.clock.now(),
            new Date(world.clock.now().getTime() + row.days * 86_400_000),
          ],
        );
      }
      const agreement = { id: GROUND.agreement, status: row.status } as AgreementVersion;
      const guards = world.app.get(RenewalGuards, { strict: false });
      const renewal = world.database.transaction((tx) => guards.requireFree(tx, agreement));
      expect(await codeOf(renewal)).toBe(row.isBlocked ? 'closure_overdue' : 'none');
    });
  });
});
