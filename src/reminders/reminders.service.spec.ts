import { testConfig } from '../../test/support/config.js';
import { CAST, requestWorld, TODAY, type RequestWorld } from '../../test/support/request-world.js';
import { asSuperuser } from '../../test/support/superuser.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../kernel/clock.js';
import { IdFactory } from '../kernel/ids.js';
import { Outbox } from '../platform/mail/outbox.js';
import { Secrets } from '../platform/secrets/secrets.service.js';
import { ComingDatesRepository } from './coming-dates.repository.js';
import { RemindersRepository } from './reminders.repository.js';
import { Reminders } from './reminders.service.js';

const PROJECT = '01990000-0000-7000-8000-0000000000f0';

interface Mail {
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
}

describe('reminders', () => {
  let world: RequestWorld;

  beforeAll(async () => {
    world = await requestWorld();
  });
  afterAll(() => world.close());
  // Every test begins on the same day, with no date that comes up and nobody told of one.
  beforeEach(async () => {
    world.clock.set(`${TODAY}T09:00:00Z`);
    await asSuperuser(
      world.db,
      `TRUNCATE training, accreditation, organisation_check, project, agreement, delegation, reminder, mail_outbox CASCADE;
       UPDATE membership SET ends_on = NULL; UPDATE person SET email = id || '@example.org'`,
    );
  });

  const aWorker = (reminders = new RemindersRepository()): Reminders => {
    const { app, database } = world;
    const outbox = new Outbox(database, app.get(Clock), app.get(IdFactory), app.get(Secrets));
    return new Reminders(
      database,
      new ComingDatesRepository(),
      reminders,
      outbox,
      app.get(AuditService),
      testConfig({ publicUrl: 'https://share.example.org' }),
      app.get(Clock),
      app.get(IdFactory),
    );
  };
  const raised = async (): Promise<readonly string[]> => {
    const rows = await world.query<{ raised: string }>(
      `SELECT cause || ' ' || days_ahead AS raised FROM reminder ORDER BY 1`,
    );
    return rows.map((row) => row.raised);
  };
  const mails = (): Promise<Mail[]> =>
    world.query<Mail>('SELECT recipient, subject, body FROM mail_outbox ORDER BY created_at, id');
  const mailsTo = async (personId: string): Promise<Mail[]> =>
    (await mails()).filter(({ recipient }) => recipient === `${personId}@example.org`);
  const remindAt = async (at: string): Promise<void> => {
    world.clock.set(at);
    await aWorker().remind();
  };
  const toldOf = async (cause: string): Promise<readonly string[]> => {
    const rows = await world.query<{ id: string }>(
      `SELECT person_id AS id FROM reminder_recipient JOIN reminder ON id = reminder_id
       WHERE cause = $1 ORDER BY person_id`,
      [cause],
    );
    return rows.map(({ id }) => id);
  };

  it('R3.17 come at 90, 30 and 7 days, once each, by the London day', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-09-30'));
    // 90 days before is 2 July; London is an hour ahead.
    const seen: [string, number][] = [];
    for (const at of [
      '2026-07-01T22:59:59Z',
      '2026-07-01T23:00:00Z',
      '2026-08-30T22:59:59Z',
      '2026-08-30T23:00:00Z',
      '2026-09-22T22:59:59Z',
      '2026-09-22T23:00:00Z',
      '2026-09-30T22:00:00Z',
      '2026-09-30T23:00:00Z',
    ]) {
      await remindAt(at);
      seen.push([at.slice(5, 13), (await mailsTo(CAST.researcher)).length]);
    }
    expect(seen).toEqual([
      ['07-01T22', 0],
      ['07-01T23', 1],
      ['08-30T22', 1],
      ['08-30T23', 2],
      ['09-22T22', 2],
      ['09-22T23', 3],
      ['09-30T22', 3],
      ['09-30T23', 3],
    ]);
    expect(await raised()).toEqual(['training 30', 'training 7', 'training 90']);
  });

  it('R3.17 count days across the end of summer time', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-11-01'));
    await world.query(
      `INSERT INTO reminder SELECT gen_random_uuid(), 'training', id, expires_on, unnest(ARRAY[90, 30]), 'x',
         audit_event_id FROM training`,
    );
    await remindAt('2026-10-24T22:59:59Z');
    expect(await mails()).toEqual([]);
    await remindAt('2026-10-24T23:00:00Z');
    expect(await mailsTo(CAST.researcher)).toHaveLength(1);
  });

  it('R3.17 after a long stop only the nearest is said', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    await aWorker().remind();
    expect(await raised()).toEqual(['training 7']);
  });

  it('R3.17 are an event each, with no word about whom they were sent to', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    await aWorker().remind();
    const [event] = await world.query(
      `SELECT target_type, person_ids, organisation_ids, reason_codes FROM audit_event e
       JOIN reminder r ON r.audit_event_id = e.id WHERE type = 'reminder.sent'`,
    );
    expect(event).toMatchObject({
      target_type: 'training',
      person_ids: [CAST.researcher],
      organisation_ids: [CAST.recipient],
      reason_codes: ['due_on:2026-06-20'],
    });
  });

  it('R3.17 tell everyone concerned in one e-mail a day, soonest first', async () => {
    await world.add(async (rows) => {
      await rows.training(CAST.researcher, 'second', '2026-06-21');
      await rows.accreditation(CAST.researcher, 'first', '2026-06-20');
    });
    await aWorker().remind();
    await aWorker().remind();
    const [mail, ...others] = await mailsTo(CAST.researcher);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('Concordat: 2 dates come up');
    expect(mail?.body).toMatch(
      /20 June 2026: Accreditation first of P-\w+\n {2}21 June 2026: Training second of P-\w+\n/,
    );
    expect(mail?.body).toContain('https://share.example.org/');
    expect(await mailsTo(CAST.recipientOwner)).toHaveLength(1);
  });

  it('R3.17 what comes up later on the same day waits for tomorrow’s e-mail', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    await aWorker().remind();
    await world.add((rows) => rows.accreditation(CAST.researcher, 'late', '2026-06-21'));
    await aWorker().remind();
    expect(await mailsTo(CAST.researcher)).toHaveLength(1);
    await remindAt('2026-06-16T06:00:00Z');
    const [, second] = await mailsTo(CAST.researcher);
    expect(second?.body).toContain('Accreditation late');
    expect(second?.body).not.toContain('Training course');
  });

  it('R3.17 two workers at once say nothing twice', async () => {
    await world.add(async (rows) => {
      for (let at = 0; at < 60; at += 1) {
        await rows.training(CAST.researcher, `course ${String(at)}`, '2026-06-20');
      }
    });
    await Promise.all([aWorker().remind(), aWorker().remind(), aWorker().remind()]);
    expect(await raised()).toHaveLength(60);
    const [mail, ...others] = await mailsTo(CAST.researcher);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('Concordat: 60 dates come up');
  });

  it('R3.17 a worker killed between the two steps leaves what another finishes', async () => {
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    class Killed extends RemindersRepository {
      override findWaiting(): Promise<never> {
        return Promise.reject(new Error('Killed'));
      }
    }
    await expect(aWorker(new Killed()).remind()).rejects.toThrow('Killed');
    expect(await raised()).toEqual(['training 7']);
    expect(await mails()).toEqual([]);
    await aWorker().remind();
    expect(await raised()).toEqual(['training 7']);
    expect(await mailsTo(CAST.researcher)).toHaveLength(1);
  });

  it('law 1: an event that cannot be written raises nothing', async () => {
    const sent = `SELECT count(*) FROM audit_event WHERE type = 'reminder.sent'`;
    const before = await world.query(sent);
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    class Failing extends RemindersRepository {
      override addRecipients(): Promise<never> {
        return Promise.reject(new Error('No'));
      }
    }
    await expect(aWorker(new Failing()).remind()).rejects.toThrow('No');
    expect(await raised()).toEqual([]);
    expect(await world.query(sent)).toEqual(before);
  });

  it('R3.17 of an agreement go to who answers for it', async () => {
    await world.agreement({
      endsOn: '2026-09-01',
      reviewOn: '2026-07-01',
      dpia: { status: 'approved', reason: 'x', dpoView: 'y', reviewOn: '2026-08-01' },
    });
    await aWorker().remind();
    expect(await raised()).toEqual(['agreement_end 90', 'agreement_review 30', 'dpia_review 90']);
    const owners = [CAST.owner, CAST.secondOwner, CAST.recipientOwner];
    expect(await toldOf('agreement_end')).toEqual(owners.sort());
    expect(await toldOf('agreement_review')).toEqual([CAST.providerOfficer]);
  });

  it('R3.18 follow the next review that was set', async () => {
    const id = await world.agreement({ endsOn: '2026-12-31', reviewOn: '2026-06-20' });
    const sql = `UPDATE agreement_version SET next_review_on = '2026-12-30' WHERE agreement_id = $1`;
    await world.query(sql, [id]);
    await aWorker().remind();
    expect(await raised()).toEqual([]);
  });

  it('R3.17 cover affiliations, checks and the ends of projects', async () => {
    await world.query(`UPDATE membership SET ends_on = '2026-06-20' WHERE person_id = $1`, [
      CAST.researcher,
    ]);
    await world.add(async (rows) => {
      await rows.organisationCheck(CAST.recipient, 'dspt', '2026-06-20');
      const members = [CAST.colleague];
      await rows.project(PROJECT, 'PRJ-2026-0001', CAST.recipient, '2026-07-10', members);
    });
    await aWorker().remind();
    expect(await raised()).toEqual(['affiliation 7', 'organisation_check 7', 'project_end 30']);
    expect(await toldOf('project_end')).toEqual([CAST.colleague, CAST.recipientOwner].sort());
    expect(await toldOf('affiliation')).toEqual([CAST.researcher, CAST.recipientOwner].sort());
    expect(await toldOf('organisation_check')).toEqual([CAST.recipientOwner]);
  });

  it('R3.24 reach the deputy too', async () => {
    await world.query(
      `INSERT INTO delegation (id, membership_id, role, deputy_id, starts_on, ends_on, reason, audit_event_id)
       SELECT gen_random_uuid(), $1, 'data_owner', $2, '2026-06-01', '2026-06-30', 'Leave', audit_event_id
       FROM person WHERE id = $2`,
      [CAST.recipientOwner, CAST.colleague],
    );
    await world.add((rows) => rows.organisationCheck(CAST.recipient, 'dspt', '2026-06-20'));
    await aWorker().remind();
    expect(await toldOf('organisation_check')).toEqual(
      [CAST.colleague, CAST.recipientOwner].sort(),
    );
  });

  it('people without an address get no e-mail, and are asked for no more that day', async () => {
    await world.query('UPDATE person SET email = NULL');
    await world.add((rows) => rows.training(CAST.researcher, 'course', '2026-06-20'));
    await aWorker().remind();
    expect(await raised()).toEqual(['training 7']);
    expect(await mails()).toEqual([]);
  });
});
