import pg from 'pg';
import {
  ADMIN,
  ADMIN2,
  organisationWorld,
  type Member,
  type OrganisationWorld,
} from '../../test/support/organisation-world.js';
import { PayloadEraser } from '../audit/eraser/payload-eraser.js';
import { Retention } from '../audit/eraser/retention.service.js';
import { setRetention } from '../audit/eraser/retention-rule.js';
import { Approvals } from '../organisations/approvals/approvals.service.js';
import { MembershipEnds } from '../organisations/memberships/membership-ends.service.js';
import { MembershipsService } from '../organisations/memberships/memberships.service.js';
import { PeopleService } from '../organisations/people/people.service.js';
import { SubjectErased, SubjectKeys } from '../platform/secrets/subject-keys.js';
import { ErasuresRepository } from './erasures.repository.js';
import { Erasures } from './erasures.service.js';
import { Holds } from './holds/holds.service.js';
import { HoldsRepository } from './holds/holds.repository.js';
import { PersonErasure } from './person-erasure.service.js';
import { RestoredPeople } from './restored-people.service.js';
import { UnfinishedErasures } from './unfinished-erasures.service.js';

const ASKED = { reason: 'They asked by letter.', legalBasis: '17-1-b' } as const;
const DAY_MS = 86_400_000;

