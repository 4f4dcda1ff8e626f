import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import {
  agreementWorld,
  NEWCOMER,
  RECIPIENT_OFFICER,
  RECIPIENT_OWNER,
  type AgreementWorld,
} from '../../../test/support/agreement-world.js';
import { isConcordatError } from '../../kernel/errors.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import type { AgreementTerms } from '../terms/terms.types.js';

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set('2026-05-01T09:00:00Z');
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
const accept = { decision: 'accept' } as const;

async function inForce(changes: Partial<AgreementTerms> = {}): Promise<string> {
  const { id } = await world.agreements.create(owner(), { ...exampleTerms(changes) });
  await world.submit(owner(), id);
  await settle(id);
  world.grants.applied.length = 0;
  return id;
}

/** Both founding parties accept and sign what is being prepared. */
async function settle(id: string): Promise<void> {
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  world.clock.set('2026-06-01T09:00:00+01:00');
  for (const personId of [PROVIDER.signatory, RECIPIENT.signatory]) {
    await sign(personId, id, versionHash ?? '');
  }
}

const sign = (personId: string, id: string, versionHash: string): Promise<AgreementView> =>
  world.acts.sign(world.as(personId), id, { decision: 'sign', versionHash });

const invitation = (changes: object = {}): Record<string, unknown> => ({
  organisationId: NEWCOMER.id,
  signatoryId: NEWCOMER.signatory,
  dpoId: NEWCOMER.dpo,
  dataRole: 'recipient',
  controllerRole: 'separate',
  breachContact: 'breach@example.org',
  queryContact: 'query@example.org',
  ...changes,
});

async function acceded(changes: Partial<AgreementTerms> = {}): Promise<string> {
  const id = await inForce(changes);
  await world.parties.accede(owner(), id, invitation());
  const versionHash = (await get(id)).versionHash ?? '';
  await world.acts.review(world.as(NEWCOMER.dpo), id, { ...accept, versionHash });
  await sign(NEWCOMER.signatory, id, versionHash);
  world.grants.applied.length = 0;
  return id;
}

async function partyOf(id: string, organisationId: string) {
  const party = (await get(id)).parties.find((one) => one.organisationId === organisationId);
  return { id: party?.id ?? '', status: party?.status ?? 'none' };
}

const recipientsOf = async (id: string): Promise<readonly string[]> => {
  const rows = await world.database.manager.query<{ recipients: string[] }[]>(
    `SELECT DISTINCT recipients FROM policy_rule WHERE agreement_id = $1 AND to_version IS NULL`,
    [id],
  );
  return rows.flatMap(({ recipients }) => recipients);
};

