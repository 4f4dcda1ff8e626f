import { GROUND } from '../../../../test/support/grant-world.js';
import { reportWorld, requestTo, type ReportWorld } from '../../../../test/support/report-world.js';
import type { Principal } from '../../../identity/principal.js';
import { SubjectKeys } from '../../../platform/secrets/subject-keys.js';
import { PolicyGuardrails } from '../../../policy/policy-guardrails.service.js';
import { PolicyService } from '../../../policy/policy.service.js';
import { ExplanationReportApi } from './explanation.api.js';
import type { ExplanationReportView } from './explanation.view.js';

const ABSENT = '01990000-0000-7000-8000-00000000dead';

describe('why policy said yes or no', () => {
  let world: ReportWorld;
  let grantId: string;
  let issued: string;
  let refused: string;

  beforeAll(async () => {
    world = await reportWorld({
      terms: { accreditations: ['dea_full'], countries: ['GB'] },
    });
    await world.add(async (rows) => {
      await rows.accreditation(GROUND.researcher, 'dea_full', '2099-01-01');
      await rows.accreditation(GROUND.colleague, 'dea_full', '2099-01-01');
    });
    grantId = (await world.issue()).id;
    issued = await lastOf('grant.issued');
    world.clock.add(1000);
    const abroad = world.as(GROUND.colleague, { country: 'FR' });
    const theirs = { accessRequestId: GROUND.colleaguesRequest };
    await expect(world.grants.issue(abroad, theirs, 'abroad')).rejects.toMatchObject({
      code: 'policy_denied',
    });
    refused = await lastOf('grant.refused');
  }, 120_000);
  afterAll(() => world.close());

  const lastOf = async (type: string): Promise<string> => {
    const [event] = await world.query<{ id: string }>(
      'SELECT id FROM audit_event WHERE type = $1 ORDER BY occurred_at DESC, id DESC LIMIT 1',
      [type],
    );
    return event?.id ?? '';
  };
  const ask = (who: string | Principal, eventId: string): Promise<ExplanationReportView> =>
    world
      .api(ExplanationReportApi)
      .get(typeof who === 'string' ? world.as(who) : who, eventId, requestTo('/explanation'));
  const actualOf = ({ clauses }: ExplanationReportView, name: string): unknown =>
    clauses.find(({ path }) => path === name)?.actual;

  it('is told with each clause, what was found, and that it comes out so again', async () => {
    const view = await ask(GROUND.recipientOfficer, issued);
    expect(view).toMatchObject({
      event: { id: issued, type: 'grant.issued' },
      person: expect.stringMatching(/^P-[a-z2-7]{8}$/) as string,
      requesting: { id: GROUND.recipient },
      provider: { id: GROUND.provider },
      dataset: { title: 'Footfall' },
      agreement: { reference: 'CON-2026-0001' },
      agreementVersion: 1,
      action: 'dataset:read',
      outcome: 'allow',
      reason: 'allowed',
      wouldNeed: [],
      replay: { isPossible: true, obstacle: null, isSame: true, differs: [] },
    });
    expect(actualOf(view, 'subject.accreditations')).toContain('dea_full');
    expect(JSON.stringify(view)).not.toContain(GROUND.researcher);
    expect((await world.readings()).at(-1)).toBe(`eventId=${issued}`);
  });

  it('of a refusal says what was missing', async () => {
    const view = await ask(GROUND.operatorOfficer, refused);
    expect(view).toMatchObject({
      outcome: 'deny',
      reason: 'condition_failed',
      replay: { isSame: true },
    });
    expect(view.explanation).toContain('requires one of GB as request.country. Found: FR');
    expect(view.wouldNeed).toHaveLength(1);
  });

  it('tells the owner of the data which clause failed, and not what is known of the person', async () => {
    const view = await ask(GROUND.providerOfficer, refused);
    const failed = view.clauses.find(({ path }) => path === 'request.country');
    expect(failed).toMatchObject({ isMet: false, expected: ['GB'] });
    expect(failed).not.toHaveProperty('actual');
    expect(view.explanation).not.toContain('Found');
  });

  it('comes out as it did under the rules of then, whatever the rules are now', async () => {
    const policy = world.app.get(PolicyService);
    const publish = async (value: string): Promise<void> => {
      await policy.catchUp();
      await world.database.transaction((tx) =>
        world.app.get(PolicyGuardrails).publish(tx, {
          change: {
            id: 'D11',
            datasetId: GROUND.dataset,
            text: {
              actions: ['dataset:read'],
              condition: { op: 'eq', path: 'subject.id', value },
              message: 'Ask first',
            },
            baseVersion: policy.currentVersion(),
          },
          proposedBy: GROUND.owner,
          approvedBy: GROUND.providerOfficer,
          event: { actorKind: 'broker', organisationIds: [GROUND.provider] },
        }),
      );
      await policy.catchUp();
    };
    await publish(GROUND.researcher);
    expect(await ask(GROUND.operatorOfficer, issued)).toMatchObject({
      outcome: 'allow',
      replay: { isSame: true },
    });
    world.clock.add(1000);
    await expect(world.grants.refresh(world.as(GROUND.researcher), grantId)).rejects.toMatchObject({
      code: 'policy_denied',
    });
    const stopped = await lastOf('grant.refused');
    const view = await ask(GROUND.operatorOfficer, stopped);
    expect(view).toMatchObject({ reason: 'denied_by_rule', replay: { isSame: true } });
    // R5.7: a rule may name people, and so do its words.
    expect(view.clauses.find(({ source }) => source === 'dataset_rule')).toMatchObject({
      expected: view.person,
      actual: view.person,
    });
    for (const who of [GROUND.operatorOfficer, GROUND.providerOfficer, GROUND.recipientOfficer]) {
      expect(JSON.stringify(await ask(who, stopped))).not.toContain(GROUND.researcher);
    }
    // What a dataset's own rule compares with is its owner's to see.
    const { clauses } = await ask(GROUND.recipientOfficer, stopped);
    expect(clauses.find(({ source }) => source === 'dataset_rule')).toMatchObject({
      op: null,
      expected: null,
    });
  });

  it('of an end is that of its beginning', async () => {
    const [row] = await world.query<{ id: string }>(
      'SELECT id FROM decision_record WHERE audit_event_id = $1',
      [issued],
    );
    const delivered = await world.deliver(grantId, { decisionId: row?.id });
    expect(await ask(GROUND.recipientOfficer, delivered)).toMatchObject({
      event: { id: delivered, type: 'object.delivered' },
      decisionId: row?.id,
      outcome: 'allow',
    });
  });

  it('is nothing to officers of others (R5.8) and to who is no officer', async () => {
    await expect(ask(world.officerElsewhere(), issued)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is nothing here that you may see.',
    });
    await expect(ask(GROUND.operatorOfficer, ABSENT)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is nothing here that you may see.',
    });
    await expect(ask(GROUND.owner, issued)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it('says so of an event that rests on no decision, or on one that was not kept', async () => {
    const without = await lastOf('organisation.registered');
    const asked = await world.deliver(grantId, { decisionId: ABSENT });
    for (const eventId of [without, asked]) {
      await expect(ask(GROUND.operatorOfficer, eventId)).rejects.toMatchObject({
        code: 'not_found',
        message: 'No decision of policy was recorded for this event.',
      });
    }
  });

  it('that was altered is told apart', async () => {
    await world.force(
      `UPDATE decision_record SET reason = 'condition_failed', outcome = 'deny' WHERE audit_event_id = $1`,
      [issued],
    );
    expect(await ask(GROUND.operatorOfficer, issued)).toMatchObject({
      outcome: 'deny',
      replay: { isPossible: true, isSame: false, differs: ['outcome', 'reason'] },
    });
  });

  it('of somebody who was erased stays, and cannot be made again', async () => {
    await world.app.get(SubjectKeys, { strict: false }).destroy(GROUND.researcher);
    await world.force(`UPDATE person SET status = 'erased' WHERE id = $1`, [GROUND.researcher]);
    const view = await ask(GROUND.operatorOfficer, issued);
    expect(view).toMatchObject({
      person: 'an erased person',
      clauses: [],
      replay: { isPossible: false, obstacle: 'person_erased', isSame: null },
    });
  });
});
