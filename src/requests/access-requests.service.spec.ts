import {
  CAST,
  POLICY_MAKING,
  RESEARCH,
  requestWorld,
  SHARED,
  TODAY,
  UNSHARED,
  type RequestWorld,
} from '../../test/support/request-world.js';
import { versionHashOf } from '../../test/support/grant-rows.js';
import { isConcordatError } from '../kernel/errors.js';
import { uuidV7Factory } from '../kernel/ids.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import { parseCondition } from '../policy/parse-condition.js';
import { PolicyService } from '../policy/policy.service.js';
import { attributesOf } from './access-attributes.js';
import { AccessDecisions } from './access-decisions.service.js';
import { AccessFactsService } from './access-facts.service.js';
import type { AccessDecisionDto, AccessRequestDto } from './access-request.dto.js';
import type { AccessRequestView } from './access-request.view.js';
import { AccessRequestsService } from './access-requests.service.js';
import { AccessSubmission } from './access-submission.service.js';

const NOBODY = '01990000-0000-7000-8000-0000000000ff';
const HASH = versionHashOf(1);
const DECIDER = { personId: CAST.owner, position: 'Head of data' };

let world: RequestWorld;
let requests: AccessRequestsService;
let submission: AccessSubmission;
let decisions: AccessDecisions;
let agreementId: string;
let byPolicyId: string;
let projects = 0;

beforeAll(async () => {
  world = await requestWorld();
  requests = world.app.get(AccessRequestsService, { strict: false });
  submission = world.app.get(AccessSubmission, { strict: false });
  decisions = world.app.get(AccessDecisions, { strict: false });
  agreementId = await world.agreement({ modes: ['stream', 'presign'] });
  byPolicyId = await world.agreement({ approval: 'policy', standingDecider: DECIDER });
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set(`${TODAY}T09:00:00Z`);
});

const researcher = () => world.as(CAST.researcher);
const owner = () => world.as(CAST.owner);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );

/** An active project of the recipient's researcher, for research and for policy making. */
async function aProject(
  memberIds: readonly string[] = [CAST.researcher],
  organisationId: string = CAST.recipient,
): Promise<string> {
  projects += 1;
  const projectId = uuidV7Factory(world.clock).next();
  const reference = `PRJ-2026-${String(projects).padStart(4, '0')}`;
  await world.add((rows) =>
    rows.project(projectId, reference, organisationId, '2027-06-14', memberIds),
  );
  await world.query(`UPDATE project SET purposes = $2 WHERE id = $1`, [
    projectId,
    [RESEARCH, POLICY_MAKING],
  ]);
  return projectId;
}

async function aRequest(changes: Partial<AccessRequestDto> = {}): Promise<AccessRequestDto> {
  return {
    projectId: changes.projectId ?? (await aProject()),
    datasetId: SHARED,
    agreementId,
    purpose: RESEARCH,
    justification: 'To count.',
    until: '2026-08-14',
    frequency: 'recurring',
    conflict: false,
    ...changes,
  };
}
const created = async (changes: Partial<AccessRequestDto> = {}): Promise<AccessRequestView> =>
  requests.create(researcher(), await aRequest(changes));
const submitted = async (changes: Partial<AccessRequestDto> = {}): Promise<AccessRequestView> =>
  submission.submit(researcher(), (await created(changes)).id, HASH);
const decide = (
  id: string,
  decision: AccessDecisionDto['decision'],
  changes: Partial<AccessDecisionDto> = {},
): Promise<AccessRequestView> =>
  decisions.decide(owner(), id, { decision, reason: 'Because.', ...changes });