describe('accession', () => {
  it('makes a party active as soon as it has signed, and publishes it as a recipient (R3.5)', async () => {
    const id = await inForce();
    await world.parties.accede(owner(), id, invitation());
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('invited');
    expect(await world.eventsOf(id)).toContain('party.invited');
    expect(await recipientsOf(id)).toEqual([RECIPIENT.id]);
    const versionHash = (await get(id)).versionHash ?? '';
    const early = sign(NEWCOMER.signatory, id, versionHash);
    expect(await codeOf(early)).toBe('transition_not_allowed');
    await world.acts.review(world.as(NEWCOMER.dpo), id, { ...accept, versionHash });
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('reviewed');
    await sign(NEWCOMER.signatory, id, versionHash);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect(await recipientsOf(id)).toEqual([RECIPIENT.id, NEWCOMER.id]);
    const { signatures } = await world.agreements.signatures(owner(), id);
    expect(new Set(signatures.map((one) => one.versionHash))).toEqual(new Set([versionHash]));
    expect(signatures).toHaveLength(3);
    expect(world.grants.applied).toEqual([]);
  });

  it('is for the lead’s data owner', async () => {
    const id = await inForce();
    const attempts = [PROVIDER.signatory, RECIPIENT_OWNER, RECIPIENT.dpo].map((personId) =>
      codeOf(world.parties.accede(world.as(personId), id, invitation())),
    );
    expect(await Promise.all(attempts)).toEqual(Array(3).fill('operation_denied'));
    const stranger = world.parties.accede(world.as(world.stranger), id, invitation());
    expect(await codeOf(stranger)).toBe('not_found');
  });

  it.each([
    ['who is a party', { organisationId: RECIPIENT.id }, 'conflict'],
    ['nobody', { organisationId: undefined }, 'input_invalid'],
    ['with a signatory of another organisation', { signatoryId: PROVIDER.owner }, 'input_invalid'],
    ['with one person for two duties', { signatoryId: NEWCOMER.dpo }, 'input_invalid'],
    ['as the lead', { lead: true }, 'agreement_field_unknown'],
    ['with an unknown term', { colour: 'red' }, 'agreement_field_unknown'],
    ['without a contact', { queryContact: undefined }, 'input_invalid'],
  ])('does not invite %s', async (_whom, changes, code) => {
    const id = await inForce();
    const body = JSON.parse(JSON.stringify(invitation(changes))) as Record<string, unknown>;
    expect(await codeOf(world.parties.accede(owner(), id, body))).toBe(code);
    expect((await get(id)).parties).toHaveLength(2);
  });

  it('points at the fault in what was sent', async () => {
    const id = await inForce();
    const wrong = invitation({ signatoryId: PROVIDER.owner, dataRole: 'observer' });
    const error = await world.parties.accede(owner(), id, wrong).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fields: { errors: [{ pointer: '/dataRole' }] } });
  });

  it('is closed to who is no party of the framework above it', async () => {
    const { items, modes, actions, ...common } = exampleTerms({ kind: 'framework' });
    expect([items, modes, actions]).not.toContain(undefined);
    const { id: parentAgreementId } = await world.agreements.create(owner(), { ...common });
    await world.submit(owner(), parentAgreementId);
    await settle(parentAgreementId);
    const id = await inForce({ parentAgreementId });
    await expect(world.parties.accede(owner(), id, invitation())).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/organisationId' }] },
    });
    expect((await get(id)).parties).toHaveLength(2);
  });

  it('gives nobody two duties, whoever else acceded (R3.24)', async () => {
    const id = await acceded();
    for (const [personId, organisationId, role] of [
      [RECIPIENT.signatory, world.strangers, 'dpo'],
      [NEWCOMER.dpo, world.strangers, 'signatory'],
    ] as const) {
      await world.appoint(personId, organisationId, role);
    }
    const third = (changes: object) =>
      world.parties.accede(
        owner(),
        id,
        invitation({ organisationId: world.strangers, ...changes }),
      );
    await expect(
      third({ signatoryId: NEWCOMER.dpo, dpoId: RECIPIENT.signatory }),
    ).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/signatoryId' }, { pointer: '/dpoId' }] },
    });
    expect((await get(id)).parties).toHaveLength(3);
    // Nor does the next version.
    await world.appoint(NEWCOMER.dpo, RECIPIENT.id, 'signatory');
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    const [provider, recipient] = exampleTerms().parties;
    const parties = [provider, { ...recipient, signatoryId: NEWCOMER.dpo }];
    await world.agreements.edit(owner(), id, { parties }, etagOf(draft));
    await expect(world.submit(owner(), id)).rejects.toMatchObject({
      code: 'agreement_incomplete',
      fields: { errors: [{ pointer: '/parties/1/signatoryId' }] },
    });
  });

  it('is refused by an agreement that is suspended or has ended', async () => {
    const id = await inForce();
    await world.acts.suspend(world.as(PROVIDER.signatory), id, 'A breach');
    expect(await codeOf(world.parties.accede(owner(), id, invitation()))).toBe(
      'transition_not_allowed',
    );
    world.clock.set('2027-06-02T09:00:00Z');
    await world.dueMoves.sweep();
    expect(await codeOf(world.parties.accede(owner(), id, invitation()))).toBe(
      'transition_not_allowed',
    );
  });

  it('waits for every provider unless the terms let the lead admit alone', async () => {
    const [provider, recipient] = exampleTerms().parties;
    const both = provider &&
      recipient && { parties: [provider, { ...recipient, dataRole: 'both' as const }] };
    const id = await inForce({ ...both });
    const early = world.parties.accede(owner(), id, invitation());
    await expect(early).rejects.toMatchObject({
      code: 'admission_missing',
      fields: { providerIds: [RECIPIENT.id] },
    });
    const consent = { organisationId: NEWCOMER.id };
    await world.parties.accede(world.as(RECIPIENT_OWNER), id, consent);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('none');
    const [told] = await world.database.manager.query<unknown[]>(
      `SELECT organisation_ids AS organisations, reason_codes AS codes FROM audit_event
       WHERE agreement_id = $1 AND type = 'party.invited'`,
      [id],
    );
    expect(told).toEqual({
      organisations: [PROVIDER.id, RECIPIENT.id].sort(),
      codes: ['admitted', `organisation:${NEWCOMER.id}`],
    });
    await world.parties.accede(owner(), id, invitation());
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('invited');
    const alone = await inForce({ ...both, admission: 'lead' });
    await world.parties.accede(owner(), alone, invitation());
    expect((await partyOf(alone, NEWCOMER.id)).status).toBe('invited');
  });
});

