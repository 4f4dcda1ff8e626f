import { randomUUID } from 'node:crypto';
import { RESEARCH_PURPOSE, submitRequest } from '../../sandbox/seed/research.js';
import { systemClock } from '../../src/kernel/clock.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { asSuperuser } from '../support/superuser.js';

interface Closure {
  readonly id: string;
  readonly status: string;
  readonly certificateHash: string | null;
}

describe('conditions, impact and closing, over HTTP', () => {
  let world: HttpWorld;
  const today = londonDay(systemClock.now());

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  const agreementPath = (): string => `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`;
  const submitted = async (): Promise<string> => {
    const agreement = await world.callers.researcher.get<{ id: string; versionHash: string }>(
      agreementPath(),
    );
    const { id } = await submitRequest(
      { callers: world.callers, today },
      {
        projectId: world.seeded.projectId,
        datasetId: world.seeded.datasets[0]?.id ?? '',
        agreement,
        purpose: RESEARCH_PURPOSE,
      },
    );
    return id;
  };
  const issue = (accessRequestId: string) =>
    world.callers.researcher.try<{ id?: string; code?: string }>(
      'POST',
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': randomUUID() },
    );

  it.each([
    ['GB', 201],
    ['FR', 403],
  ])(
    'an approval on condition of the country %s: the grant answers %i',
    async (country, status) => {
      const id = await submitted();
      await world.callers.owner.post(`/api/v1/access-requests/${id}/decisions`, {
        decision: 'approved',
        reason: 'On a condition.',
        conditions: { op: 'eq', path: 'request.country', value: country },
      });
      const answer = await issue(id);
      expect(answer.status).toBe(status);
      if (answer.body.id !== undefined) {
        await world.callers.owner.post(`/api/v1/grants/${answer.body.id}/revoke`, {
          reason: 'Over.',
        });
      } else {
        expect(answer.body.code).toBe('policy_denied');
      }
    },
  );

  it('what impact says ends is owed, attested, verified; overdue it blocks the next request', async () => {
    const { researcher, owner, dpo } = world.callers;
    const grant = await issue(world.seeded.accessRequestId);
    const asked = `/api/v1/impact?type=project&id=${world.seeded.projectId}`;
    const impact = await world.callers.partnerSignatory.get<{ affected: { id: string }[] }>(asked);
    expect(impact.affected.map(({ id }) => id)).toEqual([grant.body.id]);
    expect((await world.outsider.try('GET', asked)).status).toBe(404);
    const { personId } = await researcher.get<{ personId: string }>('/api/v1/me');
    const alone = await world.callers.partnerSignatory.get<{ affected: { id: string }[] }>(
      `/api/v1/impact?type=project_member&id=${world.seeded.projectId}&part=${personId}`,
    );
    expect(alone.affected).toEqual(impact.affected);
    const partless = await researcher.try<{ errors: { pointer: string }[] }>(
      'GET',
      `/api/v1/impact?type=role&id=${world.seeded.projectId}`,
    );
    expect(partless.status).toBe(422);
    expect(new Set(partless.body.errors.map(({ pointer }) => pointer))).toEqual(new Set(['/part']));

    await owner.post(`/api/v1/grants/${grant.body.id ?? ''}/revoke`, { reason: 'Over.' });
    const { items } = await researcher.get<{ items: Closure[] }>('/api/v1/closures?status=due');
    expect(items).toHaveLength(1);
    const closureId = items[0]?.id ?? '';
    await asSuperuser(world.db, `UPDATE closure SET due_at = now() - interval '1 second'`);
    const blocked = await researcher.try(
      'POST',
      `/api/v1/access-requests/${world.seeded.accessRequestId}/renew`,
      {
        until: today,
      },
    );
    expect(blocked).toMatchObject({ status: 403, body: { code: 'closure_overdue' } });

    const certificate = {
      objects: [{ name: 'rows.csv', sha256: 'a'.repeat(64) }],
      disposal: 'destroyed',
      method: 'The disk was wiped.',
      disposedOn: today,
    };
    const close = `${agreementPath()}/close`;
    const bad = await researcher.try('POST', close, {
      act: 'attest',
      closureId,
      certificate: { ...certificate, disposedOn: '2999-01-01', objects: [{ name: '' }] },
    });
    expect(bad.status).toBe(422);
    const attested = await researcher.post<Closure>(close, {
      act: 'attest',
      closureId,
      certificate,
    });
    expect(attested.status).toBe('attested');
    const { certificateHash } = attested;
    const verified = await dpo.post<Closure>(close, { act: 'verify', closureId, certificateHash });
    expect(verified.status).toBe('verified');
    const renewed = await researcher.post<{ status: string }>(
      `/api/v1/access-requests/${world.seeded.accessRequestId}/renew`,
      { until: today },
    );
    expect(renewed.status).toBe('in_review');
  });
});
