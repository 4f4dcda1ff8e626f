import pg from 'pg';
import { versionHashOf } from '../../../test/support/grant-rows.js';
import { exampleTerms } from '../../../test/support/agreement-terms.js';
import {
  CAST,
  RESEARCH,
  requestWorld,
  SHARED,
  TODAY,
  UNSHARED,
  type RequestWorld,
} from '../../../test/support/request-world.js';
import { Cascade } from '../../cascade/cascade.service.js';
import { isConcordatError } from '../../kernel/errors.js';
import { uuidV7Factory } from '../../kernel/ids.js';
import { lockStatement } from '../../platform/database/locks.js';
import { AccessDecisions } from '../access-decisions.service.js';
import type { AccessRequestDto } from '../access-request.dto.js';
import type { AccessRequestView } from '../access-request.view.js';
import { AccessRequestsService } from '../access-requests.service.js';
import { AccessSubmission } from '../access-submission.service.js';
import { AccessRequestForms } from '../forms/access-request-forms.service.js';
import { DueRequests } from './due-requests.service.js';
import { AccessRequestEdits } from './access-request-edits.service.js';
import { Renewals } from './renewals.service.js';
import { Undertakings } from './undertakings.service.js';

const HASH = versionHashOf(1);
const NEXT_HASH = versionHashOf(2);
const FIVE_SAFES = {
  people: 'Two accredited researchers.',
  project: 'Where people walk.',
  setting: 'A managed machine.',
  data: 'Counts; nothing less tells.',
  outputs: 'Maps of no fewer than ten people.',
};

let world: RequestWorld;
let requests: AccessRequestsService;
let submission: AccessSubmission;
let decisions: AccessDecisions;
let forms: AccessRequestForms;
let undertakings: Undertakings;
let edits: AccessRequestEdits;
let renewals: Renewals;
let due: DueRequests;
let agreementId: string;
let projects = 0;

beforeAll(async () => {
  world = await requestWorld();
  const { app } = world;
  requests = app.get(AccessRequestsService, { strict: false });
  submission = app.get(AccessSubmission, { strict: false });
  decisions = app.get(AccessDecisions, { strict: false });
  forms = app.get(AccessRequestForms, { strict: false });
  undertakings = app.get(Undertakings, { strict: false });
  edits = app.get(AccessRequestEdits, { strict: false });
  renewals = app.get(Renewals, { strict: false });
  due = app.get(DueRequests, { strict: false });
}, 60_000);
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.set(`${TODAY}T09:00:00Z`);
  agreementId = await world.agreement();
});

const researcher = () => world.as(CAST.researcher);
const owner = () => world.as(CAST.owner);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );

async function aProject(memberIds: readonly string[] = [CAST.researcher]): Promise<string> {
  projects += 1;
  const id = uuidV7Factory(world.clock).next();
  const reference = `PRJ-2026-${String(projects).padStart(4, '0')}`;
  await world.add((rows) => rows.project(id, reference, CAST.recipient, '2027-06-14', memberIds));
  return id;
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
const submitted = async (changes: Partial<AccessRequestDto> = {}): Promise<AccessRequestView> => {
  const { id } = await requests.create(researcher(), await aRequest(changes));
  return submission.submit(researcher(), id, HASH);
};
const decided = async (
  decision: 'approved' | 'refused' | 'returned',
  changes: Partial<AccessRequestDto> = {},
): Promise<string> => {
  const { id } = await submitted(changes);
  await decisions.decide(owner(), id, { decision, reason: 'Because.' });
  return id;
};
const edit = async (
  id: string,
  changes: Readonly<Record<string, unknown>>,
  personId: string = CAST.researcher,
): Promise<AccessRequestView> => {
  const { etag } = await requests.get(researcher(), id);
  return edits.edit(world.as(personId), id, changes, etag);
};
const statusOf = async (id: string): Promise<string> => (await requests.get(owner(), id)).status;

describe('one form for several owners', () => {
  const aForm = async (items: readonly { datasetId: string; agreementId: string }[]) => {
    const { projectId, purpose, justification, until, frequency, conflict } = await aRequest();
    const common = { projectId, purpose, justification, until, frequency, conflict };
    return { ...common, fiveSafes: FIVE_SAFES, items: [...items] };
  };

  it('makes a request for each item, and shows each decision to whom it concerns', async () => {
    const other = await world.agreement();
    await world.query(`UPDATE dataset SET organisation_id = $1 WHERE id = $2`, [
      CAST.university,
      UNSHARED,
    ]);
    await world.query(
      `INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, 1, $2)`,
      [other, UNSHARED],
    );
    await world.query(
      `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
         dpo_id, status, audit_event_id)
       SELECT $3, agreement_id, $2, data_role, false, is_founding, signatory_id, dpo_id, status, audit_event_id
       FROM agreement_party WHERE agreement_id = $1 AND is_lead`,
      [other, CAST.university, uuidV7Factory(world.clock).next()],
    );
    const form = await forms.create(
      researcher(),
      await aForm([
        { datasetId: SHARED, agreementId },
        { datasetId: UNSHARED, agreementId: other },
      ]),
    );
    expect(form.requests).toHaveLength(2);
    for (const request of form.requests) {
      expect(request).toMatchObject({
        formId: form.formId,
        fiveSafes: FIVE_SAFES,
        status: 'draft',
      });
    }
    const ofDataset = (wanted: string): string =>
      form.requests.find(({ datasetId }) => datasetId === wanted)?.id ?? '';
    const seen = async (personId: string): Promise<readonly string[]> =>
      (await forms.get(world.as(personId), form.formId)).requests.map(({ datasetId }) => datasetId);
    expect(await codeOf(forms.get(owner(), form.formId))).toBe('not_found');
    await submission.submit(researcher(), ofDataset(SHARED), HASH);
    await decisions.decide(owner(), ofDataset(SHARED), {
      decision: 'approved',
      reason: 'It fits.',
    });
    const read = await forms.get(researcher(), form.formId);
    expect(read.requests.map(({ status }) => status).sort()).toEqual(['approved', 'draft']);
    expect(read.requests.flatMap((one) => one.decisions)).toMatchObject([{ reason: 'It fits.' }]);
    expect(await seen(CAST.owner)).toEqual([SHARED]);
    expect(await codeOf(forms.get(world.as(CAST.stranger), form.formId))).toBe('not_found');
    await submission.submit(researcher(), ofDataset(UNSHARED), HASH);
    expect(await seen(CAST.stranger)).toEqual([UNSHARED]);
    expect(await codeOf(forms.get(world.as(CAST.guest), form.formId))).toBe('not_found');
  });

  it('makes none when one item does not fit, and names it', async () => {
    const dto = await aForm([
      { datasetId: SHARED, agreementId },
      { datasetId: UNSHARED, agreementId },
    ]);
    const error: unknown = await forms.create(researcher(), dto).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/items/1/datasetId' }] },
    });
    const rows = await world.query(`SELECT id FROM access_request WHERE project_id = $1`, [
      dto.projectId,
    ]);
    expect(rows).toEqual([]);
  });

  it('repeats its answer for the same key', async () => {
    const dto = await aForm([{ datasetId: SHARED, agreementId }]);
    const first = await forms.create(researcher(), dto, 'key');
    expect(await forms.create(researcher(), dto, 'key')).toEqual(first);
  });

  it('nobody adds a request to the form of somebody else', async () => {
    const { formId } = await forms.create(
      researcher(),
      await aForm([{ datasetId: SHARED, agreementId }]),
    );
    const projectId = await aProject([CAST.colleague]);
    const dto = await aRequest({ projectId, formId });
    expect(await codeOf(requests.create(world.as(CAST.colleague), dto))).toBe('not_found');
  });
});