describe('creating an access request', () => {
  it('makes a draft in the name of the requester’s organisation in the project', async () => {
    const dto = await aRequest({ conflict: true, conflictText: 'A relative works there.' });
    const request = await requests.create(researcher(), dto);
    expect(request).toMatchObject({
      ...dto,
      reference: expect.stringMatching(/^REQ-2026-\d{4}$/) as string,
      requesterId: CAST.researcher,
      organisationId: CAST.recipient,
      agreementVersion: null,
      delivery: 'stream',
      undertaking: null,
      status: 'draft',
      decisions: [],
    });
    expect(await requests.get(researcher(), request.id)).toEqual(request);
    expect(await world.eventsOf(request.id)).toEqual(['request.created']);
  });

  it('answers the same for the same Idempotency-Key', async () => {
    const dto = await aRequest();
    const first = await requests.create(researcher(), dto, 'key-1');
    expect(await requests.create(researcher(), dto, 'key-1')).toEqual(first);
    const other = requests.create(researcher(), { ...dto, justification: 'Else.' }, 'key-1');
    expect(await codeOf(other)).toBe('idempotency_mismatch');
  });

  it.each<[string, Partial<AccessRequestDto>]>([
    ['/purpose', { purpose: 'https://w3id.org/dpv#CommercialPurpose' }],
    // Law 3: hidden or nowhere, the answer is the same.
    ['/datasetId', { datasetId: UNSHARED }],
    ['/datasetId', { datasetId: NOBODY }],
    ['/delivery', { delivery: 'sts' }],
    ['/until', { until: '2026-06-14' }],
  ])('refuses what does not fit, naming %s', async (pointer, changes) => {
    await expect(created(changes)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer }] },
    });
  });

  it('counts until in London days', async () => {
    world.clock.set('2026-06-15T22:59:00Z');
    expect(await codeOf(created({ until: TODAY }))).toBe('none');
    world.clock.set('2026-06-15T23:00:00Z');
    expect(await codeOf(created({ until: TODAY }))).toBe('input_invalid');
  });

  it('law 3: another tenant’s project or agreement is as absent as none at all', async () => {
    const foreign = await aProject([CAST.guest], CAST.university);
    for (const changes of [
      { projectId: NOBODY },
      { projectId: foreign },
      { agreementId: NOBODY },
    ]) {
      expect(await codeOf(created(changes))).toBe('not_found');
    }
    // A member of the project, for an organisation that the agreement does not know.
    const joint = await aProject([CAST.researcher, CAST.guest]);
    await world.query('UPDATE project_member SET organisation_id = $2 WHERE person_id = $1', [
      CAST.guest,
      CAST.university,
    ]);
    const dto = await aRequest({ projectId: joint });
    expect(await codeOf(requests.create(world.as(CAST.guest), dto))).toBe('not_found');
  });

  it('is not for providers under their own agreement', async () => {
    const projectId = await aProject([CAST.researcher]);
    await world.query('UPDATE project_member SET organisation_id = $2 WHERE project_id = $1', [
      projectId,
      CAST.provider,
    ]);
    expect(await codeOf(created({ projectId }))).toBe('not_found');
  });
});

