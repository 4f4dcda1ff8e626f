import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import { callerFor } from '../../sandbox/callers.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { submitAgreement } from '../../sandbox/seed/agreement.js';
import { RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, addMonths, londonDay } from '../../src/kernel/london-day.js';
import { boroughSubjects, registerBorough, type Borough } from '../support/borough.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { lockedAgreement } from '../support/second-agreement.js';
import { asSuperuser } from '../support/superuser.js';

const NAMES = ['Camden', 'Islington'] as const;
const AGREEMENTS = '/api/v1/agreements';
const REQUESTS = '/api/v1/access-requests';

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly status: string;
  readonly versionHash: string;
  readonly nextReviewOn: string;
  readonly terms: Readonly<Record<string, unknown>> & {
    readonly parties: readonly { readonly lead: boolean }[];
    readonly items: readonly { readonly datasetId: string }[];
  };
  readonly parties: readonly {
    readonly id: string;
    readonly organisationId: string;
    readonly answer: string;
  }[];
}
interface Identified {
  readonly id: string;
}
interface AuditEvent extends Identified {
  readonly type: string;
  readonly delegationId: string | null;
  readonly changedPaths: readonly string[] | null;
}
type Headers = Readonly<Record<string, string>>;

/** Who may do what for whom, and who works with whom, over HTTP. */
describe('duties and projects', () => {
  let world: HttpWorld;
  let camden: Borough;
  let islington: Borough;
  let city: string;
  let seeded: Agreement;
  /** A member of the city with no duty of their own. */
  let deputy: ApiClient;
  let deputyId: string;
  const today = londonDay(systemClock.now());

  beforeAll(async () => {
    world = await httpWorld({}, [...boroughSubjects(NAMES), 'deputy']);
    camden = await registerBorough(world, NAMES[0]);
    islington = await registerBorough(world, NAMES[1]);
    const { admin, owner } = world.callers;
    seeded = await owner.get(`${AGREEMENTS}/${world.seeded.agreements[0]?.id ?? ''}`);
    city = seeded.organisationId;
    const membership = await admin.post<{ personId: string }>(
      `/api/v1/organisations/${city}/memberships`,
      {
        issuer: world.provider.issuer,
        subject: 'deputy',
        name: 'deputy',
        email: 'deputy@sandbox.example',
        position: 'Deputy head',
        startsOn: today,
        endsOn: addMonths(today, 12),
        roles: ['researcher'],
      },
    );
    deputyId = membership.personId;
    deputy = callerFor(world.config.publicUrl, world.provider, 'deputy' as PersonaName);
  }, 180_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  const personIdOf = async (caller: ApiClient): Promise<string> =>
    (await caller.get<{ personId: string }>('/api/v1/me')).personId;
  const delegate = (role: string, changes: object = {}): object => ({
    role,
    deputyId,
    startsOn: today,
    endsOn: addDays(today, 10),
    reason: 'On leave.',
    ...changes,
  });
  const lend = async (giver: ApiClient, role: string): Promise<string> => {
    const path = `/api/v1/organisations/${city}/delegations`;
    return (await giver.post<Identified>(path, delegate(role))).id;
  };
  const takeBack = (giver: ApiClient, id: string): Promise<unknown> =>
    giver.post(`/api/v1/delegations/${id}/end`, { reason: 'Back.' });
  const events = async (query: string): Promise<readonly AuditEvent[]> => {
    const path = `/api/v1/audit/events?pageSize=200&${query}`;
    return (await world.callers.officer.get<{ items: readonly AuditEvent[] }>(path)).items;
  };
  const delegationIn = async (query: string, type: string): Promise<unknown> =>
    (await events(query)).filter((event) => event.type === type).map((one) => one.delegationId);
  const underReview = async (): Promise<Agreement> => {
    const draft = { fromAgreementId: seeded.id };
    const { id } = await world.callers.owner.post<Agreement>(AGREEMENTS, draft);
    return (await submitAgreement(world.callers.owner, id)) as Agreement;
  };
  const review = ({ id, versionHash }: Agreement, by: ApiClient) =>
    by.try('POST', `${AGREEMENTS}/${id}/reviews`, { decision: 'accept', versionHash });
  const sign = ({ id, versionHash }: Agreement, by: ApiClient) =>
    by.try('POST', `${AGREEMENTS}/${id}/signatures`, { decision: 'sign', versionHash });
  const ask = (
    by: ApiClient,
    changes: object,
    headers: Headers = {},
  ): Promise<Identified & { readonly etag: string; readonly status: string }> =>
    by.post(
      REQUESTS,
      {
        projectId: world.seeded.projectId,
        datasetId: world.seeded.datasets[0]?.id,
        agreementId: seeded.id,
        purpose: RESEARCH_PURPOSE,
        justification: 'To compare.',
        until: addDays(today, 30),
        frequency: 'one_off',
        conflict: false,
        ...changes,
      },
      headers,
    );
  const approve = async (id: string, by: ApiClient): Promise<number> =>
    (await by.try('POST', `${REQUESTS}/${id}/decisions`, { decision: 'approved', reason: 'Fits.' }))
      .status;
  const issue = (by: ApiClient, accessRequestId: string) =>
    by.try<{ id: string; code: string }>(
      'POST',
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': randomUUID() },
    );

  describe('a deputy (R3.24)', () => {
    it('reviews for the dpo, says by which delegation, and does not sign too: two duties, two people', async () => {
      const { dpo, ownerSignatory, partnerDpo } = world.callers;
      const agreement = await underReview();
      expect((await review(agreement, deputy)).status).toBe(403);
      const asDpo = await lend(dpo, 'dpo');
      expect((await review(agreement, deputy)).status).toBe(200);
      expect(await delegationIn(`agreementId=${agreement.id}`, 'agreement.reviewed')).toEqual([
        asDpo,
      ]);
      await review(agreement, partnerDpo);
      const asSignatory = await lend(ownerSignatory, 'signatory');
      const both = await sign(agreement, deputy);
      expect(both).toMatchObject({ status: 403, body: { code: 'operation_denied' } });
      await takeBack(dpo, asDpo);
      await takeBack(ownerSignatory, asSignatory);
    });

    it('signs for the signatory: the sign-off and its event name the deputy and the delegation', async () => {
      const { ownerSignatory } = world.callers;
      const agreement = (await lockedAgreement(world)) as unknown as Agreement;
      const delegationId = await lend(ownerSignatory, 'signatory');
      expect((await sign(agreement, deputy)).status).toBe(200);
      expect(await delegationIn(`agreementId=${agreement.id}`, 'agreement.signed')).toEqual([
        delegationId,
      ]);
      const { signatures } = await ownerSignatory.get<{ signatures: readonly { jws: string }[] }>(
        `${AGREEMENTS}/${agreement.id}/signatures`,
      );
      const payload = Buffer.from(signatures[0]?.jws.split('.')[1] ?? '', 'base64url').toString();
      expect(JSON.parse(payload)).toMatchObject({
        signatory: { personId: deputyId, position: 'Deputy head', delegationId },
      });
      await takeBack(ownerSignatory, delegationId);
    });

    it('decides a request for the data owner, and names no deputy of their own', async () => {
      const { owner, researcher } = world.callers;
      const { id } = await ask(researcher, {});
      const { versionHash } = seeded;
      await researcher.post(`${REQUESTS}/${id}/submit`, { versionHash });
      expect(await approve(id, deputy)).toBe(403);
      const delegationId = await lend(owner, 'data_owner');
      const onward = await deputy.try(
        'POST',
        `/api/v1/organisations/${city}/delegations`,
        delegate('data_owner', { deputyId: await personIdOf(world.callers.dpo) }),
      );
      expect(onward).toMatchObject({ status: 403, body: { code: 'operation_denied' } });
      expect(await approve(id, deputy)).toBe(200);
      expect(await delegationIn(`accessRequestId=${id}`, 'request.approved')).toEqual([
        delegationId,
      ]);
      expect(await researcher.get(`${REQUESTS}/${id}`)).toMatchObject({
        status: 'approved',
        decisions: [{ position: 'Deputy head' }],
      });
      await takeBack(owner, delegationId);
    });

    it('is one person in an act of two (R3.10)', async () => {
      const { dpo, ownerSignatory } = world.callers;
      const [asDpo, asSignatory] = [
        await lend(dpo, 'dpo'),
        await lend(ownerSignatory, 'signatory'),
      ];
      const { approvalId } = await deputy.post<{ approvalId: string }>(
        `${AGREEMENTS}/${seeded.id}/terminate`,
        { reason: 'All by myself.', urgent: true },
      );
      const alone = await deputy.try('POST', `/api/v1/approvals/${approvalId}/approve`);
      expect(alone).toMatchObject({ status: 403, body: { code: 'approval_by_proposer' } });
      await dpo.post(`/api/v1/approvals/${approvalId}/reject`, { reason: 'No.' });
      await takeBack(dpo, asDpo);
      await takeBack(ownerSignatory, asSignatory);
      expect(await dpo.get(`${AGREEMENTS}/${seeded.id}`)).toMatchObject({ status: 'active' });
    });

    it('is one for stated days: not before the first, not after the last', async () => {
      const { dpo } = world.callers;
      const path = `/api/v1/organisations/${city}/delegations`;
      const tomorrow = { startsOn: addDays(today, 1), endsOn: addDays(today, 2) };
      const { id } = await dpo.post<Identified>(path, delegate('dpo', tomorrow));
      const [first, second] = [await underReview(), await underReview()];
      expect((await review(first, deputy)).status).toBe(403);
      const moveTo = (first: number, last: number): Promise<void> =>
        asSuperuser(
          world.db,
          `UPDATE delegation SET starts_on = '${addDays(today, first)}', ends_on = '${addDays(today, last)}'
           WHERE id = '${id}'`,
        );
      await moveTo(-5, 0);
      expect((await review(first, deputy)).status).toBe(200);
      await moveTo(-5, -1);
      expect((await review(second, deputy)).status).toBe(403);
      const long = { endsOn: addDays(today, 90) };
      const tooLong = await dpo.try('POST', path, delegate('dpo', long));
      expect(tooLong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/endsOn' }] } });
    });
  });

  describe('a review of an agreement in force (R3.18)', () => {
    const complete = (by: ApiClient, changes: object) =>
      by.try<Agreement & { errors: readonly { pointer: string }[] }>(
        'POST',
        `${AGREEMENTS}/${seeded.id}/reviews`,
        { decision: 'complete', ...changes },
      );

    it('is completed by the lead’s dpo with its next day, and the signed content stays as it is', async () => {
      const nextReviewOn = addMonths(today, 12);
      const { body, status } = await complete(world.callers.dpo, { nextReviewOn, reason: 'Well.' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ nextReviewOn, versionHash: seeded.versionHash });
      const types = (await events(`agreementId=${seeded.id}`)).map(({ type }) => type);
      expect(types).toContain('agreement.review-completed');
    });

    it.each<[string, string | undefined]>([
      ['without the next day', undefined],
      ['for today', today],
      ['for more than twelve months on', addDays(addMonths(today, 12), 1)],
    ])('is not completed %s', async (_what, nextReviewOn) => {
      const before = await world.callers.dpo.get<Agreement>(`${AGREEMENTS}/${seeded.id}`);
      const { status, body } = await complete(world.callers.dpo, { nextReviewOn });
      expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([422, ['/nextReviewOn']]);
      const after = await world.callers.dpo.get<Agreement>(`${AGREEMENTS}/${seeded.id}`);
      expect(after.nextReviewOn).toBe(before.nextReviewOn);
    });

    it.each([
      ['partnerDpo', 403],
      ['owner', 403],
      ['ownerSignatory', 403],
    ] as const)('is not completed by %s', async (persona, status) => {
      const answer = await complete(world.callers[persona], { nextReviewOn: addMonths(today, 3) });
      expect(answer.status).toBe(status);
    });
  });

  describe('a request that comes back', () => {
    const path = (id: string): string => `${REQUESTS}/${id}`;

    it('is its requester’s while it is a draft, is edited as it was read, and decided when submitted', async () => {
      const { owner, researcher, partnerSignatory } = world.callers;
      const { id, etag } = await ask(researcher, { projectId: world.seeded.projectId });
      expect((await owner.try('GET', path(id))).status).toBe(404);
      expect((await partnerSignatory.try('GET', path(id))).status).toBe(200);
      const { items } = await owner.get<{ items: readonly Identified[] }>(
        `${REQUESTS}?pageSize=100`,
      );
      expect(items.map((one) => one.id)).not.toContain(id);
      expect(await researcher.ifMatch(path(id))).toEqual({ 'if-match': etag });
      const justification = 'To compare by hour.';
      const edit = (headers: Headers, changes: object = { justification }) =>
        researcher.try('PATCH', path(id), changes, headers);
      expect(await edit({})).toMatchObject({
        status: 428,
        body: { code: 'precondition_required' },
      });
      expect(await edit({ 'if-match': etag })).toMatchObject({
        status: 200,
        body: { justification },
      });
      expect(await edit({ 'if-match': etag })).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed' },
      });
      const { versionHash } = seeded;
      await researcher.post(`${path(id)}/submit`, { versionHash });
      const comment = { decision: 'returned', reason: 'For how long?' };
      await owner.post(`${path(id)}/decisions`, comment);
      const current = await researcher.ifMatch(path(id));
      const wrong = await edit(current, { until: '2020-01-01', purpose: 'sales', projectId: id });
      expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/projectId' }] } });
      const until = addDays(today, 5);
      expect(await edit(current, { until })).toMatchObject({
        status: 200,
        body: { until, status: 'returned' },
      });
      const stranger = await world.outsider.try('PATCH', path(id), { until }, current);
      expect(stranger.status).toBe(404);
      expect(await researcher.post(`${path(id)}/submit`, { versionHash })).toMatchObject({
        status: 'in_review',
      });
      expect(await approve(id, owner)).toBe(200);
      const edited = (await events(`accessRequestId=${id}`)).filter(
        ({ type }) => type === 'request.edited',
      );
      expect(edited.map((event) => event.changedPaths)).toEqual([['/until'], ['/justification']]);
    });
  });

  describe('a joint project', () => {
    let agreement: Agreement;
    let projectId: string;
    let grants: readonly [string, string];

    beforeAll(async () => {
      const { owner, ownerSignatory, dpo } = world.callers;
      const founding = { founding: true, lead: false };
      const { id } = await owner.post<Agreement>(AGREEMENTS, {
        fromAgreementId: seeded.id,
        title: 'Streets of two boroughs',
        parties: [
          seeded.terms.parties.find(({ lead }) => lead),
          { ...camden.party, ...founding },
          { ...islington.party, ...founding },
        ],
        accreditations: [],
        trainings: [],
        orgChecks: [],
        signing: 'signed_outside',
        attachments: [{ kind: 'signed_pdf', sha256: 'c'.repeat(64), mediaType: 'application/pdf' }],
      });
      const { versionHash } = await submitAgreement(owner, id);
      const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(
        `${AGREEMENTS}/${id}/attest`,
        { versionHash },
      );
      await dpo.post(`/api/v1/approvals/${approvalId}/approve`);
      agreement = await owner.get<Agreement>(`${AGREEMENTS}/${id}`);
      const project = await camden.researcher.post<Identified>('/api/v1/projects', {
        organisationId: camden.organisationId,
        title: 'Two boroughs and a university',
        summary: 'Compares two boroughs.',
        publicBenefit: 'Better streets.',
        purposes: [RESEARCH_PURPOSE],
        startsOn: today,
        endsOn: addMonths(today, 6),
        ethicsApproved: false,
      });
      projectId = project.id;
    }, 60_000);

    const join = async (by: ApiClient, member: ApiClient, organisationId: string) =>
      by.try('POST', `/api/v1/projects/${projectId}/members`, {
        personId: await personIdOf(member),
        organisationId,
      });
    const granted = async (by: ApiClient): Promise<string> => {
      const about = { projectId, agreementId: agreement.id };
      const { id } = await ask(by, about);
      await by.post(`${REQUESTS}/${id}/submit`, { versionHash: agreement.versionHash });
      expect(await approve(id, world.callers.owner)).toBe(200);
      const { status, body } = await issue(by, id);
      expect(status).toBe(201);
      return body.id;
    };

    it('has members of several organisations, each in the name of their own', async () => {
      const { researcher, partnerSignatory } = world.callers;
      const university = (
        await researcher.get<{ memberships: readonly { organisationId: string }[] }>('/api/v1/me')
      ).memberships[0]?.organisationId;
      expect(
        (await join(islington.signatory, islington.researcher, islington.organisationId)).status,
      ).toBe(404);
      const unaffiliated = await join(camden.signatory, researcher, islington.organisationId);
      expect(unaffiliated).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/personId' }] },
      });
      await join(camden.signatory, islington.researcher, islington.organisationId);
      await join(camden.signatory, researcher, university ?? '');
      const { members } = await camden.signatory.post<{
        members: readonly { organisationId: string; isLead: boolean }[];
      }>(`/api/v1/projects/${projectId}/activate`);
      expect(members.map((one) => [one.organisationId, one.isLead])).toEqual([
        [camden.organisationId, true],
        [islington.organisationId, false],
        [university, false],
      ]);
      expect((await partnerSignatory.try('GET', `/api/v1/projects/${projectId}`)).status).toBe(200);
    });

    it('gives the members of each party theirs, and those of no party nothing', async () => {
      grants = [await granted(camden.researcher), await granted(islington.researcher)];
      const { researcher } = world.callers;
      const outside = await researcher.try('POST', REQUESTS, {
        projectId,
        agreementId: agreement.id,
        datasetId: agreement.terms.items[0]?.datasetId,
        purpose: RESEARCH_PURPOSE,
        justification: 'To compare.',
        until: addDays(today, 30),
        frequency: 'one_off',
        conflict: false,
      });
      expect(outside).toMatchObject({ status: 404, body: { code: 'not_found' } });
      const { items } = await camden.researcher.get<{ items: readonly Identified[] }>(REQUESTS);
      for (const { id } of items) {
        expect((await issue(researcher, id)).status).toBe(404);
        expect((await issue(islington.researcher, id)).status).toBe(404);
      }
    });

    it('loses with one party what that party held, and nothing else', async () => {
      const party = agreement.parties.find(
        ({ organisationId }) => organisationId === islington.organisationId,
      );
      await islington.signatory.post(
        `${AGREEMENTS}/${agreement.id}/parties/${party?.id ?? ''}/suspend`,
        { reason: 'A breach.' },
      );
      const statusOf = async (by: ApiClient, id: string): Promise<string> =>
        (await by.get<{ status: string }>(`/api/v1/grants/${id}`)).status;
      expect(await statusOf(camden.researcher, grants[0])).toBe('issued');
      expect(await statusOf(islington.researcher, grants[1])).toBe('revoked');
    });
  });

  describe('one form for several datasets', () => {
    interface Form {
      readonly formId: string;
      readonly requests: readonly {
        readonly id: string;
        readonly datasetId: string;
        readonly status: string;
        readonly decisions: readonly { readonly decision: string; readonly reason: string }[];
      }[];
    }
    const FORMS = '/api/v1/access-request-forms';
    const safe = 'As the university does.';
    let common: Readonly<Record<string, unknown>>;
    let items: readonly { readonly datasetId: string; readonly agreementId: string }[];

    beforeAll(async () => {
      const { researcher } = world.callers;
      const projects = await researcher.get<{ items: readonly Identified[] }>('/api/v1/projects');
      common = {
        projectId: projects.items.at(-1)?.id,
        purpose: RESEARCH_PURPOSE,
        justification: 'Searches beside air and boundaries.',
        until: addDays(today, 30),
        frequency: 'one_off',
        conflict: false,
        fiveSafes: { people: safe, project: safe, setting: safe, data: safe, outputs: safe },
      };
      items = seeded.terms.items
        .slice(0, 2)
        .map(({ datasetId }) => ({ datasetId, agreementId: seeded.id }));
    });
    const pathsOf = (answer: { body: unknown }): readonly string[] =>
      (answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);

    it('makes a request for each, decided one by one, and shows every decision', async () => {
      const { owner, researcher } = world.callers;
      const form = await researcher.post<Form>(FORMS, { ...common, items });
      expect(form.requests.map(({ datasetId, status }) => [datasetId, status])).toEqual(
        items.map(({ datasetId }) => [datasetId, 'draft']),
      );
      // To the owner drafts are absent, and so is the form.
      expect((await owner.try('GET', `${FORMS}/${form.formId}`)).status).toBe(404);
      const decisions = ['approved', 'refused'] as const;
      for (const [at, decision] of decisions.entries()) {
        const path = `${REQUESTS}/${form.requests[at]?.id ?? ''}`;
        await researcher.post(`${path}/submit`, { versionHash: seeded.versionHash });
        await owner.post(`${path}/decisions`, { decision, reason: `It is ${decision}.` });
      }
      for (const reader of [researcher, owner]) {
        const { requests } = await reader.get<Form>(`${FORMS}/${form.formId}`);
        expect(requests.map(({ status, decisions: [first] }) => [status, first?.reason])).toEqual(
          decisions.map((decision) => [decision, `It is ${decision}.`]),
        );
      }
      expect((await world.outsider.try('GET', `${FORMS}/${form.formId}`)).status).toBe(404);
    });

    it('makes none when one of its items is wrong, and names that one', async () => {
      const { researcher } = world.callers;
      const before = await researcher.get<{ items: readonly Identified[] }>(REQUESTS);
      const refused = async (wrong: readonly object[]) => {
        const answer = await researcher.try('POST', FORMS, { ...common, items: wrong });
        expect(answer.status).toBe(422);
        return pathsOf(answer);
      };
      const [first = {}] = items;
      expect(await refused([first, { ...items[1], delivery: 'presign' }])).toEqual([
        '/items/1/delivery',
      ]);
      expect(await refused([first, first])).toEqual(['/items']);
      expect(await refused([])).toEqual(['/items']);
      expect(await refused([{ ...first, datasetId: 'x' }])).toEqual(['/items/0/datasetId']);
      expect(await researcher.get(REQUESTS)).toEqual(before);
    });
  });
});