describe('R3.4: when the next version takes over', () => {
  const supersede = async (amendment: 'material' | 'administrative'): Promise<void> => {
    const terms = exampleTerms({ startsOn: '2026-01-01' });
    await world.add((rows) =>
      rows.version(agreementId, 2, 'awaiting_signature', terms, CAST.owner),
    );
    await world.database.transaction(async (tx) => {
      const sql = `UPDATE agreement_version SET status = $2, amendment = $3 WHERE agreement_id = $1 AND version = $4`;
      await tx.query(sql, [agreementId, 'superseded', null, 1]);
      await tx.query(sql, [agreementId, 'active', amendment, 2]);
      const change = { agreementId, version: 1, nextVersion: 2 };
      await world.app
        .get(Cascade, { strict: false })
        .apply(tx, { code: 'version_superseded', ...change });
    });
  };

  it('a request follows it, and its undertaking is that of the terms that were read', async () => {
    const id = await decided('approved');
    await supersede('material');
    expect(await requests.get(owner(), id)).toMatchObject({
      agreementVersion: 2,
      undertaking: { versionHash: HASH },
      status: 'approved',
    });
    expect(await codeOf(undertakings.accept(researcher(), id, HASH))).toBe('undertaking_stale');
    expect(await codeOf(undertakings.accept(owner(), id, NEXT_HASH))).toBe('not_found');
    expect(await undertakings.accept(researcher(), id, NEXT_HASH)).toMatchObject({
      undertaking: { versionHash: NEXT_HASH },
    });
    expect(await world.eventsOf(id)).toContain('request.undertaken');
  });

  it('an undertaking carries over where nothing but contacts changed', async () => {
    const id = await decided('approved');
    await supersede('administrative');
    expect(await requests.get(owner(), id)).toMatchObject({
      agreementVersion: 2,
      undertaking: { versionHash: NEXT_HASH },
    });
  });

  it('what can lead to no grant stays with its version', async () => {
    const id = await decided('approved');
    await world.query(`UPDATE access_request SET status = 'closed' WHERE id = $1`, [id]);
    await supersede('material');
    expect(await requests.get(owner(), id)).toMatchObject({ agreementVersion: 1 });
  });

  it('a draft accepts nothing before it is submitted', async () => {
    const { id } = await requests.create(researcher(), await aRequest());
    expect(await codeOf(undertakings.accept(researcher(), id, HASH))).toBe(
      'transition_not_allowed',
    );
  });
});

describe('R3.23: a renewal', () => {
  const until = '2026-12-01';

  it('is a new submitted request, alike but for its end', async () => {
    const id = await decided('approved', { linkage: 'None', fiveSafes: FIVE_SAFES });
    const renewed = await renewals.renew(researcher(), id, { until }, 'key');
    expect(renewed).toMatchObject({
      renewedFromId: id,
      until,
      linkage: 'None',
      fiveSafes: FIVE_SAFES,
      undertaking: { versionHash: HASH },
      status: 'in_review',
    });
    expect(renewed.id).not.toBe(id);
    expect(await renewals.renew(researcher(), id, { until }, 'key')).toEqual(renewed);
    expect(await world.eventsOf(renewed.id)).toEqual([
      'request.created',
      'request.referred',
      'request.submitted',
    ]);
  });

  it('accepts the terms of today when they have changed', async () => {
    const id = await decided('approved');
    await world.query(`UPDATE agreement_version SET version_hash = $2 WHERE agreement_id = $1`, [
      agreementId,
      NEXT_HASH,
    ]);
    const renew = (hash?: string) =>
      renewals.renew(researcher(), id, { until, ...(hash !== undefined && { versionHash: hash }) });
    expect(await codeOf(renew())).toBe('undertaking_stale');
    expect(await codeOf(renew(NEXT_HASH))).toBe('none');
  });

  it.each(['draft', 'in_review', 'returned', 'refused', 'withdrawn', 'lapsed'])(
    'is not made of one that is %s',
    async (status) => {
      const { id } = await submitted();
      await world.query(`UPDATE access_request SET status = $2 WHERE id = $1`, [id, status]);
      expect(await codeOf(renewals.renew(researcher(), id, { until }))).toBe(
        'transition_not_allowed',
      );
    },
  );

  it('is the requester’s alone', async () => {
    const id = await decided('approved');
    expect(await codeOf(renewals.renew(world.as(CAST.colleague), id, { until }))).toBe(
      'operation_denied',
    );
    expect(await codeOf(renewals.renew(world.as(CAST.stranger), id, { until }))).toBe('not_found');
  });
});

describe('R3.20: an overdue closure', () => {
  const owe = async (status: 'due' | 'overdue', dueAt: string): Promise<void> => {
    const projectId = await aProject();
    await world.query(
      `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
         audit_event_id) SELECT uuidv7(), $1, $2, $3, $4, $5, '2026-05-01', $6, id FROM audit_event LIMIT 1`,
      [projectId, agreementId, CAST.recipient, CAST.provider, status, dueAt],
    );
  };

  it.each([
    ['overdue', '2026-06-01', 'closure_overdue'],
    ['due', '2026-06-15T08:59:59Z', 'closure_overdue'],
    ['due', '2026-06-15T09:00:01Z', 'none'],
  ] as const)('%s at %s: a new request, a submission and a renewal get %s', async (...row) => {
    const [status, dueAt, code] = row;
    const draft = await requests.create(researcher(), await aRequest());
    const approved = await decided('approved');
    await owe(status, dueAt);
    expect(await codeOf(requests.create(researcher(), await aRequest()))).toBe(code);
    expect(await codeOf(submission.submit(researcher(), draft.id, HASH))).toBe(code);
    const renewing = renewals.renew(researcher(), approved, { until: '2026-12-01' });
    expect(await codeOf(renewing)).toBe(code);
  });

  it('under another agreement blocks nothing', async () => {
    await owe('overdue', '2026-06-01');
    const other = await aRequest({ agreementId: await world.agreement() });
    expect(await codeOf(requests.create(researcher(), other))).toBe('none');
  });
});

