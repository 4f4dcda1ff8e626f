import { createHash, createPublicKey, verify } from 'node:crypto';
import { exampleTerms, FOOTFALL, PROVIDER, RECIPIENT } from '../../test/support/agreement-terms.js';
import {
  agreementWorld,
  RECIPIENT_OWNER,
  type AgreementWorld,
} from '../../test/support/agreement-world.js';
import type { Principal } from '../identity/principal.js';
import { isConcordatError } from '../kernel/errors.js';
import { Signing } from '../platform/signing/signing.service.js';
import { etagOf, type AgreementView } from './agreement.view.js';
import type { AgreementTerms } from './terms/terms.types.js';

const IN_MAY = '2026-05-01T09:00:00Z';
const IN_FORCE = '2026-06-01T09:00:00+01:00';

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set(IN_MAY);
  world.grants.applied.length = 0;
  world.grants.failsWith = undefined;
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const owner = () => world.as(PROVIDER.owner);
const causesOf = (id: string) =>
  world.grants.applied.filter((cause) => 'agreementId' in cause && cause.agreementId === id);
const get = (id: string): Promise<AgreementView> => world.agreements.get(owner(), id);

async function submitted(changes: Partial<AgreementTerms> = {}): Promise<AgreementView> {
  const { id } = await world.agreements.create(owner(), {
    organisationId: PROVIDER.id,
    ...exampleTerms(changes),
  });
  return world.submit(owner(), id);
}

async function awaitingSignature(
  changes: Partial<AgreementTerms> = {},
): Promise<{ id: string; versionHash: string }> {
  const { id } = await submitted(changes);
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  return { id, versionHash: versionHash ?? '' };
}

const sign = (personId: string, id: string, versionHash: string): Promise<AgreementView> =>
  world.acts.sign(world.as(personId), id, { decision: 'sign', versionHash });

async function active(changes: Partial<AgreementTerms> = {}): Promise<string> {
  const { id, versionHash } = await awaitingSignature(changes);
  world.clock.set(IN_FORCE);
  await sign(PROVIDER.signatory, id, versionHash);
  await sign(RECIPIENT.signatory, id, versionHash);
  return id;
}

