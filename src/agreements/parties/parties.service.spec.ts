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
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const owner = () => world.as(PROVIDER.owner);
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

async function acceded(): Promise<string> {
  const id = await inForce();
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
    const id = await acceded();
    const party = await partyOf(id, NEWCOMER.id);
    world.clock.set('2026-08-01T12:00:00Z');
    const leave = { reason: 'Merged', noticeGivenOn: '2026-06-15' };
    await world.parties.withdraw(world.as(NEWCOMER.signatory), id, party.id, leave);
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
  it('is its signatory’s, after notice', async () => {
    const id = await acceded();
    const party = await partyOf(id, NEWCOMER.id);
    world.clock.set('2026-08-01T12:00:00Z');
    const leave = (personId: string, noticeGivenOn: string) =>
      world.parties.withdraw(world.as(personId), id, party.id, { reason: 'Done', noticeGivenOn });
    expect(await codeOf(leave(NEWCOMER.signatory, '2026-07-03'))).toBe('input_invalid');
    expect(await codeOf(leave(PROVIDER.signatory, '2026-07-02'))).toBe('operation_denied');
    await leave(NEWCOMER.signatory, '2026-07-02');
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('withdrawn');
    expect(world.grants.applied).toEqual([
      { code: 'party_stopped', agreementId: id, organisationId: NEWCOMER.id },
    ]);
    const again = await codeOf(leave(NEWCOMER.signatory, '2026-07-02'));
    expect(again).toBe('transition_not_allowed');
  });

  it('may be the lead’s will, of two people, urgent or after notice', async () => {
    const id = await acceded();
    const party = await partyOf(id, NEWCOMER.id);
    const signatory = world.as(PROVIDER.signatory);
    const exclude = (urgent: boolean) =>
      world.parties.exclude(signatory, id, party.id, { reason: 'A breach', urgent });
    expect(await codeOf(exclude(false))).toBe('input_invalid');
    const { approvalId } = await exclude(true);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('active');
    expect(world.grants.applied).toEqual([]);
    await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
    expect((await partyOf(id, NEWCOMER.id)).status).toBe('excluded');
    expect(world.grants.applied).toEqual([
      { code: 'party_stopped', agreementId: id, organisationId: NEWCOMER.id },
    ]);
    expect(await world.eventsOf(id)).toContain('party.excluded');
  });

  it('is not open to the lead', async () => {
    const id = await acceded();
    const party = await partyOf(id, PROVIDER.id);
    const end = { reason: 'Enough', noticeGivenOn: '2026-06-01' };
    world.clock.set('2026-08-01T12:00:00Z');
    const signatory = world.as(PROVIDER.signatory);
    expect(await codeOf(world.parties.withdraw(signatory, id, party.id, end))).toBe('conflict');
    expect(await codeOf(world.parties.exclude(signatory, id, party.id, end))).toBe('conflict');
  });

  it('blocks a next version that still names it, until that is mended', async () => {
    const id = await inForce();
    const party = await partyOf(id, RECIPIENT.id);
    world.clock.set('2026-08-01T12:00:00Z');
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { objective: 'Another.' }, etagOf(draft));
    await world.submit(owner(), id);
    await world.accept(PROVIDER.dpo, id);
    const { versionHash } = await world.accept(RECIPIENT.dpo, id);
    await sign(RECIPIENT.signatory, id, versionHash ?? '');
    const leave = { reason: 'Done', noticeGivenOn: '2026-06-15' };
    await world.parties.withdraw(world.as(RECIPIENT.signatory), id, party.id, leave);
    await sign(PROVIDER.signatory, id, versionHash ?? '');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    expect((await partyOf(id, RECIPIENT.id)).status).toBe('withdrawn');
  });
});