describe('the next version, to a party that acceded', () => {
  const amend = async (id: string, changes: object): Promise<string> => {
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { ...changes }, etagOf(draft));
    const { versionHash } = await world.submit(owner(), id);
    return versionHash ?? '';
  };

  it('keeps it active when it signed that too', async () => {
    const id = await acceded();
    const versionHash = await amend(id, { objective: 'Another.' });
    await world.accept(PROVIDER.dpo, id);
    await world.accept(RECIPIENT.dpo, id);
    await world.acts.review(world.as(NEWCOMER.dpo), id, { ...accept, versionHash });
    await sign(NEWCOMER.signatory, id, versionHash);
    await sign(PROVIDER.signatory, id, versionHash);
    await sign(RECIPIENT.signatory, id, versionHash);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect(await recipientsOf(id)).toEqual([RECIPIENT.id, NEWCOMER.id]);
  });

  it('does not wait for it, and lapses it without its sign-off, suspended or not', async () => {
    const id = await acceded();
    const party = await partyOf(id, NEWCOMER.id);
    await world.parties.suspend(world.as(NEWCOMER.signatory), id, party.id, 'A pause');
    world.grants.applied.length = 0;
    await amend(id, { objective: 'Another.' });
    await settle(id);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('lapsed');
    expect(await recipientsOf(id)).toEqual([RECIPIENT.id]);
    expect(world.grants.applied).toEqual([
      { code: 'party_stopped', agreementId: id, organisationId: NEWCOMER.id },
      { code: 'version_superseded', agreementId: id, version: 1, nextVersion: 2 },
    ]);
    await world.parties.accede(owner(), id, invitation());
    const again = await partyOf(id, NEWCOMER.id);
    expect(again.status).toBe('invited');
    expect(again.id).not.toBe(party.id);
  });

  it('is not for one that left: it stands in no later version, and reads none and no event of it', async () => {
    const id = await acceded({ noticeDays: 0 });
    const party = await partyOf(id, NEWCOMER.id);
    await world.parties.withdraw(world.as(NEWCOMER.signatory), id, party.id, 'Merged');
    const theirs = (version?: number): Promise<string> =>
      codeOf(world.agreements.get(world.as(NEWCOMER.dpo), id, version));
    expect(await theirs()).toBe('none');
    await amend(id, { objective: 'Another.' });
    await settle(id);
    const ids = (await get(id)).parties.map(({ organisationId }) => organisationId);
    expect(ids.sort()).toEqual([PROVIDER.id, RECIPIENT.id].sort());
    expect([await theirs(), await theirs(2), await theirs(1)]).toEqual([
      'not_found',
      'not_found',
      'none',
    ]);
    const page = { status: null, after: null, limit: 100 };
    const listed = await world.agreements.list(world.as(NEWCOMER.dpo), page);
    expect(listed.map((one) => one.id)).not.toContain(id);
    const told = await world.database.manager.query<{ type: string }[]>(
      `SELECT type FROM audit_event WHERE agreement_id = $1 AND organisation_ids @> ARRAY[$2::uuid]
       AND type IN ('agreement.locked', 'agreement.superseded', 'agreement.activated')`,
      [id, NEWCOMER.id],
    );
    expect(told.map(({ type }) => type)).toEqual(['agreement.superseded']);
    await world.parties.accede(owner(), id, invitation());
    expect((await partyOf(id, NEWCOMER.id)).id).not.toBe(party.id);
    expect(await theirs(2)).toBe('none');
  });

  it('carries its sign-off over when only contacts changed (R3.2)', async () => {
    const id = await acceded();
    await amend(id, {
      parties: exampleTerms().parties.map((one) => ({ ...one, queryContact: 'q@example.org' })),
    });
    await world.accept(PROVIDER.dpo, id);
    const { versionHash } = await world.accept(RECIPIENT.dpo, id);
    await sign(PROVIDER.signatory, id, versionHash ?? '');
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect((await world.agreements.signatures(owner(), id)).signatures).toHaveLength(3);
  });
});