describe('submitting', () => {
  it('undertakes to keep the version that was read, and waits for the owner', async () => {
    const request = await submitted();
    expect(request).toMatchObject({
      status: 'in_review',
      agreementVersion: 1,
      undertaking: { versionHash: HASH, acceptedAt: `${TODAY}T09:00:00.000Z` },
      decisions: [],
    });
    expect(await world.eventsOf(request.id)).toEqual([
      'request.created',
      'request.referred',
      'request.submitted',
    ]);
  });

  it('keeps the decision that let it through to the owner', async () => {
    const { id } = await submitted();
    const kept = await world.query(
      `SELECT d.outcome, d.action, d.dataset_id, e.type FROM decision_record d JOIN audit_event e ON e.id = d.audit_event_id
       WHERE e.access_request_id = $1`,
      [id],
    );
    expect(kept).toEqual([
      { outcome: 'allow', action: 'dataset:request', dataset_id: SHARED, type: 'request.referred' },
    ]);
  });

  it('is the requester’s alone', async () => {
    const projectId = await aProject([CAST.researcher, CAST.colleague]);
    const { id } = await created({ projectId });
    const attempts = [CAST.colleague, CAST.owner, CAST.stranger, CAST.operatorOfficer].map(
      (personId) => codeOf(submission.submit(world.as(personId), id, HASH)),
    );
    expect(await Promise.all(attempts)).toEqual([
      'operation_denied',
      'not_found',
      'not_found',
      'not_found',
    ]);
    expect(await codeOf(submission.submit(researcher(), NOBODY, HASH))).toBe('not_found');
  });

  it('R3.4: needs the hash of the current version, and says which that is', async () => {
    const { id } = await created();
    await expect(submission.submit(researcher(), id, versionHashOf(2))).rejects.toMatchObject({
      code: 'undertaking_stale',
      fields: { currentHash: HASH },
    });
    expect(await requests.get(researcher(), id)).toMatchObject({ status: 'draft' });
    expect(await world.eventsOf(id)).toEqual(['request.created']);
  });

  it.each([
    [
      'the version is suspended',
      `UPDATE agreement_version SET status = $2 WHERE agreement_id = $1`,
      'agreement_not_active',
    ],
    [
      'a party is suspended',
      `UPDATE agreement_party SET status = $2 WHERE agreement_id = $1 AND data_role = 'recipient'`,
      'agreement_not_active',
    ],
    [
      'the provider is suspended',
      `UPDATE agreement_party SET status = $2 WHERE agreement_id = $1 AND data_role = 'provider'`,
      'agreement_not_active',
    ],
  ])('needs an agreement in force: not while %s', async (_, change, code) => {
    const { id } = await created();
    await world.query(change, [agreementId, 'suspended']);
    const attempt = await codeOf(submission.submit(researcher(), id, HASH));
    await world.query(change, [agreementId, 'active']);
    expect(attempt).toBe(code);
    expect(await codeOf(submission.submit(researcher(), id, HASH))).toBe('none');
  });

  it('needs an active project, membership in it and the affiliation behind it', async () => {
    const projectId = await aProject([CAST.colleague, CAST.researcher]);
    const { id } = await created({ projectId });
    const attempt = async (sql: string, undo: string, thing: string): Promise<string> => {
      await world.query(sql, [thing]);
      const code = await codeOf(submission.submit(researcher(), id, HASH));
      await world.query(undo, [thing]);
      return code;
    };
    const codes = [
      await attempt(
        `UPDATE project SET status = 'closed' WHERE id = $1`,
        `UPDATE project SET status = 'active' WHERE id = $1`,
        projectId,
      ),
      await attempt(
        `UPDATE project_member SET removed_at = now() WHERE project_id = $1 AND NOT is_lead`,
        `UPDATE project_member SET removed_at = NULL WHERE project_id = $1`,
        projectId,
      ),
      await attempt(
        `UPDATE membership SET ends_on = '2026-06-14' WHERE id = $1`,
        `UPDATE membership SET ends_on = NULL WHERE id = $1`,
        CAST.researcher,
      ),
      await codeOf(submission.submit(researcher(), id, HASH)),
    ];
    expect(codes).toEqual([
      'transition_not_allowed',
      'affiliation_ended',
      'affiliation_ended',
      'none',
    ]);
  });

  it('comes too late after until', async () => {
    const { id } = await created({ until: TODAY });
    world.clock.set('2026-06-16T09:00:00Z');
    await expect(submission.submit(researcher(), id, HASH)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/until' }] },
    });
  });

  it('can be done once', async () => {
    const { id } = await created();
    const codes = await Promise.all([
      codeOf(submission.submit(researcher(), id, HASH)),
      codeOf(submission.submit(researcher(), id, HASH)),
    ]);
    expect(codes.sort()).toEqual(['none', 'transition_not_allowed']);
  });
});