describe('from draft to signature', () => {
  it('records every move of the whole path, and puts the version in force with its policy', async () => {
    const id = await active();
    const agreement = await get(id);
    expect(agreement.status).toBe('active');
    expect(agreement.parties.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(await world.eventsOf(id)).toEqual([
      'agreement.activated',
      'agreement.drafted',
      'agreement.locked',
      'agreement.reviewed',
      'agreement.reviewed',
      'agreement.signed',
      'agreement.signed',
      'agreement.submitted',
      'party.activated',
      'party.activated',
      'policy.published',
    ]);
  });

  it('keeps an incomplete draft from review, naming each fault', async () => {
    const { id } = await world.agreements.create(owner(), {
      organisationId: PROVIDER.id,
      title: 'A start',
    });
    expect(await codeOf(world.submit(owner(), id))).toBe('agreement_incomplete');
    expect((await get(id)).status).toBe('draft');
  });

  it('says which of its prohibited uses are promised and no code prevents (R2.4)', async () => {
    const { id } = await world.agreements.create(owner(), {
      ...exampleTerms(),
      prohibitedUses: ['onward_sharing', 'reidentification'],
    });
    expect((await get(id)).promisedNotEnforced).toEqual(['onward_sharing', 'reidentification']);
  });

  it('takes an edit only on the draft that was read', async () => {
    const draft = await world.agreements.create(owner(), { title: 'One' });
    const edit = (title: string) =>
      world.agreements.edit(owner(), draft.id, { title }, etagOf(draft));
    expect((await edit('Two')).title).toBe('Two');
    expect(await codeOf(edit('Three'))).toBe('precondition_failed');
    expect((await get(draft.id)).title).toBe('Two');
  });

  it('answers one creation twice with the same agreement', async () => {
    const body = { title: 'Once' };
    const first = await world.agreements.create(owner(), body, 'key-1');
    const again = await world.agreements.create(owner(), body, 'key-1');
    expect(again.id).toBe(first.id);
  });

  it('is absent for a stranger (law 3)', async () => {
    const { id } = await submitted();
    const stranger = world.as(world.stranger);
    expect(await codeOf(world.agreements.get(stranger, id))).toBe('not_found');
    expect(await codeOf(world.acts.suspend(stranger, id, 'Mine now'))).toBe('not_found');
    const listed = await world.agreements.list(stranger, { status: null, after: null, limit: 100 });
    expect(listed).toEqual([]);
  });

  it('goes back to a draft when a reviewer returns it, and its hash counts no more', async () => {
    const { id } = await submitted();
    const dpo = world.as(RECIPIENT.dpo);
    expect(await codeOf(world.acts.review(dpo, id, { decision: 'return' }))).toBe('input_invalid');
    const returned = await world.acts.review(dpo, id, { decision: 'return', reason: 'Too wide' });
    expect(returned).toMatchObject({ status: 'draft', versionHash: null });
  });

  it('lets only the named dpo of a party accept for it, once', async () => {
    const { id, parties } = await submitted();
    const [, recipient] = parties;
    const dpo = world.as(PROVIDER.dpo);
    const forOther = { decision: 'accept', partyId: recipient?.id ?? '' } as const;
    expect(await codeOf(world.acts.review(dpo, id, forOther))).toBe('operation_denied');
    await world.accept(PROVIDER.dpo, id);
    expect(await codeOf(world.accept(PROVIDER.dpo, id))).toBe('transition_not_allowed');
    expect(await codeOf(world.accept(RECIPIENT.signatory, id))).toBe('operation_denied');
  });

  it('learns nothing of a dataset that is hidden from who drafts: it is like one that is not there', async () => {
    const hidden = '01990000-0000-7000-8000-0000000000d7';
    const { manager } = world.database;
    await manager.query(
      `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason, sensitivity,
         tags, kind, fields, population_id, store_id, prefix, keywords, licence, visibility, status, audit_event_id)
       SELECT $2, organisation_id, 'Hidden', description, publisher, contact, access, access_reason, sensitivity, tags,
         'feed', fields, $2, store_id, 'hidden/', keywords, licence, 'owner', status, audit_event_id
       FROM dataset WHERE id = $1`,
      [FOOTFALL, hidden],
    );
    const sounded = async (by: Principal, datasetId: string): Promise<unknown> => {
      const { parties, items = [] } = exampleTerms();
      const draft = await world.agreements.create(by, {
        ...exampleTerms({
          parties: parties.map((one) => ({ ...one, lead: one.organisationId === RECIPIENT.id })),
          items: items.map((one) => ({
            ...one,
            datasetId,
            fields: [
              { name: 'count', reason: 'Is there one?' },
              { name: 'no', reason: 'Is this?' },
            ],
            release: 'view' as const,
            view: {
              schema: 1,
              unit: { column: 'count', domain: 'text' },
              format: 'csv',
              columns: [{ name: 'a', from: 'count', rule: { kind: 'keep' } }],
            },
            includeHistory: true,
          })),
          modes: ['presign', 'feed'],
        }),
      });
      const error: unknown = await world.submit(by, draft.id).catch((thrown: unknown) => thrown);
      return isConcordatError(error) ? error.fields.errors : error;
    };
    const recipient = world.as(RECIPIENT_OWNER);
    const absent = await sounded(recipient, '01990000-0000-7000-8000-0000000000d8');
    expect(absent).toContainEqual({
      pointer: '/items/0/datasetId',
      reason: 'is no dataset of that provider',
    });
    expect(await sounded(recipient, hidden)).toEqual(absent);
    expect(await sounded(owner(), hidden)).not.toEqual(absent);
  });

  it('says which content was read: no review is of a hash that does not stand', async () => {
    const { id } = await submitted();
    const dpo = world.as(PROVIDER.dpo);
    const stale = { versionHash: `sha-256:${'0'.repeat(64)}` };
    const answers = [
      [{ decision: 'accept' }, 'input_invalid'],
      [{ decision: 'accept', ...stale }, 'signoff_stale'],
      [{ decision: 'return', reason: 'Too wide', ...stale }, 'signoff_stale'],
    ] as const;
    for (const [answer, code] of answers) {
      expect(await codeOf(world.acts.review(dpo, id, answer))).toBe(code);
    }
    expect(await world.agreements.get(owner(), id)).toMatchObject({ status: 'in_review' });
  });

  it('is submitted as it was read: the loser of two is told', async () => {
    const draft = await world.agreements.create(owner(), { ...exampleTerms() });
    const read = etagOf(draft);
    await world.agreements.edit(owner(), draft.id, { title: 'Newer' }, read);
    const late = world.agreements.submit(owner(), draft.id, read);
    expect(await codeOf(late)).toBe('precondition_failed');
    const current = await world.etag(draft.id);
    const both = await Promise.all(
      [0, 1].map(() => codeOf(world.agreements.submit(owner(), draft.id, current))),
    );
    expect(both.sort()).toEqual(['none', 'precondition_failed']);
  });

  it('voids sign-offs when a signatory declines, and the next hash is another', async () => {
    const { id, versionHash } = await awaitingSignature();
    await sign(PROVIDER.signatory, id, versionHash);
    const decline = { decision: 'decline', reason: 'Not like this' } as const;
    const declined = await world.acts.sign(world.as(RECIPIENT.signatory), id, decline);
    expect(declined.status).toBe('draft');
    expect((await world.agreements.signatures(owner(), id)).signatures).toEqual([]);
    await world.agreements.edit(owner(), id, { objective: 'Other words.' }, etagOf(declined));
    const again = await world.submit(owner(), id);
    expect(again.versionHash).not.toBe(versionHash);
    expect(again.parties.map(({ status }) => status)).toEqual(['invited', 'invited']);
  });

  it('can be recalled by its drafter while it awaits signature', async () => {
    const { id } = await awaitingSignature();
    const recall = { decision: 'return', reason: 'A mistake' } as const;
    expect(await codeOf(world.acts.review(world.as(PROVIDER.dpo), id, recall))).toBe(
      'operation_denied',
    );
    expect((await world.acts.review(owner(), id, recall)).status).toBe('draft');
  });
});

describe('a framework (section 2, `kind`)', () => {
  const frameworkTerms = (): AgreementTerms => {
    const { items, modes, actions, ...common } = exampleTerms({ kind: 'framework' });
    expect([items, modes, actions]).not.toContain(undefined);
    return common;
  };

  async function frameworkInForce(): Promise<string> {
    const { id } = await world.agreements.create(owner(), { ...frameworkTerms() });
    await world.submit(owner(), id);
    await world.accept(PROVIDER.dpo, id);
    const { versionHash } = await world.accept(RECIPIENT.dpo, id);
    world.clock.set(IN_FORCE);
    await sign(PROVIDER.signatory, id, versionHash ?? '');
    await sign(RECIPIENT.signatory, id, versionHash ?? '');
    return id;
  }

  it('comes into force and lets nobody do anything', async () => {
    const id = await frameworkInForce();
    expect((await get(id)).status).toBe('active');
    const rules = await world.database.manager.query<unknown[]>(
      'SELECT FROM policy_rule WHERE agreement_id = $1',
      [id],
    );
    expect(rules).toEqual([]);
  });

  it('is the parent of agreements between its parties that end no later', async () => {
    const parentAgreementId = await frameworkInForce();
    expect((await submitted({ parentAgreementId })).status).toBe('in_review');
    const later = submitted({ parentAgreementId, endsOn: '2027-06-01' });
    await expect(later).rejects.toMatchObject({
      fields: { errors: [{ pointer: '/parentAgreementId' }] },
    });
  });

  it('R3.25 is a parent no longer than it lasts: notice counts, swept or not', async () => {
    const parentAgreementId = await frameworkInForce();
    const end = { reason: 'Another one comes.' };
    const proposed = await world.acts.terminate(
      world.as(PROVIDER.signatory),
      parentAgreementId,
      end,
    );
    const approvalId = 'approvalId' in proposed ? proposed.approvalId : '';
    await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
    // 30 whole days after 1 June.
    const within = { parentAgreementId, reviewOn: '2026-06-20' };
    expect((await submitted({ ...within, endsOn: '2026-07-01' })).status).toBe('in_review');
    const refused = { fields: { errors: [{ pointer: '/parentAgreementId' }] } };
    await expect(submitted({ ...within, endsOn: '2026-07-02' })).rejects.toMatchObject(refused);
    world.clock.set('2026-07-02T09:00:00Z');
    const late = { parentAgreementId, startsOn: '2026-07-02', reviewOn: '2026-12-01' };
    await expect(submitted(late)).rejects.toMatchObject(refused);
  });
});

describe('sign-offs', () => {
  it('of two parties at once are both recorded, and one of them activates', async () => {
    const { id, versionHash } = await awaitingSignature();
    world.clock.set(IN_FORCE);
    await Promise.all([
      sign(PROVIDER.signatory, id, versionHash),
      sign(RECIPIENT.signatory, id, versionHash),
    ]);
    const types = await world.eventsOf(id);
    expect(types.filter((type) => type === 'agreement.signed')).toHaveLength(2);
    expect(types.filter((type) => type === 'agreement.activated')).toHaveLength(1);
    expect((await get(id)).status).toBe('active');
    expect((await world.agreements.signatures(owner(), id)).signatures).toHaveLength(2);
  });

  it('verify offline with the published keys, over the hash of the document (R3.6, R3.9, R2.1)', async () => {
    const { id, versionHash } = await awaitingSignature();
    await sign(PROVIDER.signatory, id, versionHash);
    const { document, signatures } = await world.agreements.signatures(owner(), id);
    const [header = '', payload = '', signature = ''] = signatures[0]?.jws.split('.') ?? [];
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    const { kid, typ, alg } = read(header) as Record<string, string>;
    const jwk = world.app
      .get(Signing)
      .jwks()
      .keys.find((key) => key.kid === kid);
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const bytes = Buffer.from(`${header}.${payload}`);
    const ieee = { key, dsaEncoding: 'ieee-p1363' } as const;
    expect({ typ, alg }).toEqual({ typ: 'concordat-signoff', alg: 'ES256' });
    expect(verify('sha256', bytes, ieee, Buffer.from(signature, 'base64url'))).toBe(true);
    const digest = createHash('sha256')
      .update(document ?? '')
      .digest('hex');
    expect(read(payload)).toMatchObject({
      v: 1,
      agreementId: id,
      version: 1,
      hash: `sha-256:${digest}`,
      signatory: {
        personId: PROVIDER.signatory,
        name: 'The signatory',
        position: 'Head signatory',
      },
      auth: { acr: 'urn:concordat:acr:mfa', level: 2, at: '2026-05-01T09:00:00.000Z' },
      signedAt: '2026-05-01T09:00:00.000Z',
    });
  });

  it('of a deputy name the delegation, and one person never answers for both duties (R3.24, R3.8)', async () => {
    const { id, versionHash } = await awaitingSignature();
    const delegationId = '01990000-0000-7000-8000-0000000000aa';
    const deputyOf = (personId: string) => {
      const deputy = world.as(personId);
      const delegation = { delegationId, role: 'signatory', giverId: PROVIDER.signatory } as const;
      return world.as(personId, {
        memberships: deputy.memberships.map((membership) => ({
          ...membership,
          ownRoles: membership.roles,
          roles: [...membership.roles, 'signatory'] as const,
          delegations: [delegation],
        })),
      });
    };
    const dto = { decision: 'sign', versionHash } as const;
    const reviewer = world.acts.sign(deputyOf(PROVIDER.dpo), id, dto);
    expect(await codeOf(reviewer)).toBe('operation_denied');
    await world.acts.sign(deputyOf(PROVIDER.officer), id, dto);
    const { signatures } = await world.agreements.signatures(owner(), id);
    const payload = signatures[0]?.jws.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      signatory: { personId: PROVIDER.officer, delegationId },
    });
  });

  it.each([
    ['five minutes and a second ago', { authenticatedAt: new Date('2026-05-01T08:54:59Z') }],
    ['at an unknown time', { authenticatedAt: null }],
    ['in the future', { authenticatedAt: new Date('2026-05-01T10:00:00Z') }],
    ['with one factor', { authLevel: 1 as const }],
  ])('need a fresh sign-in, not one %s (R3.7)', async (_when, changes) => {
    const { id, versionHash } = await awaitingSignature();
    const signatory = world.as(PROVIDER.signatory, changes);
    const attempt = world.acts.sign(signatory, id, { decision: 'sign', versionHash });
    expect(await codeOf(attempt)).toBe('step_up_required');
    expect((await world.agreements.signatures(owner(), id)).signatures).toEqual([]);
  });

  it('may rest on a sign-in of exactly five minutes ago (R3.7)', async () => {
    const { id, versionHash } = await awaitingSignature();
    const changes = { authenticatedAt: new Date('2026-05-01T08:55:00Z') };
    const signatory = world.as(PROVIDER.signatory, changes);
    const attempt = world.acts.sign(signatory, id, { decision: 'sign', versionHash });
    expect(await codeOf(attempt)).toBe('none');
  });

  it('are refused to whoever edited the version (R3.8)', async () => {
    const signatory = world.as(PROVIDER.signatory);
    const [membership] = signatory.memberships;
    const both = world.as(PROVIDER.signatory, {
      memberships: membership ? [{ ...membership, roles: ['signatory', 'data_owner'] }] : [],
    });
    const draft = await world.agreements.create(owner(), { ...exampleTerms() });
    await world.agreements.edit(both, draft.id, { title: 'Mine' }, etagOf(draft));
    await world.submit(owner(), draft.id);
    await world.accept(PROVIDER.dpo, draft.id);
    const { versionHash } = await world.accept(RECIPIENT.dpo, draft.id);
    expect(await codeOf(sign(PROVIDER.signatory, draft.id, versionHash ?? ''))).toBe(
      'signoff_by_editor',
    );
  });

  it('are refused on another hash than the one that stands, and without one', async () => {
    const { id } = await awaitingSignature();
    const other = `sha-256:${'0'.repeat(64)}`;
    expect(await codeOf(sign(PROVIDER.signatory, id, other))).toBe('signoff_stale');
    const without = world.acts.sign(world.as(PROVIDER.signatory), id, { decision: 'sign' });
    expect(await codeOf(without)).toBe('input_invalid');
  });

  it('come only from the named signatory, once, and never from a program', async () => {
    const { id, versionHash } = await awaitingSignature();
    expect(await codeOf(sign(PROVIDER.dpo, id, versionHash))).toBe('operation_denied');
    const program = world.as(PROVIDER.signatory, { kind: 'service' });
    const attempt = world.acts.sign(program, id, { decision: 'sign', versionHash });
    expect(await codeOf(attempt)).toBe('operation_denied');
    await sign(PROVIDER.signatory, id, versionHash);
    expect(await codeOf(sign(PROVIDER.signatory, id, versionHash))).toBe('transition_not_allowed');
  });
});

