import { randomUUID } from 'node:crypto';
import type { Problem } from '../../sandbox/api-client.js';
import { listObjects, type IssuedGrant } from '../../sandbox/demo/reading.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { lockedAgreement } from '../support/second-agreement.js';

type Answer = { readonly status: number; readonly body: IssuedGrant & Problem };

describe('two at once, and what stands beneath goes away', () => {
  let world: HttpWorld;

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);

  afterEach(() => {
    world.databaseProxy.restore();
  });

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const issue = (key: string): Promise<Answer> =>
    world.callers.researcher.try(
      'POST',
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': key },
    );
  const revoke = (id: string): Promise<unknown> =>
    world.callers.researcher.post(`/api/v1/grants/${id}/revoke`, { reason: 'Not needed.' });
  const revokeLive = async (): Promise<void> => {
    const [live] = await world.db.dataSource.query<{ id: string }[]>(
      `SELECT id FROM grants WHERE status IN ('issued', 'active')`,
    );
    if (live) {
      await revoke(live.id);
    }
  };
  const count = async (from: string): Promise<number> => {
    const [row] = await world.db.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM ${from}`,
    );
    return row?.count ?? 0;
  };
  const ready = (): Promise<boolean> =>
    fetch(`${world.config.publicUrl}/health/ready`).then(({ ok }) => ok);

  it('GD-5: makes one grant of fifty calls at once with one Idempotency-Key, and tells all of it', async () => {
    const before = await count('grants');
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => issue(key)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await count('grants')).toBe(before + 1);
    await revoke(answers[0]?.body.id ?? '');
  });

  it('makes one grant of fifty calls at once with different keys: the others learn its id', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => issue(randomUUID())));
    const won = answers.filter(({ status }) => status === 201);
    const lost = answers.filter(({ status }) => status !== 201);
    expect(won).toHaveLength(1);
    expect(
      new Set(lost.map(({ status, body }) => `${String(status)} ${String(body['code'])}`)),
    ).toEqual(new Set(['409 grant_exists']));
    await revoke(won[0]?.body.id ?? '');
  });

  it('counts both of two signatures that come at once, and activates once', async () => {
    const { id, versionHash } = await lockedAgreement(world, { title: 'Signed at once' });
    const sign = (by: 'ownerSignatory' | 'partnerSignatory'): Promise<{ status: number }> =>
      world.callers[by].try('POST', `/api/v1/agreements/${id}/signatures`, {
        decision: 'sign',
        versionHash,
      });
    const answers = await Promise.all([sign('ownerSignatory'), sign('partnerSignatory')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await waitFor('The agreement to come into force', 10_000, async () => {
      const { status } = await world.callers.owner.get<{ status: string }>(
        `/api/v1/agreements/${id}`,
      );
      return status === 'active';
    });
    const events = await count(
      `audit_event WHERE agreement_id = '${id}' AND type IN ('agreement.signed', 'agreement.activated')`,
    );
    expect(events).toBe(3);
  });

  it('counts a signature once that is sent twice at once', async () => {
    const { id, versionHash } = await lockedAgreement(world, { title: 'Signed twice' });
    const sign = (): Promise<{ status: number }> =>
      world.callers.ownerSignatory.try('POST', `/api/v1/agreements/${id}/signatures`, {
        decision: 'sign',
        versionHash,
      });
    const statuses = (await Promise.all([sign(), sign()])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(
      await count(`audit_event WHERE agreement_id = '${id}' AND type = 'agreement.signed'`),
    ).toBe(1);
  });

  it('leaves nothing half-done when PostgreSQL goes away during grants, and lives on', async () => {
    const keys = Array.from({ length: 30 }, () => randomUUID());
    // The first answer is there, the others are on their way.
    const calls = keys.map((key) => issue(key));
    await Promise.race(calls);
    world.databaseProxy.cut();
    const answers = await Promise.all(calls);
    for (const { status, body } of answers) {
      expect([201, 409, 503]).toContain(status);
      expect(status === 201 || typeof body['code'] === 'string').toBe(true);
    }
    expect(answers.some(({ status }) => status === 503)).toBe(true);
    expect((await fetch(`${world.config.publicUrl}/health/live`)).status).toBe(200);
    await waitFor('Readiness to fail', 10_000, async () => !(await ready()));
    world.databaseProxy.restore();
    await waitFor('Readiness', 30_000, ready);
    // Every grant has its event and its decision, whatever its caller was told.
    expect(
      await count(
        `grants g WHERE NOT EXISTS (SELECT FROM audit_event e WHERE e.id = g.audit_event_id AND e.grant_id = g.id)
           OR NOT EXISTS (SELECT FROM decision_record d JOIN audit_event e ON e.id = d.audit_event_id WHERE e.grant_id = g.id)`,
      ),
    ).toBe(0);
    expect(
      await count(
        `audit_event e WHERE e.type = 'grant.issued' AND NOT EXISTS (SELECT FROM grants g WHERE g.id = e.grant_id)`,
      ),
    ).toBe(0);
    await waitFor('Policy to be confirmed again', 10_000, async () => {
      const { status } = await issue(randomUUID());
      return status !== 503;
    });
  });

  it('explains nothing, simulates nothing and lets nothing through while PostgreSQL is gone', async () => {
    await revokeLive();
    const { body: grant } = await issue(randomUUID());
    const [object] = await listObjects(world.callers.researcher, grant);
    const { researcher, officer } = world.callers;
    const request = await researcher.get<Record<string, string>>(
      `/api/v1/access-requests/${world.seeded.accessRequestId}`,
    );
    const { agreementId, datasetId, projectId, requesterId: personId } = request;
    const question = { agreementId, datasetId, projectId, personId, action: 'dataset:read' };
    expect((await researcher.try('POST', '/api/v1/policy/explain', question)).status).toBe(200);
    world.databaseProxy.cut();
    const condition = { op: 'eq', path: 'request.delivery', value: 'stream' };
    const draft = { guardrails: [{ id: 'G90', actions: ['dataset:read'], condition }] };
    const authorization = `Bearer ${grant.token}`;
    const answers = await Promise.all([
      researcher.try('POST', '/api/v1/policy/explain', question),
      officer.try('POST', '/api/v1/policy/what-if', draft),
      researcher.try('HEAD', object?.url ?? '', undefined, { authorization }),
      issue(randomUUID()),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    world.databaseProxy.restore();
    await waitFor('Readiness', 30_000, ready);
    await waitFor('Policy to be confirmed again', 10_000, async () => {
      const { status } = await researcher.try('POST', '/api/v1/policy/explain', question);
      return status === 200;
    });
    await revoke(grant.id);
  });

  it('answers 502 for a store that is down, and reads again when it is back', async () => {
    await revokeLive();
    const { body: grant } = await issue(randomUUID());
    const [object] = await listObjects(world.callers.researcher, grant);
    const read = (): Promise<{ status: number; body: Problem }> =>
      world.callers.researcher.try('HEAD', object?.url ?? '', undefined, {
        authorization: `Bearer ${grant.token}`,
      });
    const get = (): Promise<Response> =>
      world.callers.researcher.fetch(object?.url ?? '', {
        headers: { authorization: `Bearer ${grant.token}` },
      });
    await world.stores[0].close();
    const down = await get();
    expect(down.status).toBe(502);
    const problem = (await down.json()) as Problem;
    expect(problem['code']).toBe('store_unreachable');
    expect(JSON.stringify(problem)).not.toContain(world.stores[0].bucket);
    expect((await read()).status).toBe(200);
  });
});