describe('what policy answers', () => {
  it('a purpose narrower than the agreement’s is within it, another is refused with its clause', async () => {
    expect(await submitted({ purpose: RESEARCH })).toMatchObject({ status: 'in_review' });
    const refused = await submitted({ purpose: POLICY_MAKING });
    expect(refused).toMatchObject({
      status: 'refused',
      decisions: [
        {
          decision: 'refused',
          reason: expect.stringContaining('CON-2026-0001, purposes, requires one of') as string,
          position: 'Policy',
          isAutomatic: true,
        },
      ],
    });
    expect(await world.eventsOf(refused.id)).toEqual([
      'request.created',
      'request.refused',
      'request.submitted',
    ]);
  });

  it('is kept: the decision, encrypted attributes, and the event that names it', async () => {
    const { id } = await submitted({ purpose: POLICY_MAKING });
    const [kept] = await world.query<{
      id: string;
      outcome: string;
      reason: string;
      failed: readonly { path: string; clause: string }[];
      attributes: Buffer;
      type: string;
      event_outcome: string;
      decider_id: string | null;
    }>(
      `SELECT d.id, d.outcome, d.reason, d.failed, d.attributes, e.type, e.outcome AS event_outcome, a.decider_id
       FROM access_decision a JOIN decision_record d ON d.id = a.decision_id
       JOIN audit_event e ON e.id = d.audit_event_id AND e.id = a.audit_event_id
       WHERE a.access_request_id = $1`,
      [id],
    );
    expect(kept).toMatchObject({
      outcome: 'deny',
      reason: 'condition_failed',
      failed: [{ path: 'request.purpose', clause: '/purposes' }],
      type: 'request.refused',
      event_outcome: 'refused',
      decider_id: null,
    });
    const { attributes = Buffer.alloc(0), id: decisionId = '' } = kept ?? {};
    const opened = await world.app
      .get(SubjectKeys)
      .decrypt(CAST.researcher, `concordat/decision/v1|${decisionId}`, attributes);
    expect(opened?.toString()).toContain(`"request.purpose":"${POLICY_MAKING}"`);
  });

  it('approves at once where the agreement says so, in the name of its standing decider', async () => {
    const request = await submitted({ agreementId: byPolicyId });
    expect(request).toMatchObject({
      status: 'approved',
      decisions: [{ decision: 'approved', position: DECIDER.position, isAutomatic: true }],
    });
    const [row] = await world.query(
      'SELECT decider_id, role FROM access_decision WHERE access_request_id = $1',
      [request.id],
    );
    expect(row).toEqual({ decider_id: CAST.owner, role: 'data_owner' });
    expect(await submitted({ agreementId: byPolicyId, purpose: POLICY_MAKING })).toMatchObject({
      status: 'refused',
    });
  });

  it('leaves it to the owner once the standing decider has left, or works in the project', async () => {
    const left = `UPDATE membership_role SET ended_at = $2 WHERE membership_id = $1`;
    await world.query(left, [CAST.owner, world.clock.now()]);
    const request = await submitted({ agreementId: byPolicyId });
    await world.query(left, [CAST.owner, null]);
    expect(request).toMatchObject({ status: 'in_review' });
    const projectId = await aProject([CAST.researcher, CAST.owner]);
    expect(await submitted({ agreementId: byPolicyId, projectId })).toMatchObject({
      status: 'in_review',
    });
  });

  it('refuses nothing for good when it cannot answer: the request stays as it was', async () => {
    const { id } = await created();
    // A head behind the rules of this node: a database set back.
    const shift = `UPDATE policy_head SET version = version + $1`;
    await world.query(shift, [-1]);
    const attempt = await codeOf(submission.submit(researcher(), id, HASH));
    await world.query(shift, [1]);
    expect(attempt).toBe('policy_unavailable');
    expect(await requests.get(researcher(), id)).toMatchObject({ status: 'draft', decisions: [] });
    expect(await world.eventsOf(id)).toEqual(['request.created']);
    expect(await codeOf(submission.submit(researcher(), id, HASH))).toBe('none');
  });
});

