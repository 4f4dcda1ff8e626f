import { randomBytes, randomUUID } from 'node:crypto';
import { ApiClient, type Problem } from '../../sandbox/api-client.js';
import type { SandboxProvider } from '../../sandbox/provider/provider.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, addMonths, londonDay } from '../../src/kernel/london-day.js';
import { InvitationEnds } from '../../src/organisations/invitations/invitation-ends.js';
import { MailDelivery } from '../../src/platform/mail/mail-delivery.service.js';
import { databaseText } from '../support/database-text.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';
import { Guest } from '../support/joining.js';
import { logTap } from '../support/log-tap.js';
import { mailServer, type MailServer } from '../support/mail-server.js';

interface Invitation {
  readonly id: string;
  readonly status: string;
  readonly email: string | null;
  readonly membershipId: string | null;
  readonly sent: number;
}

const GUESTS = Array.from({ length: 24 }, (_, at) => `guest${String(at)}`);

describe('R10.1: invitations', () => {
  const today = londonDay(systemClock.now());
  const tap = logTap();
  let mail: MailServer;
  let world: EmptyWorld;
  let council: string;
  let owner: ApiClient;
  let guests = 0;

  const as = (subject: string, provider: SandboxProvider = world.provider): ApiClient =>
    new ApiClient(world.config.publicUrl, () => provider.issueAccessToken(subject));
  const anOrganisation = async (name: string): Promise<string> => {
    const organisation = { name, kind: 'borough', publicAuthority: true };
    return (await world.callers.admin.post<{ id: string }>('/api/v1/organisations', organisation))
      .id;
  };
  const anOwner = async (organisationId: string, subject: string): Promise<string> => {
    const path = `/api/v1/organisations/${organisationId}/memberships`;
    const { id } = await world.callers.admin.post<{ id: string }>(path, {
      issuer: world.provider.issuer,
      subject,
      name: subject,
      email: `${subject}@sandbox.example`,
      position: 'Data owner',
      startsOn: today,
      roles: ['data_owner'],
    });
    return id;
  };

  beforeAll(async () => {
    mail = await mailServer();
    const smtp = { url: mail.url, from: 'concordat@sandbox.example' };
    world = await emptyWorld(
      { smtp, logLevel: 'info', signInRatePerMinute: 1_000 },
      [...GUESTS, 'boss', 'rival'],
      tap,
    );
    council = await anOrganisation('A council');
    await anOwner(council, 'boss');
    owner = as('boss');
    await anOwner(await anOrganisation('Another council'), 'rival');
  }, 120_000);
  afterAll(async () => {
    await world.close();
    await mail.close();
  }, 30_000);

  /** Somebody with an account at the provider whom the broker does not know. */
  const aGuest = (): { readonly subject: string; readonly guest: Guest } => {
    const subject = GUESTS[(guests += 1) - 1] ?? '';
    return { subject, guest: new Guest(world.config.publicUrl, subject) };
  };
  const promise = (email: string, changes: object = {}): object => ({
    email,
    position: 'Analyst',
    startsOn: today,
    endsOn: addMonths(today, 12),
    roles: ['researcher'],
    ...changes,
  });
  const path = (organisationId = council): string =>
    `/api/v1/organisations/${organisationId}/invitations`;
  const invite = (subject: string, changes: object = {}, by = owner): Promise<Invitation> =>
    by.post<Invitation>(path(), promise(`${subject}@sandbox.example`, changes));
  /** The path of the newest link that was sent to somebody. */
  const linkTo = async (subject: string): Promise<string> => {
    await world.app.get(MailDelivery, { strict: false }).deliverDue();
    // The worker sends too, and may have it in hand.
    for (let tries = 0; tries < 100; tries += 1) {
      const mails = mail.received.filter(({ to }) => to.includes(`${subject}@sandbox.example`));
      const source = mails.at(-1)?.source.replaceAll('=\r\n', '') ?? '';
      const found = /\/invitations\/cdi_[\w-]{43}/.exec(source)?.[0];
      if (found !== undefined) {
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No mail to ${subject}`);
  };
  const stateOf = async ({ id }: Invitation): Promise<string | undefined> => {
    const { items } = await world.callers.admin.get<{ items: Invitation[] }>(path());
    return items.find((one) => one.id === id)?.status;
  };
  const eventsOf = async (id: string): Promise<readonly string[]> => {
    const rows = await world.db.dataSource.query<{ said: string }[]>(
      `SELECT type || coalesce(' ' || array_to_string(reason_codes, ','), '') AS said FROM audit_event
       WHERE target_id = $1 ORDER BY occurred_at, id`,
      [id],
    );
    return rows.map(({ said }) => said.trim());
  };
  const isKnown = async (subject: string): Promise<boolean> =>
    (await world.db.dataSource.query<unknown[]>('SELECT FROM person WHERE subject = $1', [subject]))
      .length > 0;

  it('binds the first sign-in that has the token: person, membership and roles at once', async () => {
    const { subject, guest } = aGuest();
    const invitation = await invite(subject);
    expect(invitation).toMatchObject({ status: 'open', membershipId: null });
    expect(JSON.stringify(invitation)).not.toContain('cdi_');
    const link = await linkTo(subject);

    const opened = await guest.open(link);
    expect([opened.url, opened.status]).toEqual([`${world.config.publicUrl}/invitations`, 200]);
    expect(opened.text).toContain('Join A council');
    expect(await guest.join()).toEqual([303, expect.anything()]);
    expect(await isKnown(subject)).toBe(false);
    const signedIn = await guest.signIn('/invitations');
    expect(signedIn.text).toContain(`${subject}, ${subject}@sandbox.example`);
    expect(await isKnown(subject)).toBe(false);
    expect(await guest.join()).toEqual([303, expect.anything()]);

    const me = await as(subject).get<{ name: string; memberships: object[] }>('/api/v1/me');
    expect(me).toMatchObject({
      name: subject,
      memberships: [{ organisationId: council, position: 'Analyst', roles: ['researcher'] }],
    });
    expect((await guest.open('/')).text).toContain('Your data sharing');
    expect(await stateOf(invitation)).toBe('accepted');
    expect(await eventsOf(invitation.id)).toEqual([
      'membership.invited researcher',
      'membership.invitation-ended accepted',
    ]);
  });

  it('keeps the token nowhere: neither in the database before and after the mail, nor in the log', async () => {
    const { subject, guest } = aGuest();
    await invite(subject);
    const waiting = await databaseText(world.db.urlFor('postgres'));
    const link = await linkTo(subject);
    const token = link.split('cdi_')[1] ?? '';
    const redirect = await guest.browsing.send(world.config.publicUrl + link);
    expect(redirect.headers.get('referrer-policy')).toBe('no-referrer');
    expect(redirect.headers.get('cache-control')).toContain('no-store');
    expect(redirect.headers.get('location')).toBe('/invitations');
    await guest.accept(link);
    const settled = await databaseText(world.db.urlFor('postgres'));
    expect(waiting).toContain(`${subject}@sandbox.example`);
    for (const text of [waiting, settled, tap.text()]) {
      expect(text).not.toContain(token);
    }
    expect(tap.text()).toContain('/invitations/cdi_[redacted]');
  });

  it('is used once, whoever comes second and however soon', async () => {
    const { subject, guest } = aGuest();
    await invite(subject);
    const link = await linkTo(subject);
    const twin = new Guest(world.config.publicUrl, subject);
    for (const one of [guest, twin]) {
      await one.open(link);
      await one.signIn('/invitations');
    }
    const answers = await Promise.all([guest.join(), twin.join()]);
    expect(answers.map(([status]) => status).sort()).toEqual([303, 410]);
    expect(await new Guest(world.config.publicUrl, subject).accept(link)).toEqual([
      410,
      'invitation_ended',
    ]);
    const members = await world.db.dataSource.query<unknown[]>(
      'SELECT FROM membership m JOIN person p ON p.id = m.person_id WHERE p.subject = $1',
      [subject],
    );
    expect(members).toHaveLength(1);
  });

  it('is not for an account of another address, and waits for its own', async () => {
    const { subject, guest } = aGuest();
    const other = aGuest();
    const invitation = await invite(subject);
    const link = await linkTo(subject);
    expect(await other.guest.accept(link)).toEqual([403, 'invitation_of_another']);
    expect(await isKnown(other.subject)).toBe(false);
    expect(await stateOf(invitation)).toBe('open');
    expect((await guest.accept(link))[0]).toBe(303);
  });

  it('never goes by the address alone: whoever has it and not the token joins nothing', async () => {
    const { subject, guest } = aGuest();
    const invitation = await invite(subject);
    const page = await guest.signIn('/');
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining('person_not_registered'),
    ]);
    expect(await guest.join()).toEqual([404, 'not_found']);
    expect(await isKnown(subject)).toBe(false);
    expect(await stateOf(invitation)).toBe('open');
  });

  it('an address is no identity: accounts that share one neither meet nor merge', async () => {
    const one = aGuest();
    await invite(one.subject);
    await one.guest.accept(await linkTo(one.subject));
    const other = aGuest();
    // The provider gives the first one's address to the second account.
    await world.db.dataSource.query('UPDATE person SET email = $2 WHERE subject = $1', [
      one.subject,
      `${other.subject}@sandbox.example`,
    ]);
    expect((await other.guest.signIn('/')).status).toBe(403);
    expect(await isKnown(other.subject)).toBe(false);
    await invite(other.subject);
    await new Guest(world.config.publicUrl, other.subject).accept(await linkTo(other.subject));
    // What the provider says at the next sign-in changes the address of the account, and no account.
    await new Guest(world.config.publicUrl, one.subject).signIn('/');
    const people = await world.db.dataSource.query<{ subject: string; email: string }[]>(
      'SELECT subject, email FROM person WHERE subject = ANY($1) ORDER BY subject',
      [[one.subject, other.subject]],
    );
    expect(people).toEqual(
      [one.subject, other.subject]
        .sort()
        .map((subject) => ({ subject, email: `${subject}@sandbox.example` })),
    );
  });

  it('lets a guest who has signed in and not joined see nothing but the invitation', async () => {
    const { subject, guest } = aGuest();
    await invite(subject);
    await guest.open(await linkTo(subject));
    await guest.signIn('/invitations');
    expect((await guest.open('/')).text).not.toContain('Your data sharing');
    expect((await as(subject).try('GET', '/api/v1/me')).body['code']).toBe('person_not_registered');
  });

  it('is over after 14 days, and then forgets the address', async () => {
    const { subject, guest } = aGuest();
    const invitation = await invite(subject);
    const link = await linkTo(subject);
    await world.db.dataSource.query(
      `UPDATE invitation SET invited_at = invited_at - interval '14 days', expires_at = expires_at - interval '14 days'
       WHERE id = $1`,
      [invitation.id],
    );
    expect(await stateOf(invitation)).toBe('expired');
    expect(await guest.accept(link)).toEqual([410, 'invitation_ended']);
    await world.app.get(InvitationEnds, { strict: false }).expireDue();
    const rows = await world.db.dataSource.query<{ email: string | null }[]>(
      'SELECT email FROM invitation WHERE id = $1',
      [invitation.id],
    );
    expect(rows).toEqual([{ email: null }]);
    expect(await eventsOf(invitation.id)).toContain('membership.invitation-ended expired');
    expect((await owner.try('POST', `/api/v1/invitations/${invitation.id}/resend`)).status).toBe(
      410,
    );
  });

  it('is dead once withdrawn, and when it is sent again its old link is', async () => {
    const { subject, guest } = aGuest();
    const invitation = await invite(subject);
    const first = await linkTo(subject);
    const again = await owner.post<Invitation>(`/api/v1/invitations/${invitation.id}/resend`);
    expect(again.sent).toBe(2);
    let second = await linkTo(subject);
    for (let tries = 0; second === first && tries < 50; tries += 1) {
      second = await linkTo(subject);
    }
    expect(await guest.accept(first)).toEqual([404, 'not_found']);
    await owner.post(`/api/v1/invitations/${invitation.id}/withdraw`, { reason: 'A mistake.' });
    expect(await new Guest(world.config.publicUrl, subject).accept(second)).toEqual([
      410,
      'invitation_ended',
    ]);
    const twice = await owner.try('POST', `/api/v1/invitations/${invitation.id}/withdraw`, {
      reason: 'x',
    });
    expect(twice.status).toBe(410);
  });

  it('does nothing for a member, and brings a member of another organisation here too', async () => {
    const { subject, guest } = aGuest();
    await invite(subject);
    await guest.accept(await linkTo(subject));
    const again = await invite(subject);
    expect(await new Guest(world.config.publicUrl, subject).accept(await linkTo(subject))).toEqual([
      409,
      'conflict',
    ]);
    expect(await stateOf(again)).toBe('open');

    const elsewhere = await anOrganisation('A third council');
    await world.callers.admin.post(path(elsewhere), promise(`${subject}@sandbox.example`));
    let link = await linkTo(subject);
    const member = new Guest(world.config.publicUrl, subject);
    for (
      let tries = 0;
      !(await member.open(link)).text.includes('A third') && tries < 50;
      tries += 1
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      link = await linkTo(subject);
    }
    await member.signIn('/invitations');
    expect((await member.join())[0]).toBe(303);
    const me = await as(subject).get<{ memberships: object[] }>('/api/v1/me');
    expect(me.memberships).toHaveLength(2);
    const people = await world.db.dataSource.query<unknown[]>(
      'SELECT FROM person WHERE subject = $1',
      [subject],
    );
    expect(people).toHaveLength(1);
  });

  it('ends with who sent it: their membership, and their organisation', async () => {
    const house = await anOrganisation('A fourth council');
    const boss = aGuest();
    const membershipId = await anOwner(house, boss.subject);
    const first = aGuest();
    await as(boss.subject).post(path(house), promise(`${first.subject}@sandbox.example`));
    const link = await linkTo(first.subject);
    await world.callers.admin.post(`/api/v1/memberships/${membershipId}/end`, { reason: 'Left.' });
    expect(await first.guest.accept(link)).toEqual([410, 'invitation_ended']);

    const second = aGuest();
    await world.callers.admin.post(path(house), promise(`${second.subject}@sandbox.example`));
    const other = await linkTo(second.subject);
    await world.callers.admin.post(`/api/v1/organisations/${house}/suspend`, {
      reason: 'A check.',
    });
    expect(await second.guest.accept(other)).toEqual([410, 'invitation_ended']);
    await world.callers.admin.post(`/api/v1/organisations/${house}/resume`, { reason: 'Checked.' });
    expect(await new Guest(world.config.publicUrl, second.subject).accept(other)).toEqual([
      410,
      'invitation_ended',
    ]);
    expect(await isKnown(second.subject)).toBe(false);
  });

  it('R3.10: roles that take two people are proposed when it is accepted, and given by the second', async () => {
    const { subject, guest } = aGuest();
    const roles = ['researcher', 'signatory'];
    await invite(subject, { roles }, world.callers.admin);
    expect((await guest.accept(await linkTo(subject)))[0]).toBe(303);
    const rolesOf = async (): Promise<unknown> => {
      const { memberships } = await as(subject).get<{ memberships: { roles: unknown }[] }>(
        '/api/v1/me',
      );
      return memberships[0]?.roles;
    };
    expect(await rolesOf()).toEqual(['researcher']);
    const { items } = await world.callers.admin2.get<{
      items: { id: string; change: { role: string } }[];
    }>('/api/v1/approvals');
    const approve = `/api/v1/approvals/${items[0]?.id ?? ''}/approve`;
    expect((await world.callers.admin.try('POST', approve)).body['code']).toBe(
      'approval_by_proposer',
    );
    await world.callers.admin2.post(approve);
    expect(await rolesOf()).toEqual(['researcher', 'signatory']);
  });

  it.each<[string, () => Promise<{ status: number; body: Problem }>, number, string]>([
    [
      'a role that data owners do not give',
      () => owner.try('POST', path(), promise('x@sandbox.example', { roles: ['signatory'] })),
      403,
      'operation_denied',
    ],
    [
      'another’s organisation',
      () => as('rival').try('POST', path(), promise('x@sandbox.example')),
      404,
      'not_found',
    ],
    ['the list of another’s organisation', () => as('rival').try('GET', path()), 404, 'not_found'],
    [
      'an address that is none',
      () => owner.try('POST', path(), promise('nobody')),
      422,
      'input_invalid',
    ],
    [
      'a researcher without an end',
      () => owner.try('POST', path(), promise('x@sandbox.example', { endsOn: undefined })),
      422,
      'input_invalid',
    ],
    [
      'a membership that is over',
      () =>
        owner.try(
          'POST',
          path(),
          promise('x@sandbox.example', {
            startsOn: addDays(today, -9),
            endsOn: addDays(today, -1),
          }),
        ),
      422,
      'input_invalid',
    ],
    [
      'an unknown field',
      () => owner.try('POST', path(), promise('x@sandbox.example', { token: 'cdi_x' })),
      422,
      'input_invalid',
    ],
    [
      'an invitation that is not there',
      () => owner.try('POST', `/api/v1/invitations/${randomUUID()}/resend`),
      404,
      'not_found',
    ],
  ])('is refused: %s', async (_, call, status, code) => {
    const answer = await call();
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('is not sent twice to one address, nor to another tenant’s eyes', async () => {
    const { subject } = aGuest();
    const invitation = await invite(subject);
    const again = await owner.try(
      'POST',
      path(),
      promise(`${subject.toUpperCase()}@sandbox.example`),
    );
    expect([again.status, again.body['code']]).toEqual([409, 'conflict']);
    for (const act of ['resend', 'withdraw']) {
      const call = `/api/v1/invitations/${invitation.id}/${act}`;
      expect((await as('rival').try('POST', call, { reason: 'x' })).status).toBe(404);
    }
    expect(await stateOf(invitation)).toBe('open');
  });

  it('is not joined from another site', async () => {
    const { subject, guest } = aGuest();
    await invite(subject);
    await guest.open(await linkTo(subject));
    await guest.signIn('/invitations');
    expect(await guest.join({ 'sec-fetch-site': 'cross-site' })).toEqual([403, 'csrf_refused']);
    expect(await isKnown(subject)).toBe(false);
  });

  it('tells a guess nothing, whatever its form', async () => {
    const guesses = [
      `cdi_${randomBytes(32).toString('base64url')}`,
      'cdi_short',
      'join',
      '%00',
      'x'.repeat(2_000),
    ];
    for (const guess of guesses) {
      const { status } = await new Guest(world.config.publicUrl, 'nobody').open(
        `/invitations/${guess}`,
      );
      expect([guess.length, status]).toEqual([
        guess.length,
        guess === '%00' ? expect.any(Number) : 404,
      ]);
    }
  });
});

describe('guessing tokens', () => {
  let world: EmptyWorld;
  beforeAll(async () => {
    world = await emptyWorld({ signInRatePerMinute: 5 });
  }, 60_000);
  afterAll(() => world.close(), 30_000);

  it('is limited by address', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      const token = `cdi_${randomBytes(32).toString('base64url')}`;
      const guest = new Guest(world.config.publicUrl, 'nobody');
      statuses.push(
        (await guest.browsing.send(`${world.config.publicUrl}/invitations/${token}`)).status,
      );
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429, 429, 429]);
  });
});
