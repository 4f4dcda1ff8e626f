import { GROUND } from '../../../test/support/grant-world.js';
import { reportWorld, type ReportWorld } from '../../../test/support/report-world.js';
import { sequencing, type Sequencing } from '../../../test/support/sequencing.js';
import { AuditService } from '../../audit/audit.service.js';
import { parseWorkingHours } from '../../kernel/working-hours.js';
import { AlertMail } from './alert-mail.js';
import { ALERT_BATCH, AlertSweep } from './alert-sweep.service.js';

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

const LIMITS = { bytesFloor: 1_000, readsFloor: 1_000, refusals: 6 };
const FIRST_DAY = '2026-06-15';
const NOON = `${FIRST_DAY}T12:00:00Z`;

describe('the sweep for what is unusual', () => {
  let world: ReportWorld;
  let log: Sequencing;
  let sweeper: AlertSweep;
  let grantId: string;
  let another: string;

  beforeAll(async () => {
    const hours = parseWorkingHours('Mon-Fri 07:00-20:00') ?? null;
    world = await reportWorld({ config: { alerts: { hours, limits: LIMITS } } });
    grantId = (await world.issue()).id;
    another = (await world.issue(GROUND.colleaguesRequest, GROUND.colleague)).id;
    log = await sequencing(world.db);
    sweeper = world.app.get(AlertSweep, { strict: false });
    await world.force(
      `UPDATE person SET email = id || '@example.org' WHERE id = ANY ($1::uuid[])`,
      [[GROUND.providerOfficer, GROUND.recipientOfficer, GROUND.operatorOfficer, GROUND.owner]],
    );
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await world.close();
  });
  // Every test has a log that was read to its end, and no alert, mail or past.
  beforeEach(async () => {
    await sweep();
    await world.force('DELETE FROM audit_alert');
    await world.force('DELETE FROM audit_alert_volume');
    await world.force('DELETE FROM mail_outbox');
    world.clock.set(NOON);
  });

  const sweep = async (): Promise<number> => {
    await log.sequence();
    return sweeper.sweep();
  };
  const alerts = async (): Promise<readonly string[]> => {
    const rows = await world.query<{ text: string }>(
      `SELECT rule || ' ' || subject_kind || ' ' || found AS text FROM audit_alert ORDER BY rule, subject_kind`,
    );
    return rows.map(({ text }) => text);
  };
  const volumes = () =>
    world.query(
      `SELECT grant_id AS "grantId", day::text, bytes::int, reads::int FROM audit_alert_volume ORDER BY 1, 2`,
    );
  const refuse = (changes: object = {}) =>
    world.record('access.denied', {
      actorPersonId: GROUND.researcher,
      actorOrganisationId: GROUND.recipient,
      organisationIds: [GROUND.recipient],
      outcome: 'refused',
      reasonCodes: ['operation_denied'],
      route: 'GET /x',
      ...changes,
    });
  const times = async (count: number, work: (at: number) => Promise<unknown>): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      await work(at);
      world.clock.add(1000);
    }
  };

  it('raises each alert once, with one event', async () => {
    await world.deliver(grantId, { bytes: 1_001 });
    expect(await sweep()).toBe(2);
    expect(await alerts()).toEqual(['bytes grant 1001', 'bytes person 1001']);
    await world.deliver(grantId, { bytes: 5_000 });
    expect(await sweep()).toBe(0);
    expect(await alerts()).toEqual(['bytes grant 1001', 'bytes person 1001']);
    const events = await world.query(
      `SELECT e.type, e.target_type AS kind, e.target_id AS target, e.grant_id AS "grantId", e.person_ids AS people,
         e.reason_codes AS reasons, e.organisation_ids AS organisations
       FROM audit_event e JOIN audit_alert a ON a.audit_event_id = e.id ORDER BY a.subject_kind`,
    );
    const reasons = ['bytes', `day:${FIRST_DAY}`, 'found:1001', 'threshold:1000'];
    expect(events).toEqual([
      {
        ...{ type: 'audit.alert-raised', kind: 'grant', target: grantId, grantId, reasons },
        people: [GROUND.researcher],
        organisations: [GROUND.provider, GROUND.recipient].sort(),
      },
      {
        ...{ type: 'audit.alert-raised', kind: 'person', target: GROUND.researcher, reasons },
        grantId: null,
        people: [GROUND.researcher],
        organisations: [GROUND.recipient],
      },
    ]);
  });

  const { providerOfficer, recipientOfficer, operatorOfficer } = GROUND;
  const tell = async (): Promise<readonly Mail[]> => {
    await world.app.get(AlertMail, { strict: false }).tell();
    return world.query<Mail>(
      `SELECT split_part(recipient, '@', 1) AS to, subject, body FROM mail_outbox ORDER BY created_at, recipient`,
    );
  };
  const alertsIn = (mail: Mail | undefined): readonly string[] =>
    [...(mail?.body ?? '').matchAll(/Alert (\S+)\.$/gm)].map(([, id = '']) => id).sort();
  const idsOf = async (where = 'true'): Promise<readonly string[]> => {
    const rows = await world.query<{ id: string }>(
      `SELECT id FROM audit_alert WHERE ${where} ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  };

  it('tells each officer in one mail of all that a sweep has raised, and once', async () => {
    world.clock.set('2026-06-22T12:00:00Z');
    await world.deliver(grantId, { bytes: 1_001 });
    await times(6, () => refuse());
    await sweep();
    const mails = await tell();
    expect(mails.map(({ to }) => to)).toEqual(
      [providerOfficer, recipientOfficer, operatorOfficer].sort(),
    );
    const of = (officer: string): Mail | undefined => mails.find(({ to }) => to === officer);
    expect(of(providerOfficer)?.subject).toBe('Concordat: more bytes were read than is usual');
    expect(of(operatorOfficer)?.subject).toBe('Concordat: 3 alerts');
    expect(alertsIn(of(providerOfficer))).toEqual(await idsOf(`subject_kind = 'grant'`));
    expect(alertsIn(of(recipientOfficer))).toEqual(await idsOf());
    expect(alertsIn(of(operatorOfficer))).toEqual(await idsOf());
    expect(JSON.stringify(mails)).not.toContain(GROUND.researcher);
    expect(await tell()).toHaveLength(3);
  });

  it('tells of what was raised before the worker died, and of each alert once, whoever tells', async () => {
    world.clock.set('2026-06-23T12:00:00Z');
    await world.deliver(grantId, { bytes: 1_001 });
    await sweep();
    world.clock.add(60_000);
    await times(6, () => refuse());
    await sweep();
    const [mails] = await Promise.all([tell(), tell(), tell()]);
    const told = await tell();
    expect(mails.length).toBeLessThanOrEqual(told.length);
    expect(told.map(({ to }) => to)).toEqual(
      [providerOfficer, recipientOfficer, operatorOfficer].sort(),
    );
    expect(await idsOf('is_untold')).toEqual([]);
  });

  it('has told nobody when the mail cannot be put into the outbox', async () => {
    await world.deliver(grantId, { bytes: 1_001 });
    await sweep();
    await world.force('ALTER TABLE mail_outbox RENAME TO mail_outbox_away');
    try {
      await expect(tell()).rejects.toThrow('mail_outbox');
    } finally {
      await world.force('ALTER TABLE mail_outbox_away RENAME TO mail_outbox');
    }
    expect(await idsOf('is_untold')).toHaveLength(2);
    expect(await tell()).toHaveLength(3);
  });

  it('holds a day against its own past', async () => {
    for (const day of ['10', '11', '12']) {
      world.clock.set(`2026-06-${day}T12:00:00Z`);
      await world.deliver(grantId, { bytes: 900 });
    }
    world.clock.set(NOON);
    await world.deliver(grantId, { bytes: 4_500 });
    expect(await sweep()).toBe(0);
    await world.deliver(grantId, { bytes: 1 });
    await sweep();
    expect(
      await world.query('SELECT found::int, usual::int, threshold::int FROM audit_alert'),
    ).toEqual([
      { found: 4_501, usual: 900, threshold: 4_500 },
      { found: 4_501, usual: 900, threshold: 4_500 },
    ]);
  });

  it('tells of reading at night under its grant, of a delivery by when it began', async () => {
    world.clock.set(`${FIRST_DAY}T19:01:00Z`);
    await world.deliver(grantId);
    expect(await sweep()).toBe(0);
    await world.deliver(grantId, { bytes: undefined, range: undefined }, 'object.opened');
    await world.deliver(another, { actorPersonId: GROUND.colleague }, 'object.credential-issued');
    await world.deliver(grantId, { clientId: 'nightly' }, 'object.credential-issued');
    await sweep();
    expect(await alerts()).toEqual(['out_of_hours grant 1', 'out_of_hours grant 1']);
  });

  it('finds a burst of refusals, also when its parts came in two sweeps', async () => {
    await times(4, () => refuse());
    expect(await sweep()).toBe(0);
    await times(2, () => refuse());
    await sweep();
    expect(await alerts()).toEqual(['refusals person 6']);
  });

  it('finds who guesses ids, and an organisation whose people are refused one by one', async () => {
    world.clock.add(3 * 3_600_000);
    const people = [GROUND.researcher, GROUND.colleague, GROUND.recipientOwner];
    await times(30, (at) => refuse({ actorPersonId: people[at % 3] }));
    const hidden = { reasonCodes: ['not_found'], actorPersonId: GROUND.recipientOfficer };
    await times(5, (at) =>
      refuse({ ...hidden, targetId: `01990000-0000-7000-8000-00000000aa0${String(at)}` }),
    );
    await sweep();
    expect(await alerts()).toEqual([
      'guessing person 5',
      ...['refusals organisation 35', ...Array<string>(3).fill('refusals person 10')],
    ]);
  });

  it('counts a refusal of a grant for who asked, not for who has the data', async () => {
    await times(30, (at) =>
      world.record('grant.refused', {
        actorPersonId: [GROUND.researcher, GROUND.colleague, GROUND.recipientOwner][at % 3],
        actorOrganisationId: GROUND.recipient,
        organisationIds: [GROUND.recipient, GROUND.provider],
        accessRequestId: GROUND.request,
        outcome: 'refused',
        reasonCodes: ['budget'],
      }),
    );
    await sweep();
    const seen = await world.query<{ seen: string[] }>(
      'SELECT DISTINCT organisation_ids AS seen FROM audit_alert',
    );
    expect(seen).toEqual([{ seen: [GROUND.recipient] }]);
  });

  it('misses nothing that commits late', async () => {
    const audit = world.app.get(AuditService, { strict: false });
    const [written, mayCommit] = [Promise.withResolvers(), Promise.withResolvers()];
    const late = world.database.transaction(async (tx) => {
      await audit.record(tx, 'object.delivered', {
        ...{ actorPersonId: GROUND.researcher, organisationIds: [GROUND.recipient] },
        ...{ grantId, bytes: 1_001 },
      });
      written.resolve(undefined);
      await mayCommit.promise;
    });
    await written.promise;
    await world.deliver(another, { bytes: 5 });
    expect(await sweep()).toBe(0);
    expect(await volumes()).toHaveLength(1);
    mayCommit.resolve(undefined);
    await late;
    await sweep();
    expect(await alerts()).toEqual(['bytes grant 1001', 'bytes person 1001']);
  });

  it('that two workers do raises one alert, and counts once', async () => {
    const { app } = world;
    const second = new AlertSweep(
      ...((['database', 'sources', 'raising', 'config', 'clock'] as const).map(
        (part) => (sweeper as unknown as Record<string, unknown>)[part],
      ) as unknown as ConstructorParameters<typeof AlertSweep>),
    );
    expect(app.get(AlertSweep, { strict: false })).not.toBe(second);
    for (let round = 0; round < 5; round += 1) {
      world.clock.add(86_400_000);
      await world.deliver(grantId, { bytes: 9_900 * (round + 1) ** 5 });
      await log.sequence();
      const raised = await Promise.all([sweeper, second, sweeper].map((one) => one.sweep()));
      expect(raised.reduce((sum, one) => sum + one, 0)).toBe(2);
    }
    const rows = await volumes();
    expect(rows).toMatchObject(
      Array.from({ length: 5 }, (_, round) => ({ bytes: 9_900 * (round + 1) ** 5, reads: 1 })),
    );
  });

  it('that dies between two batches, or in the middle of one, repeats nothing', async () => {
    await world.force(
      `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, grant_id, reason_codes, bytes,
         leaf, digests)
       SELECT gen_random_uuid(), 'object.delivered', $1::timestamptz + n * interval '1 ms', 'success', '{}', '{}', $2, '{}',
         CASE WHEN n <= $3 THEN 0 ELSE 1 END, 'leaf', '' FROM generate_series(1, 2 * $3::int) n`,
      [new Date(NOON), grantId, ALERT_BATCH],
    );
    await world.force(
      `CREATE FUNCTION refuse_alert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$;
       CREATE TRIGGER refuse_alert BEFORE INSERT ON audit_alert FOR EACH ROW WHEN (NEW.rule = 'reads')
         EXECUTE FUNCTION refuse_alert()`,
    );
    await expect(sweep()).rejects.toThrow('killed');
    expect(await volumes()).toMatchObject([{ bytes: 0, reads: ALERT_BATCH }]);
    await expect(sweep()).rejects.toThrow('killed');
    expect(await volumes()).toMatchObject([{ bytes: 0, reads: ALERT_BATCH }]);
    expect(await world.query('SELECT id FROM mail_outbox')).toEqual([]);
    await world.force('DROP FUNCTION refuse_alert CASCADE');
    expect(await sweep()).toBe(2);
    expect(await volumes()).toMatchObject([{ bytes: ALERT_BATCH, reads: 2 * ALERT_BATCH }]);
  });

  it('stops between two batches when it is told to, and goes on there', async () => {
    await world.deliver(grantId, { bytes: 3 });
    await log.sequence();
    expect(await sweeper.sweep(AbortSignal.abort())).toBe(0);
    expect(await volumes()).toEqual([]);
    await sweeper.sweep();
    expect(await volumes()).toMatchObject([{ bytes: 3, reads: 1 }]);
  });

  it('forgets what is in nobody’s past any more', async () => {
    await world.deliver(grantId, { bytes: 3 });
    await sweep();
    world.clock.add(57 * 86_400_000);
    await world.deliver(another, { bytes: 4 });
    await sweep();
    expect(await volumes()).toMatchObject([{ bytes: 4 }]);
  });
});