describe('the owner’s decision', () => {
  it.each(['approved', 'refused'] as const)(
    '%s is final and shows its reason',
    async (decision) => {
      const { id } = await submitted();
      const decided = await decide(id, decision);
      expect(decided).toMatchObject({
        status: decision,
        decisions: [
          { decision, reason: 'Because.', position: 'Head data_owner', isAutomatic: false },
        ],
      });
      expect(await requests.get(researcher(), id)).toEqual(decided);
      expect(await world.eventsOf(id)).toContain(`request.${decision}`);
      for (const next of ['approved', 'refused', 'returned'] as const) {
        expect(await codeOf(decide(id, next))).toBe('transition_not_allowed');
      }
    },
  );

  it('returns with a comment; submitted again, both decisions stay', async () => {
    const { id } = await submitted();
    expect(await decide(id, 'returned', { reason: 'Say more.' })).toMatchObject({
      status: 'returned',
    });
    expect(await submission.submit(researcher(), id, HASH)).toMatchObject({ status: 'in_review' });
    world.clock.add(1000);
    expect((await decide(id, 'approved')).decisions.map(({ decision }) => decision)).toEqual([
      'returned',
      'approved',
    ]);
    expect(await world.eventsOf(id)).toContain('request.resubmitted');
  });

  it('is for data owners of the provider', async () => {
    const { id } = await submitted();
    const attempts = [
      CAST.recipientOwner,
      CAST.providerOfficer,
      CAST.researcher,
      CAST.operatorOfficer,
      CAST.stranger,
    ].map((personId) =>
      codeOf(decisions.decide(world.as(personId), id, { decision: 'approved', reason: 'Mine.' })),
    );
    expect(await Promise.all(attempts)).toEqual([
      'not_found',
      'operation_denied',
      'not_found',
      'not_found',
      'not_found',
    ]);
    expect(await codeOf(decide(NOBODY, 'approved'))).toBe('not_found');
    const second = decisions.decide(world.as(CAST.secondOwner), id, {
      decision: 'approved',
      reason: 'Ours.',
    });
    expect(await codeOf(second)).toBe('none');
  });

  it('is for nobody who works in the project', async () => {
    const projectId = await aProject([CAST.researcher, CAST.owner]);
    const { id } = await submitted({ projectId });
    expect(await codeOf(decide(id, 'approved'))).toBe('operation_denied');
    expect(await codeOf(decide(id, 'refused'))).toBe('operation_denied');
  });

  it('is for nobody who worked in the project and left, their own request least of all', async () => {
    const projectId = await aProject([CAST.researcher, CAST.owner]);
    const { id } = await submitted({ projectId });
    await world.query('UPDATE project_member SET removed_at = $2 WHERE person_id = $1', [
      CAST.owner,
      world.clock.now(),
    ]);
    expect(await codeOf(decide(id, 'approved'))).toBe('operation_denied');
  });

  it('of two owners at once counts once', async () => {
    const { id } = await submitted();
    const codes = await Promise.all([
      codeOf(decide(id, 'approved')),
      codeOf(
        decisions.decide(world.as(CAST.secondOwner), id, { decision: 'refused', reason: 'No.' }),
      ),
    ]);
    expect(codes.sort()).toEqual(['none', 'transition_not_allowed']);
    expect((await requests.get(owner(), id)).decisions).toHaveLength(1);
  });

  it('law 1: is not there when its event is not', async () => {
    const { id } = await submitted();
    await expect(decide(id, 'approved', { reason: 'x'.repeat(20_000) })).rejects.toThrow();
    expect(await requests.get(owner(), id)).toMatchObject({ status: 'in_review', decisions: [] });
  });
});

describe('conditions of an approval', () => {
  const atNight = { op: 'eq', path: 'request.country', value: 'FR' };
  const always = { op: 'eq', path: 'request.country', value: 'GB' };

  it('only narrow: they refuse what was allowed, and allow nothing that was not', async () => {
    const { id } = await submitted();
    expect(await decide(id, 'approved', { conditions: atNight })).toMatchObject({
      decisions: [{ conditions: atNight }],
    });
    const now = world.clock.now();
    const facts = await world.app
      .get(AccessFactsService, { strict: false })
      .find(world.database.manager, id, TODAY, now);
    if (!facts) {
      throw new Error('The request has no facts');
    }
    expect(facts.request.conditions).toEqual(atNight);
    const judge = (conditions: object | null, authLevel: number): string =>
      world.app.get(PolicyService).decide({
        key: { agreementId, agreementVersion: 1, datasetId: SHARED, action: 'dataset:read' },
        attributes: attributesOf(facts, {
          now,
          authLevel,
          delivery: 'stream',
          ip: null,
          country: 'GB',
          hasDpop: false,
        }),
        narrowing: conditions && parseCondition(conditions),
      }).outcome;
    expect([judge(null, 2), judge(atNight, 2), judge(always, 2)]).toEqual([
      'allow',
      'deny',
      'allow',
    ]);
    expect([judge(null, 1), judge(always, 1)]).toEqual(['deny', 'deny']);
  });

  it.each<[string, AccessDecisionDto['decision'], object, string]>([
    [
      'that are none',
      'approved',
      { op: 'eq', path: 'request.colour', value: 'red' },
      'condition_invalid',
    ],
    ['of a refusal', 'refused', always, 'input_invalid'],
    ['of a return', 'returned', always, 'input_invalid'],
  ])('are refused: those %s', async (_, decision, conditions, code) => {
    const { id } = await submitted();
    expect(await codeOf(decide(id, decision, { conditions }))).toBe(code);
    expect(await requests.get(owner(), id)).toMatchObject({ status: 'in_review' });
  });
});

