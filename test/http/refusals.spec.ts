import { CountedRefusals } from '../../src/identity/counted-refusals.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface Refusal {
  readonly type: string;
  readonly reason_codes: readonly string[];
  readonly person_ids: readonly string[];
}

describe('whoever is refused leaves a trace (R5.3)', () => {
  let world: HttpWorld;

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const refusals = (): Promise<readonly Refusal[]> =>
    world.db.dataSource.query(
      `SELECT type, reason_codes, person_ids FROM audit_event WHERE outcome = 'refused' ORDER BY occurred_at, id`,
    );
  const during = async (work: () => Promise<unknown>): Promise<readonly Refusal[]> => {
    const before = await refusals();
    await work();
    return (await refusals()).slice(before.length);
  };
  const counted = (): CountedRefusals => world.app.get(CountedRefusals, { strict: false });
  const idOf = async (persona: keyof HttpWorld['callers']): Promise<string> =>
    (await world.callers[persona].get<{ personId: string }>('/api/v1/me')).personId;

  it('a stranger who tries an agreement’s id: told that nothing is there, and recorded', async () => {
    const path = `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`;
    const recorded = await during(async () => {
      expect((await world.outsider.try('GET', path)).status).toBe(404);
    });
    expect(recorded).toEqual([
      expect.objectContaining({ type: 'access.denied', reason_codes: ['not_found'] }),
    ]);
  });

  it('whoever lacks the role: recorded, whatever the route', async () => {
    const researcher = await idOf('researcher');
    const recorded = await during(async () => {
      expect((await world.callers.researcher.try('GET', '/api/v1/audit/events')).status).toBe(403);
      expect((await world.callers.researcher.try('POST', '/api/v1/stores', {})).status).toBe(403);
    });
    expect(recorded).toHaveLength(2);
    for (const { type, reason_codes: reasons, person_ids: people } of recorded) {
      expect({ type, reasons, people }).toEqual({
        type: 'access.denied',
        reasons: ['operation_denied'],
        people: [researcher],
      });
    }
  });

  it('somebody whom the provider knows and nobody here: counted', async () => {
    const token = await world.provider.issueAccessToken('outsider');
    await world.db.dataSource.query(
      `UPDATE person SET subject = 'gone' WHERE subject = 'outsider'`,
    );
    const answer = await world.outsider.try('GET', '/api/v1/me', undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(answer.body['code']).toBe('person_not_registered');
    const recorded = await during(() => counted().flush());
    expect(recorded).toContainEqual(
      expect.objectContaining({ type: 'access.denied', reason_codes: ['person_not_registered'] }),
    );
  });

  it('a suspended person: recorded by name at every door', async () => {
    const researcher = await idOf('researcher');
    await world.callers.officer.post(`/api/v1/people/${researcher}/suspend`, {
      reason: 'A check.',
    });
    const recorded = await during(async () => {
      for (const [method, path] of [
        ['GET', '/api/v1/stores'],
        ['GET', '/api/v1/me'],
        ['POST', '/api/v1/grants'],
      ] as const) {
        const { status, body } = await world.callers.researcher.try(method, path);
        expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'person_suspended' });
      }
    });
    expect(recorded).toHaveLength(3);
    expect(recorded.every(({ person_ids: people }) => people[0] === researcher)).toBe(true);
  });
});