describe('what a date makes due (R3.25)', () => {
  it('activates on the start day in London, not before', async () => {
    const { id, versionHash } = await awaitingSignature();
    await sign(PROVIDER.signatory, id, versionHash);
    await sign(RECIPIENT.signatory, id, versionHash);
    world.clock.set('2026-05-31T23:59:59+01:00');
    await world.dueMoves.sweep();
    expect((await get(id)).status).toBe('awaiting_signature');
    world.clock.set('2026-06-01T00:00:00+01:00');
    await world.dueMoves.sweep();
    expect((await get(id)).status).toBe('active');
  });

  it('expires after the end day in London, once, whichever of two workers comes first', async () => {
    const id = await active({ reviewOn: '2027-05-31' });
    world.clock.set('2027-05-31T23:59:59+01:00');
    await world.dueMoves.sweep();
    expect((await get(id)).status).toBe('active');
    world.clock.set('2027-06-01T00:00:00+01:00');
    await Promise.all([world.dueMoves.sweep(), world.dueMoves.sweep()]);
    expect((await get(id)).status).toBe('expired');
    const types = await world.eventsOf(id);
    expect(types.filter((type) => type === 'agreement.expired')).toHaveLength(1);
    const cause = { code: 'version_stopped', agreementId: id, version: 1 };
    expect(
      world.grants.applied.filter(
        (applied) => 'agreementId' in applied && applied.agreementId === id,
      ),
    ).toEqual([cause]);
  });
});

