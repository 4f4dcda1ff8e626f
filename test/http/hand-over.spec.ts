import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import type { Role } from '../../src/identity/roles.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addMonths, londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface Me {
  readonly personId: string;
  readonly memberships: readonly {
    readonly membershipId: string;
    readonly organisationId: string;
  }[];
}
interface HandOver {
  readonly passes: readonly { readonly kind: string; readonly id: string }[];
  readonly stays: readonly {
    readonly kind: string;
    readonly id: string;
    readonly obstacle: string;
  }[];
}
interface Project {
  readonly members: readonly { readonly personId: string; readonly isLead: boolean }[];
}

describe('handing over what somebody holds', () => {
  const today = londonDay(systemClock.now());
  let world: HttpWorld;
  let me: Me;
  let path: string;
  let successor: { readonly personId: string };
  let serviceId: string;

  const as = (subject: string): ApiClient =>
    new ApiClient(world.config.publicUrl, () => world.provider.issueAccessToken(subject));
  const join = (subject: string, roles: readonly Role[]): Promise<{ readonly personId: string }> =>
    world.callers.admin.post(
      `/api/v1/organisations/${me.memberships[0]?.organisationId ?? ''}/memberships`,
      {
        issuer: world.provider.issuer,
        subject,
        name: subject,
        email: `${subject}@sandbox.example`,
        position: 'Researcher',
        startsOn: today,
        endsOn: addMonths(today, 12),
        roles,
      },
    );
  const kinds = ({ passes, stays }: HandOver): readonly string[] => [
    ...passes.map(({ kind }) => kind),
    ...stays.map(({ kind, obstacle }) => `${kind} ${obstacle}`),
  ];
  const leadOf = async (): Promise<string | undefined> => {
    const { members } = await world.callers.researcher.get<Project>(
      `/api/v1/projects/${world.seeded.projectId}`,
    );
    expect(members.filter(({ isLead }) => isLead)).toHaveLength(1);
    return members.find(({ isLead }) => isLead)?.personId;
  };
  const accountable = async (): Promise<string | undefined> => {
    const rows = await world.db.dataSource.query<{ id: string }[]>(
      'SELECT accountable_id AS id FROM service_account',
    );
    return rows[0]?.id;
  };

  beforeAll(async () => {
    world = await httpWorld({}, ['successor', 'clerk']);
    me = await world.callers.researcher.get<Me>('/api/v1/me');
    path = `/api/v1/memberships/${me.memberships[0]?.membershipId ?? ''}`;
    successor = await join('successor', ['researcher']);
    const organisationId = me.memberships[0]?.organisationId ?? '';
    const service = await world.callers.admin.post<{ id: string }>(
      `/api/v1/organisations/${organisationId}/service-accounts`,
      {
        issuer: world.provider.issuer,
        clientId: world.provider.program.clientId,
        name: 'A program',
        accountablePersonId: me.personId,
        roles: ['researcher'],
      },
    );
    serviceId = service.id;
    await world.callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  it('says beforehand what passes to whom, and what does not and why', async () => {
    const mine = await world.callers.researcher.get<HandOver>(`${path}/holdings`);
    expect(kinds(mine)).toEqual(['service_account', 'project_lead', 'grant personal']);
    const theirs = await world.callers.admin.get<HandOver>(
      `${path}/holdings?successorId=${successor.personId}`,
    );
    expect(kinds(theirs)).toEqual([
      'service_account',
      'project_lead successor_not_in_project',
      'grant personal',
    ]);
    const clerk = await join('clerk', ['dpo']);
    const other = await world.callers.admin.get<HandOver>(
      `${path}/holdings?successorId=${clerk.personId}`,
    );
    expect(kinds(other)).toEqual([
      'service_account successor_lacks_role',
      'project_lead successor_not_in_project',
      'grant personal',
    ]);
  });

  it('names the agreements that only an amendment changes', async () => {
    const signatory = await world.callers.partnerSignatory.get<Me>('/api/v1/me');
    const holdings = `/api/v1/memberships/${signatory.memberships[0]?.membershipId ?? ''}/holdings`;
    const view = await world.callers.partnerSignatory.get<HandOver>(holdings);
    expect(view.passes).toEqual([]);
    expect(view.stays).toContainEqual(
      expect.objectContaining({
        kind: 'agreement_signatory',
        id: world.seeded.agreements[0]?.id,
        obstacle: 'needs_amendment',
      }),
    );
  });

  it.each<[string, (world: HttpWorld) => ApiClient, () => string, number, string]>([
    ['to oneself', ({ callers }) => callers.researcher, () => me.personId, 422, 'input_invalid'],
    ['to nobody', ({ callers }) => callers.researcher, () => randomUUID(), 422, 'input_invalid'],
    [
      'by somebody else of the organisation',
      () => as('successor'),
      () => successor.personId,
      403,
      'operation_denied',
    ],
    ['by another tenant', ({ outsider }) => outsider, () => successor.personId, 404, 'not_found'],
  ])('is refused %s, and nothing moves', async (_, by, to, status, code) => {
    const answer = await by(world).try('POST', `${path}/hand-over`, { successorId: to() });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect([await leadOf(), await accountable()]).toEqual([me.personId, me.personId]);
  });

  it('passes all that can in one transaction, each with its event, and leaves the rest', async () => {
    const { projectId } = world.seeded;
    await world.callers.researcher.try('GET', '/api/v1/me');
    await world.callers.admin.post(`${path}/roles`, { role: 'data_owner' });
    const organisationId = me.memberships[0]?.organisationId;
    const member = { personId: successor.personId, organisationId };
    await world.callers.researcher.post(`/api/v1/projects/${projectId}/members`, member);

    const view = await world.callers.researcher.post<HandOver>(`${path}/hand-over`, {
      successorId: successor.personId,
    });
    expect(kinds(view)).toEqual(['service_account', 'project_lead', 'grant personal']);
    expect([await leadOf(), await accountable()]).toEqual([successor.personId, successor.personId]);
    const events = await world.db.dataSource.query<{ type: string; transaction: string }[]>(
      `SELECT type, xmin::text AS transaction FROM audit_event
       WHERE (target_id = $1 AND type = 'service.updated') OR (target_id = $2 AND type = 'project.updated') ORDER BY type`,
      [serviceId, projectId],
    );
    expect(events.map(({ type }) => type)).toEqual(['project.updated', 'service.updated']);
    expect(new Set(events.map(({ transaction }) => transaction)).size).toBe(1);

    const rest = await world.callers.researcher.get<HandOver>(`${path}/holdings`);
    expect(kinds(rest)).toEqual(['grant personal']);
    // Whoever has handed over leaves, and what they handed over goes on.
    await world.callers.researcher.post(`${path}/leave`, {});
    const [service] = await world.db.dataSource.query<{ status: string }[]>(
      'SELECT status FROM service_account',
    );
    expect(service).toEqual({ status: 'active' });
  });
});