describe('the erasure of a person', () => {
  let world: OrganisationWorld;
  let erasures: Erasures;
  let council: string;
  let dpo: Member;
  let officer: Member;

  beforeAll(async () => {
    world = await organisationWorld((db) => [
      Erasures,
      ErasuresRepository,
      PersonErasure,
      Holds,
      HoldsRepository,
      UnfinishedErasures,
      RestoredPeople,
      Retention,
      {
        provide: PayloadEraser,
        useValue: new PayloadEraser({ eraserDatabaseUrl: db.urlFor('concordat_eraser') }),
      },
    ]);
    erasures = world.app.get(Erasures);
    council = await world.anOrganisation();
    dpo = await world.aMember(council, 'dpo');
    officer = await world.aMember(await world.operatorId(), 'ig_officer');
  }, 60_000);
  afterAll(() => world.close());

  const approvals = (): Approvals => world.app.get(Approvals);
  const propose = async (personId: string, by: Member = dpo) =>
    erasures.propose(await world.as(by.subject), personId, ASKED);
  const erase = async ({ personId }: Member): Promise<void> => {
    const { approvalId } = await propose(personId);
    await approvals().approve(await world.as(officer.subject), approvalId);
  };
  const query = <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
    world.database.manager.query<T[]>(sql, params);
  const rowsAbout = async (personId: string): Promise<number> =>
    (await query('SELECT FROM audit_payload WHERE subject_id = $1', [personId])).length;
  const hold = async (scopeId: string) =>
    world.app
      .get(Holds)
      .place(await world.as(officer.subject), { scopeType: 'person', scopeId, reason: 'A claim.' });
  /** Somebody of whom there are events. */
  const somebody = async (): Promise<Member> => {
    const member = await world.aMember(council, 'researcher');
    const people = world.app.get(PeopleService);
    await people.move(await world.as(ADMIN), member.personId, 'suspend', 'Something about them.');
    await people.move(await world.as(ADMIN), member.personId, 'resume', 'Nothing.');
    return member;
  };

  it('takes a dpo of theirs and an officer of the operator, whoever comes first', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const first = await propose(one.personId, dpo);
    await approvals().approve(await world.as(officer.subject), first.approvalId);
    const second = await propose(other.personId, officer);
    await approvals().approve(await world.as(dpo.subject), second.approvalId);
    for (const { personId } of [one, other]) {
      expect(
        await query('SELECT name, email, status FROM person WHERE id = $1', [personId]),
      ).toEqual([{ name: null, email: null, status: 'erased' }]);
      expect(await world.eventsOf(personId)).toContain('subject.erased');
    }
  });

  it.each([
    ['an administrator', ADMIN, 'operation_denied'],
    ['an officer of theirs', 'own officer', 'operation_denied'],
    ['a researcher of theirs', 'researcher', 'operation_denied'],
    ['a dpo of another organisation', 'other dpo', 'not_found'],
  ])('R3.10: is not for %s to propose', async (_, who, code) => {
    const person = await somebody();
    const others: Record<string, () => Promise<Member>> = {
      'own officer': () => world.aMember(council, 'ig_officer'),
      researcher: () => world.aMember(council, 'researcher'),
      'other dpo': async () => world.aMember(await world.anOrganisation(), 'dpo'),
    };
    const subject = (await others[who]?.())?.subject ?? who;
    const principal = await world.as(subject);
    const expected = subject === ADMIN ? 'not_found' : code;
    await expect(erasures.propose(principal, person.personId, ASKED)).rejects.toMatchObject({
      code: expected,
    });
  });

  it('R3.10: is not decided by one, nor by two of one duty, nor by the person', async () => {
    const person = await somebody();
    const { approvalId } = await propose(person.personId);
    const by = async (subject: string) => approvals().approve(await world.as(subject), approvalId);
    await expect(by(dpo.subject)).rejects.toMatchObject({ code: 'approval_by_proposer' });
    const second = await world.aMember(council, 'dpo');
    await expect(by(second.subject)).rejects.toMatchObject({ code: 'operation_denied' });
    await expect(by(ADMIN2)).rejects.toMatchObject({ code: 'operation_denied' });
    await expect(propose(second.personId, second)).rejects.toMatchObject({
      code: 'operation_denied',
    });
    const toOfficer = await propose(second.personId, officer);
    await expect(
      approvals().approve(await world.as(second.subject), toOfficer.approvalId),
    ).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('is proposed once, and of nobody who was erased', async () => {
    const person = await somebody();
    const { approvalId } = await propose(person.personId);
    await expect(propose(person.personId)).rejects.toMatchObject({ code: 'conflict' });
    await approvals().approve(await world.as(officer.subject), approvalId);
    await expect(propose(person.personId)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
  });

  it('reaches whoever has left, through the dpo of where they last were', async () => {
    const person = await somebody();
    const memberships = world.app.get(MembershipEnds);
    await memberships.end(await world.as(ADMIN), person.membershipId, 'Left');
    await erase(person);
    expect(await world.eventsOf(person.personId)).toContain('subject.erased');
  });

  it('ends what they have, in the same transaction, or happens not at all', async () => {
    const person = await somebody();
    const { approvalId } = await propose(person.personId);
    const approver = await world.as(officer.subject);
    world.grants.failsWith = new Error('A handler that fails');
    await expect(approvals().approve(approver, approvalId)).rejects.toThrow('A handler that fails');
    world.grants.failsWith = undefined;
    expect(await query('SELECT status FROM person WHERE id = $1', [person.personId])).toEqual([
      { status: 'active' },
    ]);
    world.grants.applied.length = 0;
    await approvals().approve(approver, approvalId);
    expect(world.grants.applied.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['person_suspended', 'membership_ended']),
    );
    expect(await world.eventsOf(person.membershipId)).toContain('membership.ended');
    await expect(world.as(person.subject)).rejects.toMatchObject({ code: 'person_not_registered' });
  });

  it('keeps the account free for nobody: the same account is another person', async () => {
    const person = await somebody();
    await erase(person);
    const again = world.aMembership({ subject: person.subject });
    const view = await world.app.get(MembershipsService).add(await world.as(ADMIN), council, again);
    expect(view.personId).not.toBe(person.personId);
  });

  describe('is finished by the worker', () => {
    const sweep = (signal?: AbortSignal) => world.app.get(UnfinishedErasures).sweep(signal);
    const isFinished = async ({ personId }: Member): Promise<boolean> => {
      const view = await erasures.get(await world.as(officer.subject), personId);
      return view.finishedAt !== null;
    };

    it('which destroys key and rows at once, and looks again until nobody can have written more', async () => {
      const person = await somebody();
      await erase(person);
      expect(await rowsAbout(person.personId)).toBeGreaterThan(0);
      await sweep();
      expect(await rowsAbout(person.personId)).toBe(0);
      expect(await isFinished(person)).toBe(false);
      const keys = world.app.get(SubjectKeys);
      const more = keys.encrypt(person.personId, 'aad', Buffer.from('late'));
      await expect(more).rejects.toThrow(SubjectErased);
      // What a process with the key in memory wrote a moment later.
      await query(
        `INSERT INTO audit_payload (event_id, subject_id, body)
         SELECT audit_event_id, person_id, 'late' FROM erasure WHERE person_id = $1`,
        [person.personId],
      );
      world.clock.add(120_000);
      await sweep();
      expect(await rowsAbout(person.personId)).toBe(0);
      expect(await isFinished(person)).toBe(true);
    });

    it.each(['before the key goes', 'after the key went', 'between two batches'])(
      'wherever another one died: %s',
      async (point) => {
        const person = await somebody();
        await erase(person);
        if (point === 'after the key went') {
          await world.app.get(SubjectKeys).destroy(person.personId);
        } else if (point === 'between two batches') {
          const eraser = world.app.get(PayloadEraser);
          expect(await eraser.eraseSubject(person.personId, AbortSignal.abort())).toBe(false);
        }
        await sweep();
        world.clock.add(120_000);
        await sweep();
        expect(await rowsAbout(person.personId)).toBe(0);
        expect(await isFinished(person)).toBe(true);
      },
    );

    it('which finds again whom a restored database has brought back', async () => {
      const person = await somebody();
      await erase(person);
      await sweep();
      await query(
        `UPDATE person SET issuer = 'https://id.example', subject = $2, name = 'Back Again', status = 'active'
         WHERE id = $1`,
        [person.personId, person.subject],
      );
      expect(await world.app.get(RestoredPeople).sweep()).toBe(1);
      expect(
        await query('SELECT name, status FROM person WHERE id = $1', [person.personId]),
      ).toEqual([{ name: null, status: 'erased' }]);
      expect(await world.app.get(RestoredPeople).sweep()).toBe(0);
      expect(await isFinished(person)).toBe(false);
    });
  });

  describe('under a legal hold', () => {
    it('is refused, when proposed and when approved', async () => {
      const [one, other] = [await somebody(), await somebody()];
      await hold(one.personId);
      await expect(propose(one.personId)).rejects.toMatchObject({ code: 'retention_hold' });
      const { approvalId } = await propose(other.personId);
      const { id } = await hold(other.personId);
      const approver = await world.as(officer.subject);
      await expect(approvals().approve(approver, approvalId)).rejects.toMatchObject({
        code: 'retention_hold',
      });
      await world.app.get(Holds).release(approver, id, 'Settled.');
      await approvals().approve(approver, approvalId);
      expect(await world.eventsOf(other.personId)).toEqual(
        expect.arrayContaining(['retention.hold-placed', 'retention.hold-released']),
      );
    });

    it('that came a moment too late keeps key and rows until it is released', async () => {
      const person = await somebody();
      await erase(person);
      const before = await rowsAbout(person.personId);
      // On an agreement that an event of theirs is of, say: here the row is written as such.
      await query(
        `INSERT INTO retention_hold (id, scope_type, scope_id, reason, placed_by, placed_at, audit_event_id)
         SELECT '01990000-0000-7000-8000-00000000aaaa', 'person', $1, 'A claim.', $2, now(), audit_event_id FROM person WHERE id = $1`,
        [person.personId, officer.personId],
      );
      await world.app.get(UnfinishedErasures).sweep();
      expect(await rowsAbout(person.personId)).toBe(before);
      await query(
        `UPDATE retention_hold SET released_by = placed_by, released_at = now() WHERE scope_id = $1`,
        [person.personId],
      );
      await world.app.get(UnfinishedErasures).sweep();
      expect(await rowsAbout(person.personId)).toBe(0);
    });

    it('which is for officers of the operator, once on each thing, and released once', async () => {
      const person = await somebody();
      const holds = world.app.get(Holds);
      const asked = { scopeType: 'person', scopeId: person.personId, reason: 'A claim.' } as const;
      for (const who of [ADMIN, dpo.subject]) {
        const other = await world.as(who);
        await expect(holds.place(other, asked)).rejects.toMatchObject({ code: 'operation_denied' });
        await expect(holds.list(other, null, 10)).rejects.toMatchObject({
          code: 'operation_denied',
        });
      }
      const principal = await world.as(officer.subject);
      const { id } = await holds.place(principal, asked);
      await expect(holds.place(principal, asked)).rejects.toMatchObject({ code: 'conflict' });
      const nothing = { ...asked, scopeId: id };
      await expect(holds.place(principal, nothing)).rejects.toMatchObject({ code: 'not_found' });
      const listed = await holds.list(principal, null, 100);
      expect(listed.find((hold) => hold.id === id)).toMatchObject({ releasedAt: null });
      await holds.release(principal, id, 'Settled.');
      await expect(holds.release(principal, id, 'Settled.')).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
      await expect(holds.release(principal, person.personId, 'No.')).rejects.toMatchObject({
        code: 'not_found',
      });
    });
  });

  describe('R5.9: retention', () => {
    const oldEvent = async (yearsAgo: number): Promise<string> => {
      const owner = new pg.Client(world.db.urlFor('concordat_owner'));
      await owner.connect();
      const { rows } = await owner.query<{ id: string }>(
        `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
         VALUES (gen_random_uuid(), 'auth.signed-in', now() - make_interval(years => $1), 'success', '{}', '{}', '{}', 'leaf', '')
         RETURNING id`,
        [yearsAgo],
      );
      const id = rows[0]?.id ?? '';
      await owner.query(
        `INSERT INTO audit_payload (event_id, subject_id, body) VALUES ($1, '00000000-0000-0000-0000-000000000000', 'x')`,
        [id],
      );
      await owner.end();
      return id;
    };
    const isThere = async (id: string): Promise<boolean> =>
      (await query('SELECT FROM audit_payload WHERE event_id = $1', [id])).length > 0;

    it('ends what is past it, once a day, and nothing else; the owner says after how long', async () => {
      const retention = world.app.get(Retention);
      const [young, old, older] = [await oldEvent(1), await oldEvent(4), await oldEvent(7)];
      await retention.walkOn();
      expect([await isThere(young), await isThere(old), await isThere(older)]).toEqual([
        true,
        true,
        false,
      ]);
      await setRetention(world.db.urlFor('concordat_owner'), 3);
      await retention.walkOn();
      expect(await isThere(old)).toBe(true);
      world.clock.add(DAY_MS);
      await retention.walkOn();
      expect([await isThere(young), await isThere(old)]).toEqual([true, false]);
      expect(await query('SELECT FROM audit_event WHERE id = $1', [older])).toHaveLength(1);
    });
  });
});
