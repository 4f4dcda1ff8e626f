import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PARTY, reviewWorld, type ReviewWorld } from '../../test/support/review-world.js';
import { uuidV7Factory } from '../kernel/ids.js';
import { SubjectErased, SubjectKeys } from '../platform/secrets/subject-keys.js';
import { AuditService } from './audit.service.js';

describe('somebody whose key was destroyed', () => {
  let world: ReviewWorld;
  let other: SubjectKeys;

  beforeAll(async () => {
    world = await reviewWorld();
    other = new SubjectKeys(world.config);
  });
  afterAll(async () => {
    await other.onApplicationShutdown();
    await world.close();
  });

  const keys = (): SubjectKeys => world.app.get(SubjectKeys);
  const rowsAbout = async (subjectId: string): Promise<number> => {
    const rows = await world.database.manager.query<unknown[]>(
      'SELECT FROM audit_payload WHERE subject_id = $1',
      [subjectId],
    );
    return rows.length;
  };

  it('gets no other, from whichever process', async () => {
    const subject = randomUUID();
    const sealed = await keys().encrypt(subject, 'aad', Buffer.from('text'));
    await other.destroy(subject);
    await other.destroy(subject);
    for (const each of [other, new SubjectKeys(world.config)]) {
      await expect(each.encrypt(subject, 'aad', Buffer.from('text'))).rejects.toThrow(
        SubjectErased,
      );
      expect(await each.decrypt(subject, 'aad', sealed)).toBeUndefined();
    }
    expect(await other.listErased('00000000-0000-0000-0000-000000000000', 100)).toContain(subject);
  });

  it('who never had one gets none either', async () => {
    const subject = randomUUID();
    await other.destroy(subject);
    await expect(keys().encrypt(subject, 'aad', Buffer.from('x'))).rejects.toThrow(SubjectErased);
  });

  it('does not come back through the login of the broker', async () => {
    const subject = randomUUID();
    await other.destroy(subject);
    const client = new pg.Client(world.db.urlFor('concordat_secrets'));
    await client.connect();
    const update = `UPDATE subject_key SET wrapped = 'x', erased_at = NULL WHERE subject_id = '${subject}'`;
    await expect(client.query(update)).rejects.toMatchObject({ code: 'CN001' });
    await expect(client.query('DELETE FROM subject_key')).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('is not told of by later events, which are written and say the rest', async () => {
    const [gone, stays] = [randomUUID(), PARTY.owner];
    await other.destroy(gone);
    const event = {
      actorKind: 'person',
      organisationIds: [PARTY.id],
      agreementId: randomUUID(),
      reasonText: 'The words of whoever proposed it.',
    } as const;
    const id = await world.record('agreement.terminated', {
      ...event,
      actorPersonId: stays,
      proposedByPersonId: gone,
    });
    expect(await rowsAbout(gone)).toBe(0);
    expect(await world.get(world.as(PARTY.officer), id)).toMatchObject({
      actorPersonId: world.as(stays).pseudonym,
      proposedByPersonId: null,
      reasonText: null,
      agreementId: event.agreementId,
    });
    const alone = await world.record('agreement.terminated', { ...event, actorPersonId: gone });
    expect(await world.get(world.as(PARTY.officer), alone)).toMatchObject({
      actorPersonId: null,
      reasonText: null,
    });
  });

  it('leaves other faults what they were: nothing is recorded without a key', async () => {
    const broken = new SubjectKeys({
      ...world.config,
      secretsDatabaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    });
    const audit = new AuditService(world.clock, uuidV7Factory(world.clock), broken);
    const prepared = audit.prepare('store.suspended', {
      actorKind: 'person',
      actorPersonId: randomUUID(),
    });
    await expect(prepared).rejects.toMatchObject({ code: 'audit_unavailable' });
    await broken.onApplicationShutdown();
  });
});

describe('the words of an event', () => {
  it.each([
    ['of one person', { actorPersonId: 'a' }, 'a'],
    ['of what two people did', { actorPersonId: 'a', proposedByPersonId: 'b' }, 'b'],
    ['of what the broker carries out', { wordsOf: 'c' }, 'c'],
    ['about one person', { actorPersonId: 'a', alsoAbout: ['d'] }, 'd'],
    ['about several', { actorPersonId: 'a', alsoAbout: ['d', 'e'] }, 'a'],
  ] as const)('%s are theirs, and erased with them', async (_, by, expected) => {
    const { prepareEvent, NOBODY } = await import('./event-preparation.js');
    const event = prepareEvent(randomUUID(), 'agreement.terminated', new Date(0), {
      ...by,
      reasonText: 'Words',
    });
    const holder = event.payloads.find(({ body }) => body.includes('Words'));
    expect(holder?.subjectId).toBe(expected);
    expect(holder?.subjectId).not.toBe(NOBODY);
    expect(event.columns[4]).toContain(expected);
  });
});
