import { Logger } from '@nestjs/common';
import type { SMTPServerOptions } from 'smtp-server';
import { testConfig } from '../../../test/support/config.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { HandClock } from '../../../test/support/hand-clock.js';
import { mailServer, type MailServer } from '../../../test/support/mail-server.js';
import { uuidV7Factory } from '../../kernel/ids.js';
import { Secrets } from '../secrets/secrets.service.js';
import { MailDelivery } from './mail-delivery.service.js';
import { Outbox, SECRET_PLACE } from './outbox.js';
import { Smtp, type SmtpLimits } from './smtp.js';

const MINUTE = 60_000;
/** Long enough for a busy machine; short only where a server is to be given up on. */
const PATIENT: SmtpLimits = { connectMs: 10_000, silenceMs: 10_000, deadlineMs: 15_000 };
const HASTY: SmtpLimits = { connectMs: 300, silenceMs: 300, deadlineMs: 600 };
const MAIL = {
  dedupeKey: 'digest:1',
  to: 'person@example.org',
  subject: 'Due soon',
  text: 'An accreditation ends.',
};

interface Row {
  readonly status: string;
  readonly attempts: number;
  readonly recipient: string;
  readonly last_fault: string | null;
}

describe('the outbox', () => {
  let db: TestDatabase;
  let clock: HandClock;
  let outbox: Outbox;
  const servers: MailServer[] = [];

  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  beforeEach(async () => {
    db = await testDatabase();
    clock = new HandClock(new Date('2026-05-01T09:00:00Z'));
    outbox = new Outbox(db.database, clock, uuidV7Factory(clock), new Secrets(testConfig()));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await db.close();
  });

  const put = (changes: Partial<typeof MAIL> = {}): Promise<boolean> =>
    db.database.transaction((tx) => outbox.put(tx, { ...MAIL, ...changes }));
  const rows = (): Promise<Row[]> =>
    db.dataSource.query<Row[]>(
      'SELECT status, attempts, recipient, last_fault FROM mail_outbox ORDER BY dedupe_key',
    );
  const serve = async (options: SMTPServerOptions = {}): Promise<MailServer> => {
    const server = await mailServer(options);
    servers.push(server);
    return server;
  };
  const deliveryTo = (url?: string, limits = PATIENT): MailDelivery => {
    const smtp = url === undefined ? {} : { smtp: { url, from: 'concordat@example.org' } };
    return new MailDelivery(outbox, new Smtp(testConfig(smtp), limits));
  };

  it('sends a mail once, as plain text, and forgets whom it was for', async () => {
    const server = await serve();
    await put();
    const delivery = deliveryTo(server.url);
    expect(await delivery.deliverDue()).toBe(1);
    expect(await delivery.deliverDue()).toBe(0);
    expect(server.received).toMatchObject([{ to: ['person@example.org'] }]);
    const source = server.received[0]?.source ?? '';
    expect(source).toMatch(/^Subject: Due soon\r$/m);
    expect(source).toMatch(/^From: concordat@example.org\r$/m);
    expect(source).toMatch(/^Content-Type: text\/plain/m);
    expect(source).toContain('An accreditation ends.');
    expect(await rows()).toEqual([
      { status: 'sent', attempts: 1, recipient: '', last_fault: null },
    ]);
  });

  it('takes the same mail once, also after it was sent', async () => {
    const server = await serve();
    expect(await put()).toBe(true);
    expect(await put({ text: 'Other words' })).toBe(false);
    await deliveryTo(server.url).deliverDue();
    expect(await put()).toBe(false);
    expect(server.received).toHaveLength(1);
  });

  it('keeps what is secret of a mail sealed, until it has left', async () => {
    const server = await serve();
    const secret = 'cdi_$&-not-for-a-backup';
    await db.database.transaction((tx) =>
      outbox.put(tx, { ...MAIL, text: `Open ${SECRET_PLACE} soon.`, secret }),
    );
    const stored = await db.dataSource.query<object[]>('SELECT body, sealed FROM mail_outbox');
    expect(stored).toEqual([
      { body: 'Open {secret} soon.', sealed: expect.any(Buffer) as unknown },
    ]);
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(secret).toString('hex'));
    await deliveryTo(server.url).deliverDue();
    expect(server.received[0]?.source).toContain(`Open ${secret} soon.`);
    expect(await db.dataSource.query('SELECT sealed FROM mail_outbox')).toEqual([{ sealed: null }]);
  });

  it('gives a mail up whose secret no key opens, and sends those behind it', async () => {
    const server = await serve();
    await db.database.transaction((tx) => outbox.put(tx, { ...MAIL, secret: 'cdi_x' }));
    await put({ dedupeKey: 'digest:2' });
    const ids = uuidV7Factory(clock);
    const restarted = new Outbox(db.database, clock, ids, new Secrets(testConfig()));
    const smtp = { url: server.url, from: 'concordat@example.org' };
    await new MailDelivery(restarted, new Smtp(testConfig({ smtp }), PATIENT)).deliverDue();
    expect(server.received).toHaveLength(1);
    expect((await rows()).map(({ status, last_fault: fault }) => [status, fault])).toEqual([
      ['failed', 'secret_unopened'],
      ['sent', null],
    ]);
  });

  it('keeps no mail whose transaction failed', async () => {
    const failing = db.database.transaction(async (tx) => {
      await outbox.put(tx, MAIL);
      throw new Error('No');
    });
    await expect(failing).rejects.toThrow('No');
    expect(await rows()).toEqual([]);
  });

  it('sends each mail once with two workers', async () => {
    const server = await serve();
    for (let at = 0; at < 10; at += 1) {
      await put({ dedupeKey: `digest:${String(at)}`, to: `p${String(at)}@example.org` });
    }
    const one = deliveryTo(server.url);
    const two = deliveryTo(server.url);
    const sent = await Promise.all([one.deliverDue(), two.deliverDue()]);
    expect(sent[0] + sent[1]).toBe(10);
    expect(new Set(server.received.flatMap(({ to }) => to)).size).toBe(10);
    expect(server.received).toHaveLength(10);
  });

  it('keeps mails while no server is configured', async () => {
    await put();
    expect(await deliveryTo().deliverDue()).toBe(0);
    expect(await rows()).toMatchObject([{ status: 'waiting', attempts: 0 }]);
  });

  it('waits longer each time for a server that is down, spends one mail on finding out, then sends all', async () => {
    const down = await mailServer();
    await down.close();
    await put();
    await put({ dedupeKey: 'digest:2' });
    const delivery = deliveryTo(down.url);
    expect(await delivery.deliverDue()).toBe(0);
    expect((await rows()).map(({ attempts }) => attempts).sort()).toEqual([0, 1]);
    expect((await rows()).find(({ attempts }) => attempts === 1)?.last_fault).toMatch(/^E[A-Z]+$/);
    const up = await serve();
    const again = deliveryTo(up.url);
    clock.add(MINUTE - 1);
    expect(await again.deliverDue()).toBe(1);
    clock.add(1);
    expect(await again.deliverDue()).toBe(1);
  });

  it.each([
    ['greets nobody', { onConnect: () => undefined }],
    ['never answers a recipient', { onRcptTo: () => undefined }],
    ['never takes the data', { onData: () => undefined }],
  ])('gives up on a server that %s, for now', async (_, options: SMTPServerOptions) => {
    const server = await serve({ ...options, closeTimeout: 1 });
    await put();
    expect(await deliveryTo(server.url, HASTY).deliverDue()).toBe(0);
    expect(await rows()).toMatchObject([{ status: 'waiting', attempts: 1 }]);
  });

  it.each([
    [550, 'failed'],
    [450, 'waiting'],
  ])(
    'a recipient refused with %i is %s, and the next mail goes out',
    async (responseCode, status) => {
      const server = await serve({
        onRcptTo: ({ address }, __, done) => {
          done(address.startsWith('no') ? Object.assign(new Error('No'), { responseCode }) : null);
        },
      });
      await put({ dedupeKey: 'digest:1', to: 'no@example.org' });
      await put({ dedupeKey: 'digest:2' });
      expect(await deliveryTo(server.url).deliverDue()).toBe(1);
      expect(await rows()).toMatchObject([
        { status, last_fault: `EENVELOPE ${String(responseCode)}` },
        { status: 'sent' },
      ]);
    },
  );

  it('gives a mail up after 12 attempts', async () => {
    const down = await mailServer();
    await down.close();
    await put();
    const delivery = deliveryTo(down.url);
    for (let attempt = 0; attempt < 15; attempt += 1) {
      await delivery.deliverDue();
      clock.add(360 * MINUTE);
    }
    expect(await rows()).toMatchObject([{ status: 'failed', attempts: 12, recipient: '' }]);
  });

  it('sends again what a killed worker had taken and not settled', async () => {
    const server = await serve();
    await put();
    await outbox.claim((now) => new Date(now.getTime() + MINUTE));
    const delivery = deliveryTo(server.url);
    expect(await delivery.deliverDue()).toBe(0);
    clock.add(MINUTE);
    expect(await delivery.deliverDue()).toBe(1);
  });

  it('does not let a subject or an address smuggle in a header or a recipient', async () => {
    const server = await serve();
    await put({ subject: 'Due\r\nBcc: other@example.org' });
    await deliveryTo(server.url).deliverDue();
    expect(server.received).toMatchObject([{ to: ['person@example.org'] }]);
    expect(server.received[0]?.source).not.toMatch(/^Bcc:/m);
  });

  it('forgets what is 30 days old', async () => {
    await put();
    clock.add(30 * 24 * 60 * MINUTE);
    await outbox.forget();
    expect(await rows()).toHaveLength(1);
    clock.add(1);
    await outbox.forget();
    expect(await rows()).toEqual([]);
  });
});
