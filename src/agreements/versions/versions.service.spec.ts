import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import {
  agreementWorld,
  NEWCOMER,
  RECIPIENT_OWNER,
  type AgreementWorld,
} from '../../../test/support/agreement-world.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { RenewalGuards } from './renewal-guards.js';

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set('2026-05-01T09:00:00Z');
  world.grants.applied.length = 0;
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const owner = () => world.as(PROVIDER.owner);
const get = (id: string, version?: number): Promise<AgreementView> =>
  world.agreements.get(owner(), id, version);
const DPOS = [PROVIDER.dpo, RECIPIENT.dpo];
const SIGNATORIES = [PROVIDER.signatory, RECIPIENT.signatory];

async function review(id: string): Promise<string> {
  let hash = '';
  for (const dpo of DPOS) {
    hash = (await world.accept(dpo, id)).versionHash ?? '';
  }
  return hash;
}

async function sign(id: string, versionHash: string, people = SIGNATORIES): Promise<void> {
  for (const personId of people) {
    await world.acts.sign(world.as(personId), id, { decision: 'sign', versionHash });
  }
}

async function inForce(changes: Partial<AgreementTerms> = {}): Promise<string> {
  const { id } = await world.agreements.create(owner(), { ...exampleTerms(changes) });
  await world.submit(owner(), id);
  const hash = await review(id);
  world.clock.set('2026-06-01T09:00:00+01:00');
  await sign(id, hash);
  world.grants.applied.length = 0;
  return id;
}

/** Version 2 with these terms changed, accepted by both dpos. @returns its hash. */
async function amended(id: string, changes: object): Promise<string> {
  const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
  await world.agreements.edit(owner(), id, { ...changes }, etagOf(draft));
  await world.submit(owner(), id);
  return review(id);
}

const listedTo = async (personId: string): Promise<readonly string[]> => {
  const page = { status: null, after: null, limit: 100 };
  return (await world.agreements.list(world.as(personId), page)).map(({ id }) => id);
};

function refuseRenewalOf(id: string): void {
  world.app
    .get(RenewalGuards)
    .register((_tx, agreement) =>
      agreement.id === id
        ? Promise.reject(new ConcordatError('closure_overdue'))
        : Promise.resolve(),
    );
}

const contacts = (breachContact: string): object => ({
  parties: exampleTerms().parties.map((party) => ({ ...party, breachContact })),
});