describe('one party’s stop', () => {
  it.each([
    ['its signatory', RECIPIENT.signatory],
    ['its IG officer', RECIPIENT_OFFICER],
    ['the lead’s signatory', PROVIDER.signatory],
  ])('by %s ends its own grants alone', async (_who, personId) => {
    const id = await acceded();
    const party = await partyOf(id, RECIPIENT.id);
    await world.parties.suspend(world.as(personId), id, party.id, 'A breach');
    expect((await partyOf(id, RECIPIENT.id)).status).toBe('suspended');
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect((await get(id)).status).toBe('active');
    expect(world.grants.applied).toEqual([
      { code: 'party_stopped', agreementId: id, organisationId: RECIPIENT.id },
    ]);
  });

  it('is for nobody else', async () => {
    const id = await acceded();
    const party = await partyOf(id, RECIPIENT.id);
    const others = [
      PROVIDER.owner,
      PROVIDER.dpo,
      PROVIDER.officer,
      NEWCOMER.signatory,
      world.officer,
    ];
    const codes = others.map((personId) =>
      codeOf(world.parties.suspend(world.as(personId), id, party.id, 'Mine')),
    );
    expect(await Promise.all(codes)).toEqual(Array(5).fill('operation_denied'));
    const unknown = world.parties.suspend(world.as(PROVIDER.signatory), id, id, 'Nobody');
    expect(await codeOf(unknown)).toBe('not_found');
  });

  it('is undone by its own signatory and IG officer together (R3.10), once', async () => {
    const id = await acceded();
    const party = await partyOf(id, RECIPIENT.id);
    const signatory = world.as(RECIPIENT.signatory);
    await world.parties.suspend(signatory, id, party.id, 'First');
    const denied = world.parties.resume(world.as(PROVIDER.signatory), id, party.id, 'For them');
    expect(await codeOf(denied)).toBe('operation_denied');
    const first = await world.parties.resume(signatory, id, party.id, 'Mended');
    const second = await world.parties.resume(signatory, id, party.id, 'Mended too');
    expect(await codeOf(world.approvals.approve(signatory, second.approvalId))).toBe(
      'approval_by_proposer',
    );
    await world.approvals.approve(world.as(RECIPIENT_OFFICER), second.approvalId);
    expect((await partyOf(id, RECIPIENT.id)).status).toBe('active');
    await world.parties.suspend(signatory, id, party.id, 'Second');
    const late = world.approvals.approve(world.as(RECIPIENT_OFFICER), first.approvalId);
    expect(await codeOf(late)).toBe('transition_not_allowed');
    expect((await partyOf(id, RECIPIENT.id)).status).toBe('suspended');
  });
});

