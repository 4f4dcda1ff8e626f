import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import { agreementWorld, type AgreementWorld } from '../../../test/support/agreement-world.js';
import { attachment } from '../../../test/support/personal-terms.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import { Attestations } from './attestations.service.js';

const IN_MAY = '2026-05-01T09:00:00Z';
const IN_FORCE = '2026-06-01T09:00:00+01:00';
const PAPER = attachment('signed_pdf');

let world: AgreementWorld;
let attestations: Attestations;

beforeAll(async () => {
  world = await agreementWorld();
  attestations = world.app.get(Attestations);
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set(IN_MAY);
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const owner = () => world.as(PROVIDER.owner);
const signatory = () => world.as(PROVIDER.signatory);
const dpo = () => world.as(PROVIDER.dpo);
const get = (id: string): Promise<AgreementView> => world.agreements.get(owner(), id);

async function submitted(): Promise<{ id: string; versionHash: string }> {
  const { id } = await world.agreements.create(owner(), {
    ...exampleTerms({ signing: 'signed_outside', attachments: [PAPER] }),
  });
  const { versionHash } = await world.submit(owner(), id);
  return { id, versionHash: versionHash ?? '' };
}

async function proposed(): Promise<{ id: string; approvalId: string }> {
  const { id, versionHash } = await submitted();
  const { approvalId } = await attestations.propose(signatory(), id, versionHash);
  return { id, approvalId };
}

describe('an agreement signed outside (R3.22)', () => {
  it('stays a draft when submitted, with its parties and a hash that holds the paper', async () => {
    const { id, versionHash } = await submitted();
    const agreement = await get(id);
    expect(agreement).toMatchObject({ status: 'draft', attestation: null });
    expect(versionHash).toMatch(/^sha-256:/);
    expect(agreement.parties.map(({ status }) => status)).toEqual(['invited', 'invited']);
    const { document } = await world.agreements.signatures(owner(), id);
    expect(document).toContain(PAPER.sha256);
  });

  it('comes into force when two of the lead have vouched for it and its day has come', async () => {
    const { id, approvalId } = await proposed();
    await world.approvals.approve(dpo(), approvalId);
    expect((await get(id)).status).toBe('draft');
    world.clock.set(IN_FORCE);
    expect(await world.dueMoves.sweep()).toBe(1);
    const agreement = await get(id);
    expect(agreement.status).toBe('active');
    expect(agreement.parties.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(agreement.attestation).toMatchObject({
      attestedBy: PROVIDER.signatory,
      approvedBy: PROVIDER.dpo,
      paperSha256: PAPER.sha256,
    });
    const { signatures, signing } = await world.agreements.signatures(owner(), id);
    expect({ signatures, signing }).toEqual({ signatures: [], signing: 'signed_outside' });
    expect(await world.eventsOf(id)).toEqual([
      'agreement.activated',
      'agreement.attested',
      'agreement.drafted',
      'agreement.submitted',
      'party.activated',
      'party.activated',
      'policy.published',
    ]);
  });

  it('comes into force at once when its day has come already', async () => {
    const { id, versionHash } = await submitted();
    world.clock.set(IN_FORCE);
    const { approvalId } = await attestations.propose(signatory(), id, versionHash);
    await world.approvals.approve(dpo(), approvalId);
    expect((await get(id)).status).toBe('active');
  });

  it('names both in its event', async () => {
    const { id, approvalId } = await proposed();
    await world.approvals.approve(dpo(), approvalId);
    const [event] = await world.database.manager.query<{ people: string[] }[]>(
      `SELECT to_jsonb(person_ids) AS people FROM audit_event
       WHERE agreement_id = $1 AND type = 'agreement.attested'`,
      [id],
    );
    expect(event?.people.sort()).toEqual([PROVIDER.signatory, PROVIDER.dpo]);
  });

  it.each<[string, () => Principal, string]>([
    ['the lead’s dpo', dpo, 'operation_denied'],
    ['another party’s signatory', () => world.as(RECIPIENT.signatory), 'operation_denied'],
    ['its data owner', owner, 'operation_denied'],
    ['a stranger', () => world.as(world.stranger), 'not_found'],
    ['who signed in an hour ago', stale, 'step_up_required'],
  ])('takes no first word from %s', async (_who, who, code) => {
    const { id, versionHash } = await submitted();
    expect(await codeOf(attestations.propose(who(), id, versionHash))).toBe(code);
  });

  it('takes no second word from the first person, nor from another party’s dpo', async () => {
    const { id, approvalId } = await proposed();
    const both: Principal = {
      ...signatory(),
      memberships: signatory().memberships.map((own) => ({ ...own, roles: ['signatory', 'dpo'] })),
    };
    expect(await codeOf(world.approvals.approve(both, approvalId))).toBe('approval_by_proposer');
    await expect(
      world.approvals.approve(world.as(RECIPIENT.dpo), approvalId),
    ).rejects.toBeDefined();
    expect((await get(id)).attestation).toBeNull();
  });

  it('is vouched for as it was read, and not otherwise', async () => {
    const { id } = await submitted();
    const other = `sha-256:${'0'.repeat(64)}`;
    expect(await codeOf(attestations.propose(signatory(), id, other))).toBe('signoff_stale');
  });

  it('loses the proposal and the attestation with every edit', async () => {
    const { id, approvalId } = await proposed();
    const edited = await world.agreements.edit(
      owner(),
      id,
      { title: 'New' },
      etagOf(await get(id)),
    );
    expect(edited).toMatchObject({ versionHash: null, attestation: null });
    expect(await codeOf(world.approvals.approve(dpo(), approvalId))).toBe('transition_not_allowed');
    await world.submit(owner(), id);
    expect(await codeOf(world.approvals.approve(dpo(), approvalId))).toBe('signoff_stale');
  });

  it('loses an attestation with an edit, and is not put in force', async () => {
    const { id, approvalId } = await proposed();
    await world.approvals.approve(dpo(), approvalId);
    await world.agreements.edit(owner(), id, { title: 'New' }, etagOf(await get(id)));
    world.clock.set(IN_FORCE);
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ status: 'draft', attestation: null });
  });

  it('is judged again when the second person answers', async () => {
    const { id, approvalId } = await proposed();
    await world.database.manager.query(`UPDATE dataset SET status = 'withdrawn'`);
    expect(await codeOf(world.approvals.approve(dpo(), approvalId))).toBe('agreement_incomplete');
    await world.database.manager.query(`UPDATE dataset SET status = 'published'`);
    expect((await get(id)).attestation).toBeNull();
  });

  it('is attested once', async () => {
    const { id, versionHash } = await submitted();
    const { approvalId } = await attestations.propose(signatory(), id, versionHash);
    await world.approvals.approve(dpo(), approvalId);
    const again = await codeOf(attestations.propose(signatory(), id, versionHash));
    expect(again).toBe('transition_not_allowed');
  });

  it('cannot be an agreement that is signed here', async () => {
    const { id } = await world.agreements.create(owner(), { ...exampleTerms() });
    const { versionHash } = await world.submit(owner(), id);
    expect(await codeOf(attestations.propose(signatory(), id, versionHash ?? ''))).toBe(
      'transition_not_allowed',
    );
  });
});

describe('what follows an agreement signed outside (R3.22, R3.2)', () => {
  const NEW_PAPER = { ...PAPER, sha256: 'b'.repeat(64) };
  const MATERIAL = { objective: 'To learn where people cycle.' };
  const RENEWED = { startsOn: '2027-07-01', endsOn: '2028-05-31', reviewOn: '2028-01-01' };

  async function onPaper(): Promise<string> {
    const { id, versionHash } = await submitted();
    world.clock.set(IN_FORCE);
    await attest(id, versionHash);
    expect((await get(id)).status).toBe('active');
    return id;
  }

  async function attest(id: string, versionHash: string | null): Promise<void> {
    const { approvalId } = await attestations.propose(signatory(), id, versionHash ?? '');
    await world.approvals.approve(dpo(), approvalId);
  }

  async function signedHere(): Promise<string> {
    const { id } = await world.agreements.create(owner(), { ...exampleTerms() });
    await world.submit(owner(), id);
    world.clock.set(IN_FORCE);
    await signHere(id);
    return id;
  }

  async function signHere(id: string): Promise<void> {
    await world.accept(PROVIDER.dpo, id);
    const versionHash = (await world.accept(RECIPIENT.dpo, id)).versionHash ?? '';
    for (const personId of [PROVIDER.signatory, RECIPIENT.signatory]) {
      await world.acts.sign(world.as(personId), id, { decision: 'sign', versionHash });
    }
  }

  /** The next version with these terms changed, submitted. */
  async function amended(id: string, changes: object): Promise<AgreementView> {
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { ...changes }, etagOf(draft));
    return world.submit(owner(), id);
  }

  it('never replaces what was signed here by the word of the lead alone', async () => {
    const id = await signedHere();
    const alone = { ...MATERIAL, signing: 'signed_outside', attachments: [NEW_PAPER] };
    const error = await amended(id, alone).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'agreement_incomplete',
      fields: { errors: [{ pointer: '/signing' }] },
    });
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
  });

  it('asks a new paper of a material amendment, one that no earlier version names', async () => {
    const id = await onPaper();
    const error = await amended(id, MATERIAL).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'agreement_incomplete',
      fields: { errors: [{ pointer: '/attachments' }] },
    });
    const draft = await world.agreements.getOpen(owner(), id);
    await world.agreements.edit(owner(), id, { attachments: [NEW_PAPER] }, etagOf(draft));
    const { versionHash, amendment } = await world.submit(owner(), id);
    expect(amendment).toBe('material');
    await attest(id, versionHash);
    expect(await get(id)).toMatchObject({
      version: 2,
      status: 'active',
      attestation: { paperSha256: NEW_PAPER.sha256 },
    });
    const back = { objective: 'Another again.', attachments: [PAPER] };
    expect(await codeOf(amended(id, back))).toBe('agreement_incomplete');
  });

  it('stays in the sight of those it was put to when it is edited again', async () => {
    const id = await onPaper();
    const recipient = world.as(RECIPIENT.signatory);
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    const changed = { ...MATERIAL, attachments: [NEW_PAPER] };
    const edited = await world.agreements.edit(owner(), id, changed, etagOf(draft));
    expect(await codeOf(world.agreements.get(recipient, id, 2))).toBe('not_found');
    expect(edited.status).toBe('draft');
    const put = await world.submit(owner(), id);
    await world.agreements.edit(owner(), id, { title: 'Another' }, etagOf(put));
    expect(await world.agreements.get(recipient, id, 2)).toMatchObject({
      status: 'draft',
      versionHash: null,
      title: 'Another',
    });
  });

  it('may be signed here by everybody instead', async () => {
    const id = await onPaper();
    await amended(id, { ...MATERIAL, signing: 'concordat', attachments: null });
    await signHere(id);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active', attestation: null });
    const again = { objective: 'Back to paper.', signing: 'signed_outside', attachments: [PAPER] };
    expect(await codeOf(amended(id, again))).toBe('agreement_incomplete');
  });

  it('keeps its paper when only contacts change: the lead attests, and the others are told', async () => {
    await world.database.manager.query(`UPDATE person SET email = id || '@example.org'`);
    const id = await onPaper();
    const parties = exampleTerms().parties.map((one) => ({
      ...one,
      queryContact: 'q@example.org',
    }));
    const { versionHash, amendment } = await amended(id, { parties });
    expect(amendment).toBe('administrative');
    await attest(id, versionHash);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    const mails = await world.database.manager.query<object[]>(
      'SELECT FROM mail_outbox WHERE position($1 in dedupe_key) > 0',
      [id],
    );
    expect(mails).toHaveLength(2);
  });

  it('is renewed without the paper of the last time (R3.23)', async () => {
    const id = await onPaper();
    const draft = await world.versions.renew(owner(), id, await world.etag(id, 'current'), RENEWED);
    expect(draft.terms).toMatchObject({ signing: 'concordat', attachments: [] });
  });

  it('takes over after its end with a new paper (R3.23)', async () => {
    const id = await onPaper();
    world.clock.set('2027-06-02T09:00:00Z');
    await world.dueMoves.sweep();
    expect((await get(id)).status).toBe('expired');
    const draft = await world.versions.renew(owner(), id, await world.etag(id, 'current'), RENEWED);
    const paper = { signing: 'signed_outside', attachments: [NEW_PAPER] };
    await world.agreements.edit(owner(), id, paper, etagOf(draft));
    await attest(id, (await world.submit(owner(), id)).versionHash);
    world.clock.set('2027-07-01T09:00:00Z');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
  });
});

function stale(): Principal {
  return world.as(PROVIDER.signatory, { authenticatedAt: new Date('2026-05-01T08:00:00Z') });
}