describe('what falls due', () => {
  it('returned → lapsed after 60 days, once, also by two workers', async () => {
    const id = await decided('returned');
    world.clock.set('2026-08-14T08:59:59Z');
    expect(await due.sweep()).toBe(0);
    expect(await statusOf(id)).toBe('returned');
    world.clock.set('2026-08-14T09:00:00Z');
    await Promise.all([due.sweep(), due.sweep()]);
    expect(await statusOf(id)).toBe('lapsed');
    expect((await world.eventsOf(id)).filter((type) => type === 'request.lapsed')).toHaveLength(1);
  });

  it('returned and edited is not idle: the 60 days begin anew', async () => {
    const id = await decided('returned');
    world.clock.set('2026-08-01T09:00:00Z');
    await edit(id, { justification: 'To count again.', until: '2026-09-10' });
    world.clock.set('2026-08-20T09:00:00Z');
    await due.sweep();
    expect(await statusOf(id)).toBe('returned');
    world.clock.set('2026-09-30T09:00:00Z');
    await due.sweep();
    expect(await statusOf(id)).toBe('lapsed');
  });

  it('returned → resubmitted in time goes on', async () => {
    const id = await decided('returned');
    const request = await submission.submit(researcher(), id, HASH);
    expect(request.status).toBe('in_review');
    expect(await world.eventsOf(id)).toContain('request.resubmitted');
    expect(await due.sweep()).toBe(0);
  });

  it.each([
    ['until_ended', `UPDATE access_request SET until_on = '2026-06-14' WHERE id = $1`],
    [
      'project_ended',
      `UPDATE project SET status = 'closed' WHERE id = (SELECT project_id FROM access_request WHERE id = $1)`,
    ],
    [
      'project_ended',
      `UPDATE project SET ends_on = '2026-06-14' WHERE id = (SELECT project_id FROM access_request WHERE id = $1)`,
    ],
    [
      'agreement_ended',
      `UPDATE agreement_version SET status = 'terminated' WHERE agreement_id = (SELECT agreement_id FROM
         access_request WHERE id = $1)`,
    ],
  ])('approved → closed: %s', async (reason, end) => {
    const id = await decided('approved');
    expect(await due.sweep()).toBe(0);
    await world.query(end, [id]);
    expect(await due.sweep()).toBe(1);
    expect(await due.sweep()).toBe(0);
    expect(await statusOf(id)).toBe('closed');
    const events = await world.query(
      `SELECT reason_codes AS reasons FROM audit_event WHERE access_request_id = $1 AND type = 'request.closed'`,
      [id],
    );
    expect(events).toEqual([{ reasons: [reason] }]);
  });

  it('a suspended agreement closes nothing', async () => {
    const id = await decided('approved');
    await world.query(`UPDATE agreement_version SET status = 'suspended' WHERE agreement_id = $1`, [
      agreementId,
    ]);
    expect(await due.sweep()).toBe(0);
    expect(await statusOf(id)).toBe('approved');
  });

  it('what somebody is changing is left for the next sweep', async () => {
    const id = await decided('returned');
    world.clock.set('2026-09-01T09:00:00Z');
    await holdingProject(id, async () => {
      await due.sweep();
    });
    expect(await statusOf(id)).toBe('returned');
    await due.sweep();
    expect(await statusOf(id)).toBe('lapsed');
  });
});

it('nobody decides a request of their own, member of the project or not any more', async () => {
  const { id } = await submitted();
  const both = world.as(CAST.researcher, { memberships: owner().memberships });
  await world.query(
    `UPDATE project_member SET removed_at = now() WHERE project_id =
       (SELECT project_id FROM access_request WHERE id = $1)`,
    [id],
  );
  const decision = { decision: 'approved', reason: 'Mine.' } as const;
  expect(await codeOf(decisions.decide(both, id, decision))).toBe('operation_denied');
});

