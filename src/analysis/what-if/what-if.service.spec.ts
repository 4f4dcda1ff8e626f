import { randomUUID } from 'node:crypto';
import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import { isConcordatError } from '../../kernel/errors.js';
import { DecisionRecords } from '../../policy/decision-records.service.js';
import { PolicyService } from '../../policy/policy.service.js';
import { AnalysisModule } from '../analysis.module.js';
import { WhatIf, type WhatIfView } from './what-if.service.js';
import type { WhatIfDto } from './what-if.dto.js';

const DAY_MS = 86_400_000;
const ABSENT = '01990000-0000-7000-8000-00000000dead';
const noStreams = {
  id: 'G90',
  actions: ['dataset:read' as const],
  condition: { op: 'eq', path: 'request.delivery', value: 'stream' },
};
const nested = (levels: number): object =>
  levels === 0 ? noStreams.condition : { op: 'not', of: nested(levels - 1) };

describe('what if', () => {
  let world: GrantWorld;

  beforeAll(async () => {
    world = await grantWorld({ imports: [AnalysisModule] });
    await world.add((rows) => rows.accreditation(GROUND.researcher, 'dea_full', '2099-01-01'));
    const { id } = await world.issue();
    await world.grants.refresh(world.as(GROUND.researcher), id);
    world.clock.add(1);
  }, 60_000);
  afterAll(() => world.close());

  // Each time another person with the same office, unless the limit is what is tried.
  const ask = (
    dto: WhatIfDto,
    by: string = GROUND.operatorOfficer,
    personId: string = randomUUID(),
  ): Promise<WhatIfView> =>
    world.app.get(WhatIf, { strict: false }).simulate(world.as(by, { personId }), dto);
  const fault = async (dto: WhatIfDto, by?: string, personId?: string): Promise<unknown> => {
    try {
      await ask(dto, by, personId);
      return 'answered';
    } catch (error) {
      if (!isConcordatError(error)) {
        throw error;
      }
      return [error.code, ...(error.fields.errors ?? []).map(({ pointer }) => pointer)];
    }
  };

  it('the rules in force were in force: nothing changes', async () => {
    expect(await ask({ agreementId: GROUND.agreement })).toMatchObject({
      replayed: 2,
      granted: 0,
      refused: 0,
      changed: [],
      isComplete: true,
      nextFrom: null,
    });
  });

  it('a guardrail had been there: each answer that it changes, and nothing of what is known of the person', async () => {
    const condition = { op: 'contains', path: 'subject.accreditations', value: 'dea_full' };
    const answer = await ask({ guardrails: [{ ...noStreams, condition }] });
    expect(answer).toMatchObject({ replayed: 2, granted: 0, refused: 2 });
    expect(answer.changed).toHaveLength(2);
    expect(answer.changed[0]).toMatchObject({
      pseudonym: expect.stringMatching(/^P-/) as string,
      before: { outcome: 'allow', reason: 'allowed' },
      after: {
        outcome: 'deny',
        reason: 'guardrail',
        failed: [{ path: 'subject.accreditations', clause: null, guardrail: 'G90' }],
      },
    });
    expect(JSON.stringify(answer)).not.toContain('dea_');
    expect(JSON.stringify(answer)).not.toContain(GROUND.researcher);
  });

  it('shows an organisation what was decided on its datasets, and nobody else’s', async () => {
    const draft = { guardrails: [noStreams] };
    expect((await ask(draft, GROUND.owner)).refused).toBe(2);
    for (const by of [GROUND.stranger, GROUND.recipientOwner, GROUND.recipientOfficer]) {
      expect(await ask(draft, by)).toMatchObject({ replayed: 0, refused: 0, changed: [] });
    }
    const own = { ...noStreams, id: 'D90', datasetId: GROUND.dataset };
    expect((await ask({ guardrails: [own] }, GROUND.owner)).refused).toBe(2);
  });

  it.each<[string, WhatIfDto, unknown, string | undefined]>([
    ['nothing', {}, ['input_invalid', ''], undefined],
    [
      'an unknown attribute',
      { guardrails: [{ ...noStreams, condition: { op: 'eq', path: 'subject.age', value: 1 } }] },
      ['condition_invalid', '/guardrails/0/condition/path'],
      undefined,
    ],
    [
      'an unknown operator',
      { guardrails: [{ ...noStreams, condition: { ...noStreams.condition, op: 'matches' } }] },
      ['condition_invalid', '/guardrails/0/condition/op'],
      undefined,
    ],
    [
      'a condition too deep',
      { guardrails: [noStreams, { ...noStreams, condition: nested(6) }] },
      ['condition_invalid', `/guardrails/1/condition${'/of'.repeat(6)}`],
      undefined,
    ],
    [
      'a condition too large',
      {
        guardrails: [
          {
            ...noStreams,
            condition: {
              op: 'in',
              path: 'request.purpose',
              value: Array.from({ length: 256 }, (_, at) => String(at).padStart(60, 'p')),
            },
          },
        ],
      },
      ['condition_invalid', '/guardrails/0/condition'],
      undefined,
    ],
    [
      'no CIDR',
      {
        guardrails: [
          { ...noStreams, condition: { op: 'within', path: 'request.ip', value: ['10.0.0.0/33'] } },
        ],
      },
      ['condition_invalid', '/guardrails/0/condition/value/0'],
      undefined,
    ],
    [
      'no date',
      {
        guardrails: [
          {
            ...noStreams,
            condition: { op: 'before', path: 'request.now', value: '2026-02-30T00:00:00Z' },
          },
        ],
      },
      ['condition_invalid', '/guardrails/0/condition/value'],
      undefined,
    ],
    [
      'a dataset that is nowhere',
      { guardrails: [{ ...noStreams, id: 'D90', datasetId: ABSENT }] },
      ['input_invalid', '/guardrails/0/datasetId'],
      undefined,
    ],
    [
      'a dataset of others',
      { guardrails: [{ ...noStreams, id: 'D90', datasetId: GROUND.dataset }] },
      ['input_invalid', '/guardrails/0/datasetId'],
      GROUND.stranger,
    ],
    [
      'an id that says something else',
      { guardrails: [{ ...noStreams, id: 'D90' }] },
      ['input_invalid', '/guardrails/0/id'],
      undefined,
    ],
    ['an agreement that is nowhere', { agreementId: ABSENT }, ['not_found'], undefined],
    ['an agreement of others', { agreementId: GROUND.agreement }, ['not_found'], GROUND.stranger],
  ])('refuses %s, naming where', async (_name, dto, expected, by) => {
    expect(await fault(dto, by)).toEqual(expected);
  });

  it('replays at most thirty days', async () => {
    const to = world.clock.now().toISOString();
    const before = (ms: number): string => new Date(world.clock.now().getTime() - ms).toISOString();
    const guardrails = [noStreams];
    const by = GROUND.providerOfficer;
    expect(await fault({ guardrails, to, from: before(30 * DAY_MS) }, by)).toBe('answered');
    const over = ['input_invalid', '/from'];
    expect(await fault({ guardrails, to, from: before(30 * DAY_MS + 1) }, by)).toEqual(over);
    expect(await fault({ guardrails, to, from: to }, by)).toEqual(over);
  });

  it('counts what was erased as not replayable', async () => {
    // Nobody has a key under that id: as when it was destroyed.
    await world.force(
      `UPDATE decision_record SET person_id = '${ABSENT}' WHERE id = (SELECT max(id::text)::uuid FROM decision_record)`,
    );
    const answer = await ask({ guardrails: [noStreams] }, GROUND.owner);
    expect(answer).toMatchObject({ replayed: 1, notReplayable: 1, refused: 1 });
  });

  it('stops after a thousand changed answers and says from where it goes on: in the end each was told', async () => {
    const policy = world.app.get(PolicyService);
    await policy.catchUp();
    const [seen] = await world.query<{ id: string }>(
      `SELECT audit_event_id AS id FROM decision_record LIMIT 1`,
    );
    const key = {
      agreementId: GROUND.agreement,
      agreementVersion: 1,
      datasetId: GROUND.dataset,
      action: 'dataset:read' as const,
    };
    const from = world.clock.now().toISOString();
    const made: string[] = [];
    await world.database.transaction(async (tx) => {
      for (let at = 0; at < 1_600; at += 1) {
        world.clock.add(1);
        const decision = policy.decide({ key, attributes: {} });
        made.push(decision.decisionId);
        await world.app
          .get(DecisionRecords)
          .record(tx, decision, GROUND.researcher, seen?.id ?? '');
      }
    });
    world.clock.add(1);
    // Nobody was a recipient: the agreement without its rule says the same, so let each of them be denied and then allowed.
    await world.force(`UPDATE decision_record SET outcome = 'allow' WHERE id = ANY ($1)`, [made]);
    const told: string[] = [];
    let next: string | null = from;
    let parts = 0;
    while (next !== null) {
      const part: WhatIfView = await ask(
        { guardrails: [noStreams], from: next },
        GROUND.operatorOfficer,
      );
      told.push(...part.changed.map(({ decisionId }) => decisionId));
      expect(part.changed.length).toBeLessThanOrEqual(1_500);
      next = part.nextFrom;
      parts += 1;
    }
    expect(parts).toBe(2);
    expect(new Set(told)).toEqual(new Set(made));
  }, 60_000);

  it('is so many times a minute, and each is on record with the guardrails that were tried', async () => {
    const answers = [];
    for (let at = 0; at < 11; at += 1) {
      answers.push(await fault({ guardrails: [noStreams] }, undefined, GROUND.operatorOfficer));
    }
    expect(answers.at(-1)).toEqual(['rate_limited']);
    const [event] = await world.query<{ reason_codes: string[] }>(
      `SELECT reason_codes FROM audit_event WHERE type = 'policy.simulated' ORDER BY occurred_at DESC, id DESC LIMIT 1`,
    );
    expect(event?.reason_codes).toEqual(['G90']);
  });
});