describe('withdrawing', () => {
  it('ends a request until it is decided', async () => {
    const draft = await created();
    const waiting = await submitted();
    const approved = await submitted();
    await decide(approved.id, 'approved');
    const withdraw = (id: string): Promise<AccessRequestView> =>
      requests.withdraw(researcher(), id);
    expect(await withdraw(draft.id)).toMatchObject({ status: 'withdrawn' });
    expect(await withdraw(waiting.id)).toMatchObject({ status: 'withdrawn' });
    expect(await codeOf(withdraw(approved.id))).toBe('transition_not_allowed');
    expect(await codeOf(withdraw(draft.id))).toBe('transition_not_allowed');
    expect(await codeOf(decide(waiting.id, 'approved'))).toBe('transition_not_allowed');
    expect(await world.eventsOf(draft.id)).toEqual(['request.created', 'request.withdrawn']);
  });

  it('is the requester’s alone', async () => {
    const { id } = await created();
    expect(await codeOf(requests.withdraw(owner(), id))).toBe('not_found');
    expect(await codeOf(requests.withdraw(world.as(CAST.colleague), id))).toBe('operation_denied');
  });
});

describe('seeing requests', () => {
  it('law 3: is for the requester, both organisations and the operator’s officers', async () => {
    const { id } = await submitted();
    const sees: Readonly<Record<string, string>> = {
      [CAST.researcher]: 'none',
      [CAST.recipientOwner]: 'none',
      [CAST.owner]: 'none',
      [CAST.providerOfficer]: 'none',
      [CAST.operatorOfficer]: 'none',
      // Of the same organisation, in a role that reads only its own.
      [CAST.colleague]: 'operation_denied',
      [CAST.guest]: 'not_found',
      [CAST.stranger]: 'not_found',
    };
    for (const [personId, code] of Object.entries(sees)) {
      const caller = world.as(personId);
      expect(await codeOf(requests.get(caller, id))).toBe(code);
      const listed = await requests.list(caller, null, 1000);
      expect(listed.some((request) => request.id === id)).toBe(code === 'none');
    }
  });

  it('shows its provider no draft, nor what was withdrawn as one, nor that there was any', async () => {
    const { id } = await created();
    const withdrawn = await created();
    await requests.withdraw(researcher(), withdrawn.id);
    for (const one of [id, withdrawn.id]) {
      for (const [personId, code] of [
        [CAST.researcher, 'none'],
        [CAST.recipientOwner, 'none'],
        [CAST.owner, 'not_found'],
        [CAST.providerOfficer, 'not_found'],
      ] as const) {
        const caller = world.as(personId);
        expect(await codeOf(requests.get(caller, one))).toBe(code);
        const listed = await requests.list(caller, null, 1000);
        expect(listed.some((request) => request.id === one)).toBe(code === 'none');
      }
      expect(await codeOf(decide(one, 'approved'))).toBe('not_found');
      const told = await world.query<{ organisations: readonly string[] }>(
        `SELECT DISTINCT organisation_ids AS organisations FROM audit_event WHERE access_request_id = $1`,
        [one],
      );
      expect(told).toEqual([{ organisations: [CAST.recipient] }]);
    }
    await submission.submit(researcher(), id, HASH);
    expect(await requests.get(owner(), id)).toMatchObject({ status: 'in_review' });
  });

  it('lists them newest first, page by page, each once, without their decisions', async () => {
    const all = await requests.list(owner(), null, 1000);
    const ids = all.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(10);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(all[0]).not.toHaveProperty('decisions');
    const read: string[] = [];
    for (let after: string | null = null; ;) {
      const page: readonly { readonly id: string }[] = await requests.list(owner(), after, 7);
      read.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id ?? null;
      if (after === null) {
        break;
      }
    }
    expect(read).toEqual(ids);
  });
});