describe('R3.1: an amendment', () => {
  it('is the next version, while the one before stays in force until all have signed again', async () => {
    const id = await inForce();
    const hash = await amended(id, { objective: 'To learn where people cycle.' });
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    expect(await get(id, 2)).toMatchObject({
      status: 'awaiting_signature',
      amends: 1,
      amendment: 'material',
    });
    await sign(id, hash, [PROVIDER.signatory]);
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    expect(world.grants.applied).toEqual([]);
    await sign(id, hash, [RECIPIENT.signatory]);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active', versionHash: hash });
    const before = await get(id, 1);
    expect(before.status).toBe('superseded');
    expect(before.endedAt).toBe('2026-06-01T08:00:00.000Z');
    expect(world.grants.applied).toEqual([
      { code: 'version_superseded', agreementId: id, version: 1, nextVersion: 2 },
    ]);
    expect(await world.eventsOf(id)).toEqual(
      expect.arrayContaining(['agreement.amended', 'agreement.superseded']),
    );
  });

  it('changes neither version when what rests on the old one cannot follow (law 1)', async () => {
    const id = await inForce();
    const hash = await amended(id, { objective: 'Another.' });
    await sign(id, hash, [PROVIDER.signatory]);
    world.grants.failsWith = new Error('A grant would not follow');
    await expect(sign(id, hash, [RECIPIENT.signatory])).rejects.toThrow('would not follow');
    world.grants.failsWith = undefined;
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    const { parties } = await get(id, 2);
    expect(parties.map(({ answer }) => answer)).toEqual(['signed', 'reviewed']);
  });

  it('may be drafted by any party, one at a time, on the version that was read', async () => {
    const id = await inForce();
    const stale = await codeOf(world.versions.amend(owner(), id, '"1.1"'));
    expect(stale).toBe('precondition_failed');
    const draft = await world.versions.amend(world.as(RECIPIENT_OWNER), id, etagOf(await get(id)));
    expect(draft).toMatchObject({ version: 2, status: 'draft', organisationId: RECIPIENT.id });
    expect(await codeOf(world.versions.amend(owner(), id, await world.etag(id, 'current')))).toBe(
      'conflict',
    );
    const theirs = world.agreements.edit(owner(), id, { title: 'Mine' }, etagOf(draft));
    // Nobody else sees it before it is put to them: what they have is the version in force.
    expect(await codeOf(theirs)).toBe('precondition_failed');
    expect(await codeOf(get(id, 2))).toBe('not_found');
    expect(await world.agreements.getOpen(owner(), id)).toMatchObject({ version: 1 });
    const told = await world.database.manager.query<{ organisations: string[] }[]>(
      `SELECT organisation_ids AS organisations FROM audit_event
       WHERE agreement_id = $1 AND type = 'agreement.amended'`,
      [id],
    );
    expect(told).toEqual([{ organisations: [RECIPIENT.id] }]);
    const denied = world.versions.amend(
      world.as(PROVIDER.signatory),
      id,
      await world.etag(id, 'current'),
    );
    expect(await codeOf(denied)).toBe('operation_denied');
    const absent = world.versions.amend(
      world.as(world.stranger),
      id,
      await world.etag(id, 'current'),
    );
    expect(await codeOf(absent)).toBe('not_found');
  });

  it('answers the same call with the same version', async () => {
    const id = await inForce();
    const first = await world.versions.amend(owner(), id, await world.etag(id, 'current'), 'once');
    const again = await world.versions.amend(owner(), id, await world.etag(id, 'current'), 'once');
    expect([first.version, again.version]).toEqual([2, 2]);
  });

  it('given up leaves the version in force as it is, and its number is not used again', async () => {
    const id = await inForce();
    await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.acts.terminate(owner(), id, { reason: 'Not needed', version: 2 });
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    expect(await get(id, 2)).toMatchObject({ status: 'terminated' });
    expect(await world.versions.amend(owner(), id, await world.etag(id, 'current'))).toMatchObject({
      version: 3,
    });
  });

  it('sent back to a draft leaves the parties in force as they are', async () => {
    const id = await inForce();
    await amended(id, { objective: 'Another.' });
    const decline = { decision: 'decline', reason: 'No' } as const;
    await world.acts.sign(world.as(RECIPIENT.signatory), id, decline);
    expect(await get(id, 2)).toMatchObject({ status: 'draft', amendment: null });
    const { parties } = await get(id);
    expect(parties.map(({ status }) => status)).toEqual(['active', 'active']);
  });

  it('takes no sign-off of the version before, nor one given twice', async () => {
    const id = await inForce();
    const old = (await get(id)).versionHash ?? '';
    const hash = await amended(id, { objective: 'Another.' });
    expect(await codeOf(sign(id, old, [PROVIDER.signatory]))).toBe('transition_not_allowed');
    await sign(id, hash, [PROVIDER.signatory]);
    expect(await codeOf(sign(id, hash, [PROVIDER.signatory]))).toBe('transition_not_allowed');
    const none = `sha-256:${'0'.repeat(64)}`;
    expect(await codeOf(sign(id, none, [RECIPIENT.signatory]))).toBe('signoff_stale');
  });
});

describe('R3.2: an administrative amendment', () => {
  it('comes into force with the lead’s sign-off, and the others’ carry over', async () => {
    const id = await inForce();
    const before = (await get(id)).versionHash;
    const hash = await amended(id, contacts('new@example.org'));
    await sign(id, hash, [PROVIDER.signatory]);
    expect(await get(id)).toMatchObject({
      version: 2,
      status: 'active',
      amendment: 'administrative',
    });
    const { signatures } = await world.agreements.signatures(owner(), id);
    expect(signatures.map(({ version, versionHash }) => [version, versionHash])).toEqual([
      [1, before],
      [2, hash],
    ]);
    expect((await get(id)).parties.map(({ status }) => status)).toEqual(['active', 'active']);
  });

  it('tells the signatories and dpos of the other parties, once each', async () => {
    await world.database.manager.query(`UPDATE person SET email = id || '@example.org'`);
    const id = await inForce();
    await sign(id, await amended(id, contacts('new@example.org')), [PROVIDER.signatory]);
    await world.dueMoves.sweep();
    const mails = await world.database.manager.query<{ recipient: string; body: string }[]>(
      'SELECT recipient, body FROM mail_outbox ORDER BY recipient',
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual(
      [RECIPIENT.signatory, RECIPIENT.dpo].sort().map((person) => `${person}@example.org`),
    );
    expect(mails[0]?.body).toContain(`/api/v1/agreements/${id}/changes?from=1&to=2`);
  });
});

describe('R3.3: a suspended version', () => {
  it('blocks the next one, which comes into force once it is resumed', async () => {
    const id = await inForce();
    const hash = await amended(id, { objective: 'Another.' });
    const signatory = world.as(PROVIDER.signatory);
    await world.acts.suspend(signatory, id, 'A breach');
    await sign(id, hash);
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'suspended' });
    expect(await codeOf(world.versions.amend(owner(), id, await world.etag(id, 'current')))).toBe(
      'transition_not_allowed',
    );
    const { approvalId } = await world.acts.resume(signatory, id, 'Mended');
    await world.approvals.approve(world.as(PROVIDER.officer), approvalId);
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
  });

  it('takes the next one along when it ends', async () => {
    const id = await inForce();
    const hash = await amended(id, { objective: 'Another.', endsOn: '2028-05-31' });
    await world.acts.suspend(world.as(PROVIDER.signatory), id, 'A breach');
    await sign(id, hash);
    world.clock.set('2027-06-01T00:00:00+01:00');
    await world.dueMoves.sweep();
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'expired' });
    expect(await get(id, 2)).toMatchObject({ status: 'terminated' });
  });
});