describe('editing what lies with the requester', () => {
  it('a draft takes other answers, and loses those that are null', async () => {
    const conflict = { conflict: true, conflictText: 'A relative works there.' };
    const { id } = await requests.create(researcher(), await aRequest(conflict));
    const changed = { justification: 'To count by hour.', frequency: 'one_off' };
    const edited = await edit(id, {
      ...changed,
      conflict: false,
      conflictText: null,
      fiveSafes: FIVE_SAFES,
    });
    expect(edited).toMatchObject({
      ...changed,
      status: 'draft',
      conflict: false,
      conflictText: null,
      fiveSafes: FIVE_SAFES,
      purpose: RESEARCH,
    });
    expect(await edit(id, { fiveSafes: null })).toMatchObject({ fiveSafes: null, ...changed });
    expect(await world.eventsOf(id)).toEqual([
      'request.created',
      'request.edited',
      'request.edited',
    ]);
  });

  it('a returned one is edited, submitted again and decided', async () => {
    const id = await decided('returned');
    const { formId, projectId } = await requests.get(owner(), id);
    const edited = await edit(id, { until: '2026-07-14', linkage: 'With the census.' });
    expect(edited).toMatchObject({ status: 'returned', until: '2026-07-14', formId, projectId });
    expect(await requests.get(owner(), id)).toMatchObject({ linkage: 'With the census.' });
    expect((await submission.submit(researcher(), id, HASH)).status).toBe('in_review');
    await decisions.decide(owner(), id, { decision: 'approved', reason: 'Better.' });
    expect(await world.eventsOf(id)).toEqual([
      'request.approved',
      'request.created',
      'request.edited',
      'request.referred',
      'request.referred',
      'request.resubmitted',
      'request.returned',
      'request.submitted',
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string[]]>([
    ['of another purpose', { purpose: 'sales' }, ['/purpose']],
    ['until yesterday', { until: '2026-06-14' }, ['/until']],
    ['in another mode', { delivery: 'sts' }, ['/delivery']],
    [
      'without what it needs',
      { justification: null, frequency: null },
      ['/justification', '/justification', '/justification', '/frequency'],
    ],
    ['with a conflict that it keeps to itself', { conflict: true }, ['/conflictText']],
    ['for other data', { datasetId: UNSHARED, agreementId: null }, ['/datasetId', '/agreementId']],
    ['with a member that there is not', { status: 'approved' }, ['/status']],
  ])(
    'is no request %s: judged as a new one is, each field by its name',
    async (_what, changes, pointers) => {
      const { id, justification } = await requests.create(researcher(), await aRequest());
      const error: unknown = await edit(id, changes).catch((thrown: unknown) => thrown);
      const named = (error as { fields: { errors: { pointer: string }[] } }).fields.errors;
      expect([...new Set(named.map(({ pointer }) => pointer))]).toEqual([...new Set(pointers)]);
      expect(await requests.get(researcher(), id)).toMatchObject({
        status: 'draft',
        justification,
      });
    },
  );

  it('is of what was read: the loser of two is told, and nothing is overwritten', async () => {
    const { id, etag } = await requests.create(researcher(), await aRequest());
    const both = await Promise.all(
      ['One.', 'Other.'].map((justification) =>
        codeOf(edits.edit(researcher(), id, { justification }, etag)),
      ),
    );
    expect(both.sort()).toEqual(['none', 'precondition_failed']);
    const read = await requests.get(researcher(), id);
    expect(read.etag).not.toBe(etag);
  });

  it('is over when it lies with its owner, or is decided', async () => {
    for (const id of [
      (await submitted()).id,
      await decided('approved'),
      await decided('refused'),
    ]) {
      expect(await codeOf(edit(id, { justification: 'Late.' }))).toBe('transition_not_allowed');
    }
  });

  it('is the requester’s alone', async () => {
    const id = await decided('returned');
    const late = { justification: 'Mine.' };
    expect(await codeOf(edit(id, late, CAST.colleague))).toBe('operation_denied');
    expect(await codeOf(edit(id, late, CAST.owner))).toBe('not_found');
    expect(await codeOf(edit(id, late, CAST.stranger))).toBe('not_found');
  });
});

/** While another connection holds the lock of the request's project. */
async function holdingProject(id: string, work: () => Promise<void>): Promise<void> {
  const [row] = await world.query<{ projectId: string }>(
    `SELECT project_id AS "projectId" FROM access_request WHERE id = $1`,
    [id],
  );
  const holder = new pg.Client(world.db.url);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(lockStatement('exclusive', [{ kind: 'project', id: row?.projectId ?? '' }]));
  await work();
  await holder.query('COMMIT');
  await holder.end();
}