describe('one party’s leaving', () => {
  const GIVEN = '2026-07-02T12:00:00Z';
  /** 30 whole days in London after the day of the notice. */
  const BEFORE = '2026-08-01T22:59:59.999Z';
  const RUN = '2026-08-01T23:00:00Z';
  const stopped = (id: string) => [
    { code: 'party_stopped', agreementId: id, organisationId: NEWCOMER.id },
  ];
  const sweepTwice = () => Promise.all([world.dueMoves.sweep(), world.dueMoves.sweep()]);
  const countOf = async (id: string, type: string): Promise<number> =>
    (await world.eventsOf(id)).filter((one) => one === type).length;

  async function withdrawing(): Promise<{ id: string; partyId: string }> {
    const id = await acceded();
    const { id: partyId } = await partyOf(id, NEWCOMER.id);
    world.clock.set(GIVEN);
    await world.parties.withdraw(world.as(NEWCOMER.signatory), id, partyId, 'Merged');
    return { id, partyId };
  }

  it('is its signatory’s, who gives notice: the broker keeps it and tells the others', async () => {
    await world.database.manager.query(`UPDATE person SET email = id || '@example.org'`);
    const { id, partyId } = await withdrawing();
    const { notices, parties } = await get(id);
    expect(notices).toMatchObject([
      {
        act: 'withdraw',
        partyId,
        organisationId: NEWCOMER.id,
        givenAt: '2026-07-02T12:00:00.000Z',
        takesEffectAt: '2026-08-01T23:00:00.000Z',
      },
    ]);
    expect(parties.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
    expect(world.grants.applied).toEqual([]);
    expect(await countOf(id, 'notice.sent')).toBe(1);
    const mails = await world.database.manager.query<{ recipient: string; body: string }[]>(
      `SELECT recipient, body FROM mail_outbox WHERE dedupe_key LIKE 'notice:' || $1 || ':sent:%'
       ORDER BY recipient`,
      [notices[0]?.id],
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual(
      [PROVIDER.signatory, PROVIDER.dpo, RECIPIENT.signatory, RECIPIENT.dpo]
        .sort()
        .map((person) => `${person}@example.org`),
    );
    expect(mails[0]?.body).toContain('The last day is 2026-08-01.');
    const again = (personId: string) =>
      codeOf(world.parties.withdraw(world.as(personId), id, partyId, 'Merged'));
    expect(await again(NEWCOMER.signatory)).toBe('conflict');
    expect(await again(PROVIDER.signatory)).toBe('operation_denied');
  });

  it('R3.25 takes effect when the notice has run, swept or not, and is written once', async () => {
    const { id } = await withdrawing();
    world.clock.set(BEFORE);
    await sweepTwice();
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    world.clock.set(RUN);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('withdrawn');
    expect(world.grants.applied).toEqual([]);
    expect(await codeOf(world.parties.accede(owner(), id, invitation()))).toBe('conflict');
    await sweepTwice();
    await sweepTwice();
    expect(await countOf(id, 'party.withdrawn')).toBe(1);
    expect(causesOf(id)).toEqual(stopped(id));
    expect((await get(id)).notices).toEqual([]);
  });

  it('law 1: stays in force when something that rests on it cannot be ended, until the next sweep', async () => {
    const { id } = await withdrawing();
    world.clock.set(RUN);
    world.grants.failsWith = new Error('A grant would not end');
    await world.dueMoves.sweep();
    expect(await countOf(id, 'party.withdrawn')).toBe(0);
    world.grants.failsWith = undefined;
    await world.dueMoves.sweep();
    expect(causesOf(id)).toEqual(stopped(id));
  });

  it('may be taken back by the party until then, and by nobody else', async () => {
    const { id } = await withdrawing();
    const noticeId = (await get(id)).notices[0]?.id ?? '';
    const takeBack = (personId: string) =>
      world.parties.takeBack(world.as(personId), id, noticeId, 'We stay');
    const others = [PROVIDER.signatory, RECIPIENT.signatory, NEWCOMER.dpo, NEWCOMER.owner];
    const codes = others.map((personId) => codeOf(takeBack(personId)));
    expect(await Promise.all(codes)).toEqual(Array(4).fill('operation_denied'));
    expect(await codeOf(takeBack(world.stranger))).toBe('not_found');
    world.clock.set(BEFORE);
    expect((await takeBack(NEWCOMER.signatory)).notices).toEqual([]);
    expect(await countOf(id, 'notice.taken-back')).toBe(1);
    world.clock.set(RUN);
    await sweepTwice();
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect(await codeOf(takeBack(NEWCOMER.signatory))).toBe('not_found');
  });

  it('cannot be taken back once it has taken effect', async () => {
    const { id } = await withdrawing();
    const noticeId = (await get(id)).notices[0]?.id ?? '';
    world.clock.set(RUN);
    const late = world.parties.takeBack(world.as(NEWCOMER.signatory), id, noticeId, 'We stay');
    expect(await codeOf(late)).toBe('transition_not_allowed');
  });

  it('may be the lead’s will, of two people, after notice or at once', async () => {
    const id = await acceded();
    const party = await partyOf(id, NEWCOMER.id);
    const signatory = world.as(PROVIDER.signatory);
    const exclude = async (urgent: boolean): Promise<void> => {
      const why = { reason: 'A breach', urgent };
      const { approvalId } = await world.parties.exclude(signatory, id, party.id, why);
      expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
      await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
    };
    await exclude(false);
    expect((await get(id)).notices).toMatchObject([{ act: 'exclude', partyId: party.id }]);
    expect(world.grants.applied).toEqual([]);
    expect(await codeOf(exclude(false))).toBe('conflict');
    await exclude(true);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('excluded');
    expect(causesOf(id)).toEqual(stopped(id));
    expect((await get(id)).notices).toEqual([]);
    expect(await countOf(id, 'party.excluded')).toBe(1);
  });

  it('is not open to the lead', async () => {
    const id = await acceded();
    const party = await partyOf(id, PROVIDER.id);
    const signatory = world.as(PROVIDER.signatory);
    expect(await codeOf(world.parties.withdraw(signatory, id, party.id, 'Enough'))).toBe(
      'conflict',
    );
    const exclude = world.parties.exclude(signatory, id, party.id, { reason: 'Enough' });
    expect(await codeOf(exclude)).toBe('conflict');
  });

  it('takes along the version that it was drafting, which barred others from theirs', async () => {
    const id = await inForce({ noticeDays: 0 });
    const party = await partyOf(id, RECIPIENT.id);
    const theirs = world.as(RECIPIENT_OWNER);
    await world.versions.amend(theirs, id, await world.etag(id, 'current'));
    await world.parties.withdraw(world.as(RECIPIENT.signatory), id, party.id, 'Done');
    expect((await world.agreements.get(theirs, id, 2)).status).toBe('terminated');
    expect(await countOf(id, 'agreement.terminated')).toBe(1);
    const mine = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    expect(mine).toMatchObject({ version: 3, status: 'draft' });
  });

  it('blocks a next version that still names it, until that is mended', async () => {
    const id = await inForce({ noticeDays: 0 });
    const party = await partyOf(id, RECIPIENT.id);
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { objective: 'Another.' }, etagOf(draft));
    await world.submit(owner(), id);
    await world.accept(PROVIDER.dpo, id);
    const { versionHash } = await world.accept(RECIPIENT.dpo, id);
    await sign(RECIPIENT.signatory, id, versionHash ?? '');
    await world.parties.withdraw(world.as(RECIPIENT.signatory), id, party.id, 'Done');
    await sign(PROVIDER.signatory, id, versionHash ?? '');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    expect((await partyOf(id, RECIPIENT.id)).status).toBe('withdrawn');
  });
});