describe('a version that nobody reviewed (R3.19, R3.25)', () => {
  it('takes the next one along when it ends, also when no sweep came between', async () => {
    const id = await inForce();
    const dates = { startsOn: '2027-06-01', endsOn: '2028-05-31', reviewOn: '2027-12-01' };
    await world.versions.renew(owner(), id, await world.etag(id, 'current'), dates);
    await world.submit(owner(), id);
    await sign(id, await review(id));
    world.clock.set('2027-06-01T00:00:00+01:00');
    await world.dueMoves.sweep();
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'expired' });
    expect(await get(id, 2)).toMatchObject({ status: 'terminated' });
  });
});

describe('R3.23: a renewal', () => {
  it('keeps every other term and takes over at the instant at which the version before ends', async () => {
    const id = await inForce({ reviewOn: '2027-05-31' });
    const dates = { startsOn: '2027-06-01', endsOn: '2028-05-31', reviewOn: '2027-12-01' };
    const draft = await world.versions.renew(owner(), id, await world.etag(id, 'current'), dates);
    expect(draft).toMatchObject({ version: 2, status: 'draft' });
    const { changes } = await world.versions.changes(owner(), id, {});
    expect(changes.map(({ pointer }) => pointer)).toEqual(['/endsOn', '/reviewOn', '/startsOn']);
    await world.submit(owner(), id);
    await sign(id, await review(id));
    world.clock.set('2027-05-31T23:59:59+01:00');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'active' });
    world.clock.set('2027-06-01T00:00:00+01:00');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    expect(await get(id, 1)).toMatchObject({ status: 'superseded' });
    expect(await world.eventsOf(id)).not.toContain('agreement.expired');
  });

  it('may come after the end, and needs every signature anew', async () => {
    const id = await inForce();
    world.clock.set('2027-06-02T12:00:00Z');
    await world.dueMoves.sweep();
    const dates = { startsOn: '2027-06-02', endsOn: '2028-05-31', reviewOn: '2027-12-01' };
    await world.versions.renew(owner(), id, await world.etag(id, 'current'), dates);
    await world.submit(owner(), id);
    const hash = await review(id);
    await sign(id, hash, [PROVIDER.signatory]);
    expect(await get(id)).toMatchObject({ version: 1, status: 'expired' });
    await sign(id, hash, [RECIPIENT.signatory]);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    expect((await get(id, 1)).endedAt).not.toBeNull();
  });

  it('is refused while something that rests on the agreement is not closed', async () => {
    const id = await inForce();
    refuseRenewalOf(id);
    const dates = { endsOn: '2028-05-31', reviewOn: '2027-05-01' };
    expect(
      await codeOf(world.versions.renew(owner(), id, await world.etag(id, 'current'), dates)),
    ).toBe('closure_overdue');
    expect(await codeOf(get(id, 2))).toBe('not_found');
  });

  it('is what an amendment is that ends later: the same stands against it', async () => {
    const id = await inForce();
    refuseRenewalOf(id);
    expect(await codeOf(amended(id, { endsOn: '2027-06-01' }))).toBe('closure_overdue');
    const draft = await world.agreements.getOpen(owner(), id);
    await world.agreements.edit(owner(), id, { endsOn: '2027-05-30' }, etagOf(draft));
    expect((await world.submit(owner(), id)).status).toBe('in_review');
  });

  it('is refused to what was never in force', async () => {
    const { id } = await world.agreements.create(owner(), { ...exampleTerms() });
    await world.acts.terminate(owner(), id, { reason: 'No' });
    const dates = { endsOn: '2028-05-31', reviewOn: '2027-12-01' };
    expect(
      await codeOf(world.versions.renew(owner(), id, await world.etag(id, 'current'), dates)),
    ).toBe('operation_denied');
  });
});

