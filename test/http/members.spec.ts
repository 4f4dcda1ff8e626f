import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../sandbox/api-client.js';
import type { Role } from '../../src/identity/roles.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addMonths, londonDay } from '../../src/kernel/london-day.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';

interface Member {
  readonly id: string;
  readonly personId: string;
  readonly approvals: readonly { readonly approvalId: string }[];
}
interface Me {
  readonly personId: string;
  readonly memberships: readonly {
    readonly organisationId: string;
    readonly roles: readonly string[];
  }[];
}

const SUBJECTS = Array.from({ length: 12 }, (_, at) => `member${String(at)}`);

describe('an organisation runs itself', () => {
  const today = londonDay(systemClock.now());
  let world: EmptyWorld;
  let council: string;
  let owner: ApiClient;
  let taken = 0;

  const as = (subject: string): ApiClient =>
    new ApiClient(world.config.publicUrl, () => world.provider.issueAccessToken(subject));
  const aCouncil = async (name: string): Promise<string> => {
    const organisation = { name, kind: 'borough', publicAuthority: true };
    return (await world.callers.admin.post<{ id: string }>('/api/v1/organisations', organisation))
      .id;
  };
  const join = async (
    organisationId: string,
    subject: string,
    roles: readonly Role[],
  ): Promise<Member> => {
    const path = `/api/v1/organisations/${organisationId}/memberships`;
    const member = await world.callers.admin.post<Member>(path, {
      issuer: world.provider.issuer,
      subject,
      name: subject,
      email: `${subject}@sandbox.example`,
      position: 'Somebody',
      startsOn: today,
      endsOn: addMonths(today, 12),
      roles,
    });
    for (const { approvalId } of member.approvals) {
      await world.callers.admin2.post(`/api/v1/approvals/${approvalId}/approve`);
    }
    return member;
  };
  const aMember = async (...roles: Role[]): Promise<Member & { readonly subject: string }> => {
    const subject = SUBJECTS[(taken += 1) - 1] ?? '';
    return { ...(await join(council, subject, roles)), subject };
  };
  const rolesOf = async (subject: string): Promise<readonly string[]> =>
    (await as(subject).get<Me>('/api/v1/me')).memberships.flatMap(({ roles }) => roles);

  beforeAll(async () => {
    world = await emptyWorld({}, [...SUBJECTS, 'boss', 'rival']);
    council = await aCouncil('A council');
    await join(council, 'boss', ['data_owner']);
    await join(await aCouncil('Another council'), 'rival', ['data_owner']);
    owner = as('boss');
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  it('a data owner gives and takes the roles that are theirs to give', async () => {
    const { id, subject } = await aMember('researcher');
    await owner.post(`/api/v1/memberships/${id}/roles`, { role: 'data_owner' });
    expect(await rolesOf(subject)).toEqual(['data_owner', 'researcher']);
    const path = `/api/v1/memberships/${id}/roles/researcher`;
    expect((await owner.try('DELETE', path, { reason: 'Other work.' })).status).toBe(200);
    expect(await rolesOf(subject)).toEqual(['data_owner']);
  });

  it.each<Role>(['dpo', 'signatory', 'ig_officer'])(
    'a data owner neither gives, nor takes, nor lets go the %s: who reviews, binds or watches is not theirs',
    async (role) => {
      const plain = await aMember('researcher');
      const holder = await aMember(role);
      const give = await owner.try('POST', `/api/v1/memberships/${plain.id}/roles`, { role });
      const take = await owner.try('DELETE', `/api/v1/memberships/${holder.id}/roles/${role}`, {
        reason: 'x',
      });
      const end = await owner.try('POST', `/api/v1/memberships/${holder.id}/end`, { reason: 'x' });
      for (const { status, body } of [give, take, end]) {
        expect([status, body['code']]).toEqual([403, 'operation_denied']);
      }
      expect(await rolesOf(holder.subject)).toEqual([role]);
      expect(await rolesOf(plain.subject)).toEqual(['researcher']);
    },
  );

  it('nobody gives themselves a role', async () => {
    const { memberships } = await owner.get<{ memberships: { membershipId: string }[] }>(
      '/api/v1/me',
    );
    const path = `/api/v1/memberships/${memberships[0]?.membershipId ?? ''}/roles`;
    const answer = await owner.try('POST', path, { role: 'researcher' });
    expect([answer.status, answer.body['code']]).toEqual([403, 'operation_denied']);
  });

  it('a data owner lets a researcher go; another tenant’s finds nobody', async () => {
    const { id, subject } = await aMember('researcher');
    for (const act of ['end', 'leave']) {
      expect(
        (await as('rival').try('POST', `/api/v1/memberships/${id}/${act}`, { reason: 'x' })).status,
      ).toBe(404);
    }
    await owner.post(`/api/v1/memberships/${id}/end`, { reason: 'The project is over.' });
    expect((await as(subject).get<Me>('/api/v1/me')).memberships).toEqual([]);
  });

  it('a member leaves by themselves, with or without a word, and only from their own', async () => {
    const { id, subject } = await aMember('researcher');
    expect((await owner.try('POST', `/api/v1/memberships/${id}/leave`)).status).toBe(404);
    expect(
      (await as(subject).try('POST', `/api/v1/memberships/${randomUUID()}/leave`)).status,
    ).toBe(404);
    await as(subject).post(`/api/v1/memberships/${id}/leave`, {});
    expect((await as(subject).get<Me>('/api/v1/me')).memberships).toEqual([]);
    expect((await as(subject).try('POST', `/api/v1/memberships/${id}/leave`)).status).toBe(404);
    const events = await world.db.dataSource.query<{ reason_codes: string[] }[]>(
      `SELECT reason_codes FROM audit_event WHERE target_id = $1 AND type = 'membership.ended'`,
      [id],
    );
    expect(events).toEqual([{ reason_codes: ['left'] }]);
  });

  it('of the last two administrators none leaves: it takes two to make a third', async () => {
    const { memberships } = await world.callers.admin.get<{
      memberships: { membershipId: string }[];
    }>('/api/v1/me');
    const path = `/api/v1/memberships/${memberships[0]?.membershipId ?? ''}/leave`;
    const answer = await world.callers.admin.try('POST', path);
    expect([answer.status, answer.body['code']]).toEqual([409, 'conflict']);
  });

  it('R1.1: roles of a member of two organisations count in their own alone', async () => {
    const { subject } = await aMember('researcher');
    const other = await aCouncil('A third council');
    await join(other, subject, ['data_owner']);
    const me = await as(subject).get<Me>('/api/v1/me');
    expect(me.memberships.map(({ roles }) => roles)).toEqual([['researcher'], ['data_owner']]);
    const invitation = {
      email: 'x@sandbox.example',
      position: 'x',
      startsOn: today,
      roles: ['data_owner'],
    };
    const invite = async (organisationId: string): Promise<number> =>
      (
        await as(subject).try(
          'POST',
          `/api/v1/organisations/${organisationId}/invitations`,
          invitation,
        )
      ).status;
    expect(await invite(council)).toBe(403);
    expect(await invite(other)).toBe(201);
  });

  it('a personal token gives nobody a role that would outlive it', async () => {
    const scopes = ['membership:change_roles'];
    const answer = await owner.try('POST', '/api/v1/tokens', { name: 'x', scopes });
    expect([answer.status, answer.body['code']]).toEqual([422, 'input_invalid']);
  });
});
