import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import type { Condition } from '../../policy/condition.js';
import type { GuardrailText } from '../../policy/guardrail.js';
import { PolicyGuardrails } from '../../policy/policy-guardrails.service.js';
import { PolicyService } from '../../policy/policy.service.js';
import { PolicyHolder } from '../../policy/storage/policy-holder.js';
import { AnalysisModule } from '../analysis.module.js';
import type { ExplainDto } from './explain.dto.js';
import { Explain } from './explain.service.js';
import type { ExplanationView } from './explained.js';

const SECRET = 'secret_scheme';
const OWN_DATASET = '01990000-0000-7000-8000-0000000000f1';
const PAST_BURST = 61;

describe('explaining what was not asked', () => {
  let world: GrantWorld;
  let rules = 0;

  beforeAll(async () => {
    world = await grantWorld({
      imports: [AnalysisModule],
      terms: { accreditations: ['dea_full'] },
    });
    await world.add((rows) =>
      rows.accreditation(GROUND.researcher, 'dea_provisional', '2099-01-01'),
    );
  }, 60_000);
  afterAll(() => world.close());

  const QUESTION: ExplainDto = {
    agreementId: GROUND.agreement,
    datasetId: GROUND.dataset,
    action: 'dataset:read',
    personId: GROUND.researcher,
    projectId: GROUND.project,
  };
  const explain = (
    personId: string,
    changes: Partial<ExplainDto> = {},
    as: Partial<Principal> = {},
  ): Promise<ExplanationView> =>
    world.app.get(Explain, { strict: false }).explain(world.as(personId, as), {
      ...QUESTION,
      ...changes,
    });
  const codeOf = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
      return 'explained';
    } catch (error) {
      return isConcordatError(error) ? error.code : String(error);
    }
  };
  /** Publishes a rule of the dataset while `work` runs. */
  const under = async (condition: Condition, work: () => Promise<void>): Promise<void> => {
    const policy = world.app.get(PolicyService);
    const guardrails = world.app.get(PolicyGuardrails);
    const key = { id: `D${String((rules += 1) + 10)}`, datasetId: GROUND.dataset };
    const message = 'Ask the owner first';
    const publish = async (text: GuardrailText | null): Promise<void> => {
      await policy.catchUp();
      await world.database.transaction((tx) =>
        guardrails.publish(tx, {
          change: { ...key, text, baseVersion: policy.currentVersion() },
          proposedBy: GROUND.owner,
          approvedBy: GROUND.providerOfficer,
          event: { actorKind: 'broker', organisationIds: [GROUND.provider] },
        }),
      );
      await policy.catchUp();
    };
    await publish({ actions: ['dataset:read'], condition, message });
    try {
      await work();
    } finally {
      await publish(null);
    }
  };

  it('is for the person, officers of their organisation, and whoever owns the data', async () => {
    const answers: Record<string, string> = {};
    for (const [name, personId] of Object.entries({
      researcher: GROUND.researcher,
      recipientOfficer: GROUND.recipientOfficer,
      owner: GROUND.owner,
      providerOfficer: GROUND.providerOfficer,
      colleague: GROUND.colleague,
      recipientOwner: GROUND.recipientOwner,
      operatorOfficer: GROUND.operatorOfficer,
      stranger: GROUND.stranger,
    })) {
      answers[name] = await codeOf(explain(personId));
    }
    expect(answers).toEqual({
      researcher: 'explained',
      recipientOfficer: 'explained',
      owner: 'explained',
      providerOfficer: 'explained',
      colleague: 'not_found',
      recipientOwner: 'not_found',
      operatorOfficer: 'not_found',
      stranger: 'not_found',
    });
  });

  it('answers the same for what is hidden and what is nowhere', async () => {
    await world.add((rows) =>
      rows.dataset(OWN_DATASET, GROUND.provider, {
        storeId: GROUND.store,
        prefix: 'hidden/',
        sealedVersion: GROUND.sealedVersion,
        disclosesLocation: false,
      }),
    );
    for (const datasetId of [OWN_DATASET, GROUND.store]) {
      expect(await codeOf(explain(GROUND.researcher, { datasetId }))).toBe('not_found');
      // Its owner learns nothing of people either who never asked for it.
      expect(await codeOf(explain(GROUND.owner, { datasetId }))).toBe('not_found');
    }
  });

  it('tells the owner of the data nothing of a person before they have asked for it', async () => {
    const bar = (to: string): Promise<unknown> =>
      world.force(`UPDATE access_request SET status = '${to}' WHERE requester_id = $1`, [
        GROUND.researcher,
      ]);
    await bar('withdrawn');
    try {
      expect(await codeOf(explain(GROUND.owner))).toBe('not_found');
      world.clock.add(1);
      const own = await explain(GROUND.researcher);
      expect(own.assumed).toMatchObject({ 'request.delivery': 'stream' });
      const [event] = await world.query<{ organisation_ids: string[] }>(
        `SELECT organisation_ids FROM audit_event WHERE type = 'policy.explained' ORDER BY occurred_at DESC, id DESC LIMIT 1`,
      );
      expect(event?.organisation_ids).toEqual([GROUND.recipient]);
    } finally {
      await bar('approved');
    }
  });

  it('says all clauses, met and not, and what would have to change', async () => {
    const { outcome, reason, clauses, wouldNeed, explanation } = await explain(GROUND.researcher);
    expect({ outcome, reason }).toEqual({ outcome: 'deny', reason: 'condition_failed' });
    expect(clauses).toContainEqual({
      source: 'agreement',
      guardrail: null,
      message: null,
      clause: '/accreditations',
      path: 'subject.accreditations',
      op: 'contains',
      expected: 'dea_full',
      actual: ['dea_provisional'],
      isMet: false,
    });
    expect(clauses.filter(({ isMet }) => isMet !== true)).toHaveLength(1);
    expect(wouldNeed).toEqual([
      'CON-2026-0001 (/accreditations) requires dea_full in subject.accreditations.',
    ]);
    expect(explanation).toContain('Found: dea_provisional');
  });

  it('shows the owner which clause fails, and nothing of what is known of the person', async () => {
    for (const personId of [GROUND.owner, GROUND.providerOfficer]) {
      const answer = await explain(personId);
      const failing = answer.clauses.filter(({ isMet }) => isMet !== true);
      expect(failing).toEqual([
        expect.objectContaining({ clause: '/accreditations', expected: 'dea_full' }),
      ]);
      expect(answer.clauses.filter((clause) => clause.actual !== undefined)).not.toContainEqual(
        expect.objectContaining({
          path: expect.stringMatching(
            /^(subject\.(acc|auth|roles|train|id)|project\.(status|purposes))/,
          ) as string,
        }),
      );
      expect(JSON.stringify(answer)).not.toContain('dea_provisional');
    }
    const officer = await explain(GROUND.recipientOfficer);
    expect(officer.clauses).toContainEqual(
      expect.objectContaining({ clause: '/accreditations', actual: ['dea_provisional'] }),
    );
  });

  it('keeps a rule of the dataset from others while it stands in nobody’s way', async () => {
    const rule: Condition = { op: 'contains', path: 'subject.trainings', value: SECRET };
    await under(rule, async () => {
      const own = await explain(GROUND.owner);
      expect(own.clauses).toContainEqual(
        expect.objectContaining({ source: 'dataset_rule', expected: SECRET, isMet: true }),
      );
      for (const personId of [GROUND.researcher, GROUND.recipientOfficer]) {
        const theirs = await explain(personId);
        expect(theirs.clauses.map(({ source }) => source)).not.toContain('dataset_rule');
        expect(JSON.stringify(theirs)).not.toContain(SECRET);
      }
    });
  });

  it('says of one that does what it looks at and its message, once, and not what it compares with', async () => {
    const path = 'subject.accreditations';
    const rule: Condition = {
      op: 'any',
      of: [
        { op: 'contains', path, value: 'dea_provisional' },
        { op: 'not', of: { op: 'contains', path, value: SECRET } },
      ],
    };
    await under(rule, async () => {
      const { clauses, wouldNeed, explanation } = await explain(GROUND.researcher);
      const shown = clauses.filter(({ source }) => source === 'dataset_rule');
      expect(shown).toEqual([
        expect.objectContaining({
          path,
          op: null,
          expected: null,
          clause: null,
          message: 'Ask the owner first',
        }),
      ]);
      expect(wouldNeed[0]).toMatch(
        /^Rule D\d+ of the dataset’s owner, on subject\.accreditations: Ask the owner first\.$/,
      );
      expect(JSON.stringify([clauses, wouldNeed, explanation])).not.toContain(SECRET);
      expect((await explain(GROUND.owner)).clauses).toContainEqual(
        expect.objectContaining({ source: 'dataset_rule', expected: SECRET }),
      );
    });
  });

  it('names alternatives as such', async () => {
    const conditions = {
      op: 'any',
      of: [
        { op: 'contains', path: 'subject.trainings', value: 'srt' },
        { op: 'eq', path: 'project.ethicsApproved', value: false },
      ],
    };
    await world.force('UPDATE access_decision SET conditions = $1 WHERE access_request_id = $2', [
      JSON.stringify(conditions),
      GROUND.request,
    ]);
    const { wouldNeed } = await explain(GROUND.researcher);
    await world.force('UPDATE access_decision SET conditions = NULL WHERE access_request_id = $1', [
      GROUND.request,
    ]);
    expect(wouldNeed[1]).toBe(
      'The owner’s decision either requires srt in subject.trainings, or requires false as project.ethicsApproved.',
    );
  });

  it('judges dates as of the time that is asked about', async () => {
    await world.add((rows) => rows.accreditation(GROUND.researcher, 'dea_full', world.today));
    const later = new Date(world.clock.now().getTime() + 3 * 86_400_000).toISOString();
    expect((await explain(GROUND.researcher)).outcome).toBe('allow');
    expect((await explain(GROUND.researcher, { at: later })).reason).toBe('condition_failed');
    await world.force(`DELETE FROM accreditation WHERE scheme = 'dea_full'`);
  });

  it('issues nothing, records no decision and leaves an event', async () => {
    const count = async (table: string): Promise<unknown> =>
      world.query(`SELECT count(*)::int AS n FROM ${table}`);
    const before = [await count('grants'), await count('decision_record')];
    const { decisionId } = await explain(GROUND.researcher);
    expect([await count('grants'), await count('decision_record')]).toEqual(before);
    expect(decisionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is so many times a minute', async () => {
    const asked = [];
    for (let at = 0; at < PAST_BURST; at += 1) {
      asked.push(await codeOf(explain(GROUND.colleague)));
    }
    expect(asked.at(-1)).toBe('rate_limited');
    expect(await codeOf(explain(GROUND.recipientOfficer))).toBe('explained');
  });

  it('is refused with 503 by a node whose rules may be old', async () => {
    await world.app.get(PolicyHolder, { strict: false }).onApplicationShutdown();
    world.clock.add(5_001);
    expect(await codeOf(explain(GROUND.recipientOfficer))).toBe('policy_unavailable');
  });
});