describe('stopping', () => {
  it('suspends by one person, ends what rests on it, and resumes with a second (R3.10)', async () => {
    const id = await active();
    const signatory = world.as(PROVIDER.signatory);
    const suspended = await world.acts.suspend(signatory, id, 'A breach');
    expect(suspended.status).toBe('suspended');
    expect(world.grants.applied).toEqual([
      { code: 'version_stopped', agreementId: id, version: 1 },
    ]);
    const { approvalId } = await world.acts.resume(signatory, id, 'Mended');
    expect(await codeOf(world.approvals.approve(signatory, approvalId))).toBe(
      'approval_by_proposer',
    );
    expect((await get(id)).status).toBe('suspended');
    await world.approvals.approve(world.as(PROVIDER.officer), approvalId);
    expect((await get(id)).status).toBe('active');
    expect(world.grants.applied).toHaveLength(1);
  });

  it('does not resume a later suspension by the approval of an earlier one', async () => {
    const id = await active();
    const signatory = world.as(PROVIDER.signatory);
    await world.acts.suspend(signatory, id, 'First');
    const first = await world.acts.resume(signatory, id, 'Mended');
    const second = await world.acts.resume(signatory, id, 'Mended too');
    await world.approvals.approve(world.as(PROVIDER.officer), second.approvalId);
    await world.acts.suspend(signatory, id, 'Second');
    const late = world.approvals.approve(world.as(PROVIDER.officer), first.approvalId);
    expect(await codeOf(late)).toBe('transition_not_allowed');
    expect((await get(id)).status).toBe('suspended');
  });

  it('changes nothing when something that rests on it cannot be ended', async () => {
    const id = await active();
    world.grants.failsWith = new Error('A grant would not end');
    const attempt = world.acts.suspend(world.as(PROVIDER.signatory), id, 'A breach');
    await expect(attempt).rejects.toThrow('A grant would not end');
    expect((await get(id)).status).toBe('active');
    expect(await world.eventsOf(id)).not.toContain('agreement.suspended');
  });

  it('may be done by the operator’s IG officer, and by nobody without the standing', async () => {
    const id = await active();
    const attempts = [PROVIDER.owner, PROVIDER.dpo, RECIPIENT.signatory].map((personId) =>
      codeOf(world.acts.suspend(world.as(personId), id, 'Mine')),
    );
    expect(await Promise.all(attempts)).toEqual(Array(3).fill('operation_denied'));
    const suspended = await world.acts.suspend(world.as(world.officer), id, 'An incident');
    expect(suspended.status).toBe('suspended');
  });

  it('gives up at once what was never in force', async () => {
    const { id } = await awaitingSignature();
    const given = await world.acts.terminate(owner(), id, { reason: 'Not wanted' });
    expect(given).toMatchObject({ status: 'terminated' });
    expect(world.grants.applied).toEqual([]);
  });
});

