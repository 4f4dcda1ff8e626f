import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import {
  DecisionStore,
  type RecordedDecision,
} from '../../src/analysis/replay/decision-store.repository.js';
import { Replay } from '../../src/analysis/replay/replay.service.js';
import { Database } from '../../src/platform/database/database.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { failedClauses } from '../../src/policy/refusal.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { lockedAgreement } from '../support/second-agreement.js';

const GUARDRAILS = '/api/v1/policy/guardrails';
const EVERYTHING = { ownerIds: null, agreementId: null, datasetIds: null };

interface Proposed {
  readonly approvalId: string;
}
interface Guardrail {
  readonly id: string;
  readonly datasetId: string | null;
  readonly actions: readonly string[];
  readonly message: string;
  readonly sinceVersion: number;
}

/** What a change of policy does to agreements, to other versions, and to what was decided. */
describe('policy changes', () => {
  let world: HttpWorld;
  let grantId: string;

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const noStreams = {
    id: 'G50',
    actions: ['dataset:read'],
    condition: { op: 'eq', path: 'request.delivery', value: 'stream' },
    message: 'No streams this week',
  };
  const listed = async (by: ApiClient): Promise<readonly Guardrail[]> =>
    (await by.get<{ items: readonly Guardrail[] }>(GUARDRAILS)).items;
  const decide = async (by: ApiClient, other: ApiClient, change: object): Promise<void> => {
    const { approvalId } = await by.post<Proposed>(GUARDRAILS, change);
    await other.post(`/api/v1/approvals/${approvalId}/approve`);
    // An explanation is of what its node knows: it hears of the change in a moment.
    await world.app.get(PolicyService, { strict: false }).catchUp();
  };

  it('a guardrail in force denies the next read, and the next agreement that it leaves nothing', async () => {
    const { owner, officer, admin, researcher } = world.callers;
    const issue = () =>
      researcher.try(
        'POST',
        '/api/v1/grants',
        { accessRequestId: world.seeded.accessRequestId },
        { 'idempotency-key': randomUUID() },
      );
    await decide(admin, officer, noStreams);
    expect(await issue()).toMatchObject({ status: 403, body: { code: 'policy_denied' } });
    const draft = lockedAgreement(world);
    await expect(draft).rejects.toThrow('agreement_ineffective');
    await decide(officer, admin, { ...noStreams, condition: null });
    expect((await listed(officer)).map(({ id }) => id)).not.toContain('G50');
    const granted = await issue();
    expect(granted.status).toBe(201);
    grantId = (granted.body as { id: string }).id;
    expect((await owner.try('GET', GUARDRAILS)).status).toBe(200);
  });

  it('the difference between two versions is requests that flip, for whom it concerns', async () => {
    const { owner, officer, partnerDpo, researcher } = world.callers;
    interface Diff {
      isComplete: boolean;
      gained: { datasetId: string; action: string; witness: Record<string, unknown> }[];
      lost: { datasetId: string; action: string; witness: Record<string, unknown> }[];
    }
    const versions = (await listed(officer)).map(({ sinceVersion }) => sinceVersion);
    const from = Math.max(...versions);
    const { admin } = world.callers;
    await decide(admin, officer, { ...noStreams, id: 'G51' });
    const to = (await listed(officer)).find(({ id }) => id === 'G51')?.sinceVersion ?? 0;
    const path = (one: number, other: number): string =>
      `/api/v1/policy/diff?from=${String(one)}&to=${String(other)}`;
    const before = to - 1;
    expect(before).toBeGreaterThanOrEqual(from);
    for (const by of [officer, owner]) {
      const { gained, lost, isComplete } = await by.get<Diff>(path(before, to));
      expect({ gained, isComplete }).toEqual({ gained: [], isComplete: true });
      expect(lost.length).toBeGreaterThanOrEqual(3);
      expect(lost[0]).toMatchObject({
        action: 'dataset:read',
        witness: { 'request.delivery': 'stream', 'subject.accreditations': ['dea_full'] },
      });
    }
    expect(await partnerDpo.get<Diff>(path(before, to))).toMatchObject({ gained: [], lost: [] });
    expect((await researcher.try('GET', path(before, to))).status).toBe(403);
    expect((await officer.try('GET', path(before, 1_000_000))).status).toBe(404);
    expect((await officer.try('GET', path(to, before))).status).toBe(422);
    expect((await officer.try('GET', '/api/v1/policy/diff?from=x&to=1')).status).toBe(422);
    await decide(admin, officer, { ...noStreams, id: 'G51', condition: null });
    const back = await officer.get<Diff>(path(to, to + 1));
    expect(back.gained.length).toBeGreaterThanOrEqual(3);
    expect(back.lost).toEqual([]);
  });

  describe('explaining', () => {
    interface Explanation {
      outcome: string;
      reason: string;
      notAfter: string | null;
      clauses: {
        source: string;
        clause: string | null;
        path: string;
        op: string | null;
        expected: unknown;
        actual: unknown;
        isMet: boolean | null;
      }[];
      wouldNeed: string[];
      assumed: Record<string, unknown>;
    }
    const EXPLAIN = '/api/v1/policy/explain';
    let question: Record<string, string>;

    beforeAll(async () => {
      const { researcher } = world.callers;
      const request = await researcher.get<Record<string, string>>(
        `/api/v1/access-requests/${world.seeded.accessRequestId}`,
      );
      const { agreementId = '', projectId = '', requesterId = '' } = request;
      question = {
        agreementId,
        datasetId: request['datasetId'] ?? '',
        action: 'dataset:read',
        personId: requesterId,
        projectId,
      };
    });

    it('says to a researcher what holds, clause by clause, and records that it did', async () => {
      const { researcher, officer } = world.callers;
      const answer = await researcher.post<Explanation>(EXPLAIN, question);
      expect(answer).toMatchObject({
        outcome: 'allow',
        reason: 'allowed',
        wouldNeed: [],
        assumed: {},
      });
      expect(answer.clauses).toContainEqual(
        expect.objectContaining({
          source: 'agreement',
          clause: '/accreditations',
          path: 'subject.accreditations',
          expected: 'dea_full',
          isMet: true,
        }),
      );
      const { items } = await officer.get<{ items: { type: string; reasonCodes: string[] }[] }>(
        '/api/v1/audit/events?type=policy.explained',
      );
      expect(items[0]).toMatchObject({ type: 'policy.explained', reasonCodes: ['allowed'] });
    });

    it('says what would have to change, and when time alone ends it', async () => {
      const { researcher } = world.callers;
      const { notAfter } = await researcher.post<Explanation>(EXPLAIN, question);
      const end = new Date(notAfter ?? '');
      const before = new Date(end.getTime() - 1);
      const askAt = async (at: Date) =>
        researcher.try('POST', EXPLAIN, { ...question, at: at.toISOString() });
      for (const at of [before, end]) {
        // Agreements of more than a year are explained a year ahead.
        expect([200, 422]).toContain((await askAt(at)).status);
      }
      const other = { ...question, action: 'view:read' };
      const refused = await researcher.post<Explanation>(EXPLAIN, other);
      expect(refused).toMatchObject({ outcome: 'deny', reason: 'no_agreement' });
      expect(refused.wouldNeed).toHaveLength(1);
      const past = await researcher.try('POST', EXPLAIN, {
        ...question,
        at: '2020-01-01T00:00:00Z',
      });
      expect(past).toMatchObject({ status: 422, body: { errors: [{ pointer: '/at' }] } });
    });

    it('shows what a dataset’s own rule compares with to its owner alone', async () => {
      const { owner, dpo, researcher } = world.callers;
      const secret = {
        id: 'D02',
        datasetId: question['datasetId'],
        actions: ['dataset:read'],
        condition: { op: 'in', path: 'request.delivery', value: ['stream', 'presign'] },
        message: 'By courier only',
      };
      await decide(owner, dpo, secret);
      const own = await owner.post<Explanation>(EXPLAIN, question);
      const theirs = await researcher.post<Explanation>(EXPLAIN, question);
      for (const answer of [own, theirs]) {
        expect(answer).toMatchObject({ outcome: 'deny', reason: 'denied_by_rule' });
        expect(answer.wouldNeed.join()).toContain('Rule D02');
      }
      const rule = (answer: Explanation) =>
        answer.clauses.find(({ source }) => source === 'dataset_rule');
      expect(rule(own)).toMatchObject({ op: 'in', expected: ['stream', 'presign'], isMet: false });
      expect(rule(theirs)).toMatchObject({ op: null, expected: null, isMet: false });
      const refusedGrant = await researcher.try('POST', `/api/v1/grants/${grantId}/token`);
      expect(refusedGrant).toMatchObject({ status: 403, body: { code: 'policy_denied' } });
      expect(JSON.stringify([theirs, refusedGrant.body])).not.toContain('"presign"');
      await decide(owner, dpo, { ...secret, condition: null });
    });

    it('is for the person, the owner of the data and the officers of either; for others it is not there', async () => {
      const { officer, owner, partnerDpo, partnerSignatory, researcher } = world.callers;
      for (const by of [owner, officer]) {
        const answer = await by.try('POST', EXPLAIN, question);
        expect([200, 404]).toContain(answer.status);
      }
      expect((await owner.try('POST', EXPLAIN, question)).status).toBe(200);
      for (const by of [partnerDpo, partnerSignatory, world.outsider]) {
        expect([403, 404]).toContain((await by.try('POST', EXPLAIN, question)).status);
      }
      const nowhere = '01990000-0000-7000-8000-00000000ffff';
      for (const name of ['agreementId', 'datasetId', 'personId', 'projectId']) {
        const absent = await researcher.try('POST', EXPLAIN, { ...question, [name]: nowhere });
        expect([name, absent.status]).toEqual([name, 404]);
      }
    });
  });

  describe('what if', () => {
    interface WhatIf {
      replayed: number;
      notReplayable: number;
      granted: number;
      refused: number;
      isComplete: boolean;
      changed: { before: { outcome: string }; after: { reason: string }; pseudonym: string }[];
    }
    const WHAT_IF = '/api/v1/policy/what-if';
    const draft = { guardrails: [{ ...noStreams, id: 'G95', message: undefined }] };

    it('a guardrail had been there: every answer that it changes', async () => {
      const { officer, owner, partnerDpo } = world.callers;
      const answer = await officer.post<WhatIf>(WHAT_IF, draft);
      expect(answer).toMatchObject({ granted: 0, notReplayable: 0, isComplete: true });
      expect(answer.refused).toBeGreaterThan(0);
      expect(answer.changed).toHaveLength(answer.refused);
      expect(answer.changed[0]).toMatchObject({
        before: { outcome: 'allow' },
        after: { reason: 'guardrail' },
        pseudonym: expect.stringMatching(/^P-/) as string,
      });
      expect(await owner.post<WhatIf>(WHAT_IF, draft)).toMatchObject({ refused: answer.refused });
      // To an organisation without datasets nothing was decided.
      expect(await partnerDpo.post<WhatIf>(WHAT_IF, draft)).toMatchObject({ replayed: 0 });
      const { items } = await officer.get<{ items: { reasonCodes: string[]; count: number }[] }>(
        '/api/v1/audit/events?type=policy.simulated',
      );
      expect(items.map(({ reasonCodes }) => reasonCodes)).toContainEqual(['G95']);
    });

    it('one that was there had not: who would have been let in', async () => {
      const { officer, admin } = world.callers;
      await decide(admin, officer, { ...noStreams, id: 'G96' });
      const refused = await world.callers.researcher.try('POST', `/api/v1/grants/${grantId}/token`);
      expect(refused.status).toBe(403);
      const gone = { guardrails: [{ id: 'G96', actions: ['dataset:read'], condition: null }] };
      expect((await officer.post<WhatIf>(WHAT_IF, gone)).granted).toBeGreaterThan(0);
      await decide(admin, officer, { ...noStreams, id: 'G96', condition: null });
    });

    it('counts as not replayable what was erased', async () => {
      const { officer } = world.callers;
      const before = await officer.post<WhatIf>(WHAT_IF, draft);
      const store = world.app.get(DecisionStore, { strict: false });
      const replay = world.app.get(Replay, { strict: false });
      const { manager } = world.app.get(Database, { strict: false });
      const all = { from: new Date(0), to: new Date(8.64e15), after: null };
      const [record] = await store.page(manager, all, EVERYTHING, 1);
      // A person whose key was never made is one whose key was destroyed.
      const erased = { ...(record as RecordedDecision), personId: randomUUID() };
      expect(await replay.knownOf(erased)).toBeUndefined();
      expect(replay.decide(erased, undefined, await replay.rulesOf(erased))).toBeUndefined();
      expect(before.notReplayable).toBe(0);
    });

    it('refuses what is no draft', async () => {
      const { officer } = world.callers;
      const refused = async (dto: object): Promise<unknown[]> => {
        const { status, body } = await officer.try('POST', WHAT_IF, dto);
        const { code, errors = [] } = body as { code: string; errors?: { pointer: string }[] };
        return [status, code, ...errors.map(({ pointer }) => pointer)];
      };
      expect(await refused({})).toEqual([422, 'input_invalid', '']);
      expect(
        await refused({ ...draft, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }),
      ).toEqual([422, 'input_invalid', '/from']);
      const bad = { ...noStreams.condition, path: 'subject.shoeSize' };
      expect(
        await refused({ guardrails: [{ id: 'G97', actions: ['dataset:read'], condition: bad }] }),
      ).toEqual([422, 'condition_invalid', '/guardrails/0/condition/path']);
      expect(await refused({ agreementId: '01990000-0000-7000-8000-00000000ffff' })).toEqual([
        404,
        'not_found',
      ]);
    });

    it('an agreement had other terms', async () => {
      const { owner } = world.callers;
      const id = world.seeded.agreements[0]?.id ?? '';
      expect(await owner.post<WhatIf>(WHAT_IF, { agreementId: id })).toMatchObject({ refused: 0 });
      const path = `/api/v1/agreements/${id}`;
      await owner.post(`${path}/amend`, {}, await owner.ifMatch(path));
      const edited = await owner.try(
        'PATCH',
        path,
        { accreditations: ['dea_full', 'dea_provisional'], minAuth: 'aal3' },
        await owner.ifMatch(`${path}?version=2`),
      );
      expect(edited.status).toBe(200);
      const answer = await owner.post<WhatIf>(WHAT_IF, { agreementId: id });
      expect(answer.refused).toBeGreaterThan(0);
      expect(answer.changed[0]?.after.reason).toBe('condition_failed');
    });
  });

  it('every decision that was recorded is made again, bit for bit (policy section 4)', async () => {
    const replay = world.app.get(Replay, { strict: false });
    const store = world.app.get(DecisionStore, { strict: false });
    const { manager } = world.app.get(Database, { strict: false });
    const all = { from: new Date(0), to: new Date(8.64e15), after: null };
    const records = await store.page(manager, all, EVERYTHING, 1_000);
    expect(new Set(records.map(({ reason }) => reason))).toEqual(
      new Set(['allowed', 'guardrail', 'denied_by_rule']),
    );
    for (const record of records) {
      const known = await replay.knownOf(record);
      const again = replay.decide(record, known, await replay.rulesOf(record));
      expect(again).toMatchObject({
        outcome: record.outcome,
        reason: record.reason,
        policyVersion: record.policyVersion,
        attributesHash: record.attributesHash,
        ruleIds: record.ruleIds,
        explanation: record.explanation,
        decidedAt: record.decidedAt,
        notAfter: record.notAfter,
      });
      expect(again && failedClauses(again)).toEqual(record.failed);
    }
  });
});