describe('termination', () => {
  it('of the version in force takes the next one along, whoever signed it', async () => {
    const id = await inForce();
    const hash = await amended(id, { objective: 'Another.', startsOn: '2026-09-01' });
    await sign(id, hash);
    const end = { reason: 'At once', urgent: true } as const;
    const proposed = await world.acts.terminate(world.as(PROVIDER.signatory), id, end);
    const approvalId = 'approvalId' in proposed ? proposed.approvalId : '';
    await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
    world.clock.set('2026-09-02T09:00:00Z');
    await world.dueMoves.sweep();
    expect(await get(id)).toMatchObject({ version: 1, status: 'terminated' });
    expect(await get(id, 2)).toMatchObject({ status: 'terminated' });
  });
});

describe('who stands in a version', () => {
  const withNewcomer = (): object => ({
    parties: [
      ...exampleTerms().parties,
      {
        ...exampleTerms().parties[1],
        organisationId: NEWCOMER.id,
        signatoryId: NEWCOMER.signatory,
        dpoId: NEWCOMER.dpo,
      },
    ],
  });

  it('includes a newcomer in the next one alone, and in force with it', async () => {
    const id = await inForce();
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { ...withNewcomer() }, etagOf(draft));
    await world.submit(owner(), id);
    const newcomer = world.as(NEWCOMER.owner);
    expect(await codeOf(world.agreements.get(newcomer, id))).toBe('not_found');
    expect((await world.agreements.get(newcomer, id, 2)).version).toBe(2);
    expect((await get(id)).parties).toHaveLength(2);
    await review(id);
    const reviewed = await world.accept(NEWCOMER.dpo, id);
    await sign(id, reviewed.versionHash ?? '', [...SIGNATORIES, NEWCOMER.signatory]);
    const { version, parties } = await world.agreements.get(newcomer, id);
    expect(version).toBe(2);
    expect(parties.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
  });

  it('lapses who is not in the next one, and only their grants end for it', async () => {
    const id = await inForce();
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    await world.agreements.edit(owner(), id, { ...withNewcomer() }, etagOf(draft));
    await world.submit(owner(), id);
    await review(id);
    const { versionHash } = await world.accept(NEWCOMER.dpo, id);
    await sign(id, versionHash ?? '', [...SIGNATORIES, NEWCOMER.signatory]);
    world.grants.applied.length = 0;
    const hash = await amended(id, { parties: exampleTerms().parties });
    await sign(id, hash);
    expect(world.grants.applied).toEqual([
      { code: 'party_stopped', agreementId: id, organisationId: NEWCOMER.id },
      { code: 'version_superseded', agreementId: id, version: 2, nextVersion: 3 },
    ]);
    expect(await world.eventsOf(id)).toContain('party.lapsed');
    expect(await codeOf(world.agreements.get(world.as(NEWCOMER.owner), id))).toBe('not_found');
    expect((await world.agreements.get(world.as(NEWCOMER.owner), id, 2)).version).toBe(2);
    expect(await listedTo(NEWCOMER.owner)).not.toContain(id);
  });

  it('is not who drafted the first one and left, in what comes after', async () => {
    const drafter = world.as(RECIPIENT_OWNER);
    const { id } = await world.agreements.create(drafter, { ...exampleTerms({ noticeDays: 0 }) });
    await world.submit(drafter, id);
    const hash = await review(id);
    world.clock.set('2026-06-01T09:00:00+01:00');
    await sign(id, hash);
    const party = (await get(id)).parties.find((one) => one.organisationId === RECIPIENT.id);
    const signatory = world.as(RECIPIENT.signatory);
    await world.parties.withdraw(signatory, id, party?.id ?? '', 'Merged');
    const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
    const [provider, , newcomer] = (withNewcomer() as { parties: readonly object[] }).parties;
    const next = { parties: [provider, newcomer] };
    await world.agreements.edit(owner(), id, next, etagOf(draft));
    await world.submit(owner(), id);
    await world.accept(PROVIDER.dpo, id);
    const { versionHash } = await world.accept(NEWCOMER.dpo, id);
    await sign(id, versionHash ?? '', [PROVIDER.signatory, NEWCOMER.signatory]);
    expect(await get(id)).toMatchObject({ version: 2, status: 'active' });
    expect(await codeOf(world.agreements.get(drafter, id))).toBe('not_found');
    expect(await listedTo(RECIPIENT_OWNER)).not.toContain(id);
    expect(await listedTo(NEWCOMER.owner)).toContain(id);
  });
});