describe('termination', () => {
  const GIVEN = '2026-08-01T12:00:00Z';
  /** 30 whole days in London after the day of the notice. */
  const BEFORE = '2026-08-31T22:59:59.999Z';
  const RUN = '2026-08-31T23:00:00Z';
  const stopped = (id: string) => [{ code: 'version_stopped', agreementId: id, version: 1 }];
  const sweepTwice = () => Promise.all([world.dueMoves.sweep(), world.dueMoves.sweep()]);

  async function terminate(id: string, urgent = false): Promise<void> {
    const why = { reason: 'No need', urgent };
    const proposed = await world.acts.terminate(world.as(PROVIDER.signatory), id, why);
    const approvalId = 'approvalId' in proposed ? proposed.approvalId : '';
    await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
  }

  async function noticed(changes: Partial<AgreementTerms> = {}): Promise<string> {
    const id = await active(changes);
    world.clock.set(GIVEN);
    await terminate(id);
    return id;
  }

  it('by the lead’s signatory and dpo is notice: the broker keeps it and tells the others', async () => {
    await world.database.manager.query(`UPDATE person SET email = id || '@example.org'`);
    const id = await noticed();
    const { status, endsAt, notices } = await get(id);
    expect({ status, endsAt }).toEqual({ status: 'active', endsAt: '2026-08-31T23:00:00.000Z' });
    expect(notices).toMatchObject([
      { act: 'terminate', partyId: null, takesEffectAt: '2026-08-31T23:00:00.000Z' },
    ]);
    expect(world.grants.applied).toEqual([]);
    expect(await world.eventsOf(id)).toContain('notice.sent');
    const mails = await world.database.manager.query<{ recipient: string; body: string }[]>(
      `SELECT recipient, body FROM mail_outbox WHERE dedupe_key LIKE 'notice:' || $1 || ':sent:%'
       ORDER BY recipient`,
      [notices[0]?.id],
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual(
      [RECIPIENT.signatory, RECIPIENT.dpo].sort().map((person) => `${person}@example.org`),
    );
    expect(mails[0]?.body).toContain('the agreement ends. The last day is 2026-08-31.');
    expect(await codeOf(terminate(id))).toBe('conflict');
  });

  it('R3.25 takes effect when the notice has run, swept or not, and is written once with its cascade (law 1)', async () => {
    const id = await noticed();
    world.clock.set(BEFORE);
    await sweepTwice();
    expect((await get(id)).status).toBe('active');
    world.clock.set(RUN);
    expect((await get(id)).status).toBe('terminated');
    const amend = world.versions.amend(owner(), id, await world.etag(id, 'current'));
    expect(await codeOf(amend)).toBe('transition_not_allowed');
    await sweepTwice();
    await sweepTwice();
    expect(causesOf(id)).toEqual(stopped(id));
    const ends = (await world.eventsOf(id)).filter((type) => type === 'agreement.terminated');
    expect(ends).toHaveLength(1);
    expect((await get(id)).notices).toEqual([]);
  });

  it('may be taken back by the lead until then, and the agreement lasts as long as its terms say', async () => {
    const id = await noticed();
    const noticeId = (await get(id)).notices[0]?.id ?? '';
    const takeBack = (personId: string) =>
      world.parties.takeBack(world.as(personId), id, noticeId, 'It goes on');
    const others = [RECIPIENT.signatory, RECIPIENT.dpo, PROVIDER.owner, world.officer];
    const codes = others.map((personId) => codeOf(takeBack(personId)));
    expect(await Promise.all(codes)).toEqual(Array(4).fill('operation_denied'));
    const { notices, endsAt } = await takeBack(PROVIDER.dpo);
    expect({ notices, endsAt }).toEqual({ notices: [], endsAt: '2027-05-31T23:00:00.000Z' });
    world.clock.set(RUN);
    await sweepTwice();
    expect((await get(id)).status).toBe('active');
  });

  it('at once, when it is urgent, needs no notice and overtakes the one given', async () => {
    const id = await noticed();
    await terminate(id, true);
    expect(await get(id)).toMatchObject({ status: 'terminated', notices: [] });
    expect(causesOf(id)).toEqual(stopped(id));
  });

  it('comes at once where the terms ask for no notice', async () => {
    const id = await noticed({ noticeDays: 0 });
    expect(await get(id)).toMatchObject({ status: 'terminated', notices: [] });
    expect(causesOf(id)).toEqual(stopped(id));
  });

  it('by notice ends the next version too, in force or not', async () => {
    const id = await noticed();
    const amend = async (changes: Partial<AgreementTerms>): Promise<void> => {
      const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
      await world.agreements.edit(owner(), id, { ...changes }, etagOf(draft));
      await world.submit(owner(), id);
      await world.accept(PROVIDER.dpo, id);
      const { versionHash } = await world.accept(RECIPIENT.dpo, id);
      await sign(PROVIDER.signatory, id, versionHash ?? '');
      await sign(RECIPIENT.signatory, id, versionHash ?? '');
    };
    await amend({ objective: 'To learn where people cycle.' });
    const { version, status, endsAt } = await get(id);
    const ends = '2026-08-31T23:00:00.000Z';
    expect({ version, status, endsAt }).toEqual({ version: 2, status: 'active', endsAt: ends });
    await amend({ startsOn: '2026-09-01' });
    world.clock.set('2026-09-01T09:00:00Z');
    await sweepTwice();
    expect(await get(id)).toMatchObject({ version: 2, status: 'terminated' });
    const third = await world.agreements.get(owner(), id, 3);
    expect(third.status).toBe('terminated');
  });
});
