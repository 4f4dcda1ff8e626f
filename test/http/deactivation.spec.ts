import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addMonths, londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { Guest } from '../support/joining.js';
import { aProgram } from '../support/program.js';

interface Me {
  readonly personId: string;
  readonly memberships: readonly {
    readonly membershipId: string;
    readonly organisationId: string;
  }[];
}
/** How much of what somebody has is live. */
interface Holdings {
  readonly grants: number;
  readonly tokens: number;
  readonly sessions: number;
  readonly programs: number;
  readonly invitations: number;
  readonly delegations: number;
}

const NOTHING: Holdings = {
  grants: 0,
  tokens: 0,
  sessions: 0,
  programs: 0,
  invitations: 0,
  delegations: 0,
};

/** Each cause is a world of its own: what it ends does not come back. */
describe.each<[string, (world: HttpWorld, me: Me) => Promise<unknown>, Partial<Holdings>]>([
  [
    'a person who is suspended',
    (world, { personId }) =>
      world.callers.officer.post(`/api/v1/people/${personId}/suspend`, { reason: 'An enquiry.' }),
    // A deputy is nobody's while suspended; the days go on.
    { delegations: 1 },
  ],
  [
    'a member who is let go',
    (world, { memberships }) =>
      world.callers.admin.post(`/api/v1/memberships/${memberships[0]?.membershipId ?? ''}/end`, {
        reason: 'Left.',
      }),
    {},
  ],
  [
    'a member who leaves',
    (world, { memberships }) =>
      world.callers.researcher.post(
        `/api/v1/memberships/${memberships[0]?.membershipId ?? ''}/leave`,
        {},
      ),
    {},
  ],
  [
    'an organisation that is suspended',
    (world, { memberships }) =>
      world.callers.admin.post(
        `/api/v1/organisations/${memberships[0]?.organisationId ?? ''}/suspend`,
        { reason: 'x' },
      ),
    // These are the person's own, and open nothing of the organisation.
    { tokens: 1, sessions: 1, delegations: 1 },
  ],
])('with %s', (_, stop, left) => {
  const today = londonDay(systemClock.now());
  let world: HttpWorld;
  let me: Me;
  let script: ApiClient;
  let program: ApiClient;
  let browser: Guest;

  beforeAll(async () => {
    world = await httpWorld();
    const { researcher, admin } = world.callers;
    me = await researcher.get<Me>('/api/v1/me');
    const { membershipId = '', organisationId = '' } = me.memberships[0] ?? {};
    await admin.post(`/api/v1/memberships/${membershipId}/roles`, { role: 'data_owner' });
    await researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const { token } = await researcher.post<{ token: string }>('/api/v1/tokens', {
      name: 'A script',
      scopes: ['grant:read'],
    });
    script = new ApiClient(world.config.publicUrl, () => Promise.resolve(token));
    await researcher.post(`/api/v1/organisations/${organisationId}/service-accounts`, {
      issuer: world.provider.issuer,
      clientId: world.provider.program.clientId,
      name: 'A program',
      accountablePersonId: me.personId,
      roles: ['researcher'],
    });
    program = await aProgram(world.provider, world.config.publicUrl);
    await researcher.post(`/api/v1/organisations/${organisationId}/invitations`, {
      email: 'somebody@sandbox.example',
      position: 'Analyst',
      startsOn: today,
      roles: ['data_owner'],
    });
    const others = await researcher.get<{ items: { personId: string; roles: string[] }[] }>(
      `/api/v1/organisations/${organisationId}/memberships`,
    );
    const deputy = others.items.find(
      ({ personId, roles }) => personId !== me.personId && !roles.includes('ig_officer'),
    );
    await researcher.post(`/api/v1/organisations/${organisationId}/delegations`, {
      role: 'data_owner',
      deputyId: deputy?.personId,
      startsOn: today,
      endsOn: addMonths(today, 1),
      reason: 'Leave.',
    });
    browser = new Guest(world.config.publicUrl, 'researcher');
    await browser.signIn();
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const holdings = async (): Promise<Holdings | undefined> => {
    const [row] = await world.db.dataSource.query<Holdings[]>(
      `SELECT (SELECT count(*)::int FROM grants WHERE person_id = $1 AND status IN ('issued', 'active')) AS grants,
         (SELECT count(*)::int FROM personal_token WHERE person_id = $1 AND ended_at IS NULL) AS tokens,
         (SELECT count(*)::int FROM service_account WHERE accountable_id = $1 AND status = 'active') AS programs,
         (SELECT count(*)::int FROM invitation WHERE invited_by = $1 AND status = 'open') AS invitations,
         (SELECT count(*)::int FROM delegation d JOIN membership m ON m.id = d.membership_id
          WHERE m.person_id = $1 AND d.ended_at IS NULL) AS delegations`,
      [me.personId],
    );
    // Sessions have a login of their own.
    const client = new pg.Client({ connectionString: world.db.urlFor('concordat_session') });
    await client.connect();
    const { rowCount } = await client.query(
      `SELECT FROM sessions.session WHERE sess #>> '{identity,subject}' = 'researcher'`,
    );
    await client.end();
    const sessions = rowCount ?? 0;
    return row && { ...row, sessions };
  };

  it('everything that rests on it ends in that transaction, and nobody gets in by what is left', async () => {
    expect(await holdings()).toEqual({
      grants: 1,
      tokens: 1,
      sessions: 1,
      programs: 1,
      invitations: 1,
      delegations: 1,
    });
    const before = await world.db.dataSource.query<{ id: string }[]>(
      'SELECT max(id::text) AS id FROM audit_event',
    );
    expect((await program.try('GET', '/api/v1/grants')).status).toBe(200);

    await stop(world, me);

    expect(await holdings()).toEqual({ ...NOTHING, ...left });
    // One transaction: every event of it, and every row, has its number.
    const [row] = await world.db.dataSource.query<{ transactions: number; events: number }[]>(
      `SELECT count(DISTINCT xmin::text)::int AS transactions, count(*)::int AS events FROM audit_event
       WHERE id::text > $1 AND type IN ('person.suspended', 'membership.ended', 'organisation.suspended', 'grant.revoked',
         'auth.token-revoked', 'auth.session-revoked', 'service.disabled', 'membership.invitation-ended',
         'membership.delegation-ended')`,
      [before[0]?.id],
    );
    const kept = Object.values(left).length;
    expect(row).toEqual({ transactions: 1, events: 1 + 6 - kept });

    expect((await program.try('GET', '/api/v1/grants')).body['code']).toBe(
      'service_not_registered',
    );
    const answer = await script.try('GET', '/api/v1/grants');
    expect(
      answer.status === 200
        ? (answer.body as unknown as { items: { status: string }[] }).items
        : [],
    ).toEqual(answer.status === 200 ? [expect.objectContaining({ status: 'revoked' })] : []);
    const page = await browser.open('/');
    expect(page.text.includes('Share data under agreements that hold')).toBe(
      left.sessions === undefined,
    );
  });
});
