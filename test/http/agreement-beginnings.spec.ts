import type { Problem } from '../../sandbox/api-client.js';
import { RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { submitAgreement } from '../../sandbox/seed/agreement.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

const PAPER = { kind: 'signed_pdf', sha256: 'b'.repeat(64), mediaType: 'application/pdf' };
const ON_PAPER = { signing: 'signed_outside', attachments: [PAPER] };

interface Agreement {
  readonly id: string;
  readonly status: string;
  readonly versionHash: string | null;
  readonly terms: { readonly items: readonly object[]; readonly parties: readonly object[] };
  readonly parties: readonly { readonly status: string }[];
  readonly warnings: readonly { readonly code: string; readonly agreementId?: string }[];
  readonly attestation: { readonly paperSha256: string } | null;
}

/** From templates, from earlier agreements and from paper, over HTTP. */
describe('where agreements begin', () => {
  let world: HttpWorld;
  let earlier: string;

  beforeAll(async () => {
    world = await httpWorld();
    earlier = world.seeded.agreements[0]?.id ?? '';
  }, 120_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  const path = '/api/v1/agreements';
  const draft = (body: object): Promise<Agreement> => world.callers.owner.post(path, body);
  const refusal = async (
    method: string,
    at: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string[]> => {
    const answer = await world.callers.owner.try(method, at, body, headers);
    const { code, errors = [] } = answer.body as unknown as Problem & {
      errors?: { pointer: string }[];
    };
    return [String(answer.status), String(code), ...errors.map(({ pointer }) => pointer)];
  };

  const submission = async ({ id }: Agreement): Promise<string[]> =>
    refusal('POST', `${path}/${id}/submit`, {}, await world.callers.owner.ifMatch(`${path}/${id}`));

  it('offers templates to those who draft, and starts a draft from each', async () => {
    const { items } = await world.callers.owner.get<{ items: { template: string }[] }>(
      '/api/v1/agreement-templates',
    );
    expect(items.length).toBeGreaterThanOrEqual(3);
    for (const { template } of items) {
      expect((await draft({ fromTemplate: template })).status).toBe('draft');
    }
    const { status } = await world.callers.researcher.try('GET', '/api/v1/agreement-templates');
    expect(status).toBe(403);
  });

  it('names every contradiction of a draft at once, and changes nothing', async () => {
    const { terms } = await draft({ fromAgreementId: earlier });
    const [item] = terms.items;
    const [provider, recipient] = terms.parties as readonly [{ signatoryId: string }, object];
    const contradictory = await draft({
      fromAgreementId: earlier,
      items: [{ ...item, dataClass: 'special_category' }],
      // Somebody's signatory, and not this party's.
      parties: [provider, { ...recipient, signatoryId: provider.signatoryId }],
      modes: ['stream', 'sts'],
      purposes: ['https://w3id.org/dpv#AcademicResearch', 'fun'],
      reviewOn: '2020-01-01',
      endsOn: '2020-01-01',
    });
    const [status, code, ...pointers] = await submission(contradictory);
    expect([status, code]).toEqual(['422', 'agreement_incomplete']);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/endsOn',
        '/reviewOn',
        '/purposes/1',
        '/parties/1/signatoryId',
        '/legal',
        '/modes/1',
        '/rightsLead',
        '/sarContact',
      ]),
    );
    const after = await world.callers.owner.get<Agreement>(`${path}/${contradictory.id}`);
    expect(after).toMatchObject({ status: 'draft', versionHash: null });
  });

  it('keeps an agreement from whoever may not read it', async () => {
    const { status } = await world.outsider.try('POST', path, { fromAgreementId: earlier });
    expect(status).toBe(404);
    expect(await refusal('POST', path, { fromTemplate: 'fun' })).toEqual([
      '422',
      'input_invalid',
      '/fromTemplate',
    ]);
  });

  it('says that a draft overlaps an agreement in force', async () => {
    const { warnings } = await draft({ fromAgreementId: earlier });
    expect(warnings).toMatchObject([{ code: 'overlaps', agreementId: earlier }]);
  });

  it('puts what was signed on paper in force when two have vouched for it (R3.22)', async () => {
    const { owner, ownerSignatory, dpo } = world.callers;
    const { id } = await draft({ fromAgreementId: earlier, ...ON_PAPER });
    const { status, versionHash } = await submitAgreement(owner, id);
    expect(status).toBe('draft');
    expect((await dpo.try('POST', `${path}/${id}/attest`, { versionHash })).status).toBe(403);
    const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(
      `${path}/${id}/attest`,
      { versionHash },
    );
    const own = await ownerSignatory.try('POST', `/api/v1/approvals/${approvalId}/approve`);
    expect(own.status).toBe(403);
    await dpo.post(`/api/v1/approvals/${approvalId}/approve`);
    const agreement = await owner.get<Agreement>(`${path}/${id}`);
    expect(agreement).toMatchObject({
      status: 'active',
      parties: [{ status: 'active' }, { status: 'active' }],
      attestation: { paperSha256: PAPER.sha256 },
    });
    expect(await owner.get(`${path}/${id}/signatures`)).toMatchObject({
      signing: 'signed_outside',
      signatures: [],
    });
  });

  it('changes a draft, submits and amends only as it was read: 428 without, 412 to the loser', async () => {
    const { owner } = world.callers;
    const { id } = await draft({ fromAgreementId: earlier });
    const read = await owner.ifMatch(`${path}/${id}`);
    const edit = { title: 'Mine' };
    for (const [method, at, body] of [
      ['PATCH', `${path}/${id}`, edit],
      ['POST', `${path}/${id}/submit`],
      ['POST', `${path}/${earlier}/amend`],
      ['POST', `${path}/${earlier}/renew`, { endsOn: '2030-01-01', reviewOn: '2029-01-01' }],
    ] as const) {
      expect(await refusal(method, at, body)).toEqual(['428', 'precondition_required']);
      const stale = await refusal(method, at, body, { 'if-match': '"9.9"' });
      expect(stale).toEqual(['412', 'precondition_failed']);
    }
    const both = await Promise.all(
      [1, 2].map((at) => owner.try('PATCH', `${path}/${id}`, { title: String(at) }, read)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(await refusal('POST', `${path}/${id}/submit`, {}, read)).toEqual([
      '412',
      'precondition_failed',
    ]);
    const { versionHash } = await submitAgreement(owner, id);
    const { dpo } = world.callers;
    const unread = await dpo.try('POST', `${path}/${id}/reviews`, { decision: 'accept' });
    expect(unread).toMatchObject({ status: 422, body: { errors: [{ pointer: '/versionHash' }] } });
    await dpo.post(`${path}/${id}/reviews`, { decision: 'accept', versionHash });
  });

  it('carries an agreement forward with one call, and shows term by term what changes (R3.23)', async () => {
    const { owner, partnerDpo } = world.callers;
    const model = await owner.get<Agreement & { terms: { endsOn: string } }>(`${path}/${earlier}`);
    const { endsOn } = model.terms;
    const dates = {
      startsOn: addDays(endsOn, 1),
      endsOn: addDays(endsOn, 365),
      reviewOn: addDays(endsOn, 180),
    };
    const ifMatch = await owner.ifMatch(`${path}/${earlier}`);
    const wrong = { ...dates, endsOn: '2027-02-30' };
    expect(await refusal('POST', `${path}/${earlier}/renew`, wrong, ifMatch)).toEqual([
      '422',
      'input_invalid',
      '/endsOn',
    ]);
    const renewed = await owner.post<Agreement & { version: number }>(
      `${path}/${earlier}/renew`,
      dates,
      ifMatch,
    );
    expect(renewed).toMatchObject({ version: 2, status: 'draft', terms: dates });
    expect(await owner.get(`${path}/${earlier}`)).toMatchObject({ version: 1, status: 'active' });
    // Until it is put to them, the other parties see the version in force and nothing of the next.
    expect(await partnerDpo.get(`${path}/${earlier}/changes`)).toMatchObject({
      to: 1,
      changes: [],
    });
    expect((await partnerDpo.try('GET', `${path}/${earlier}?version=2`)).status).toBe(404);
    expect(await owner.get(`${path}/${earlier}/changes`)).toMatchObject({
      from: 1,
      to: 2,
      amendment: 'material',
      changes: [
        { pointer: '/endsOn', before: endsOn, after: dates.endsOn },
        { pointer: '/reviewOn', after: dates.reviewOn },
        { pointer: '/startsOn', after: dates.startsOn },
      ],
    });
    expect(await refusal('POST', `${path}/${earlier}/amend`, {}, ifMatch)).toEqual([
      '409',
      'conflict',
    ]);
    await owner.post(`${path}/${earlier}/terminate`, { reason: 'Not yet.', version: 2 });
    expect(await owner.get(`${path}/${earlier}?version=2`)).toMatchObject({ status: 'terminated' });
    expect(await owner.get(`${path}/${earlier}`)).toMatchObject({ version: 1, status: 'active' });
  });

  describe('what lets out answers instead of files (privacy.md section 4)', () => {
    const AGGREGATE = {
      schema: 1,
      protection: 'round5',
      dimensions: [{ column: 'Gender', keys: 'private' }],
      measures: [{ fn: 'units' }],
      tables: [{ name: 'by_gender', groupBy: [{ column: 'Gender' }], measures: [{ fn: 'units' }] }],
      queriesPerDay: 10,
    };
    let item: { readonly datasetId: string; readonly fields: readonly { readonly name: string }[] };
    let files: object;
    const terms = (aggregate: object): object => ({
      fromAgreementId: earlier,
      ...ON_PAPER,
      items: [{ ...item, release: 'aggregate', aggregate }],
      modes: ['aggregate'],
      actions: ['dataset:request', 'aggregate:query'],
    });
    const whole = (): object => ({
      ...AGGREGATE,
      unit: { column: item.fields.find(({ name }) => name !== 'Gender')?.name },
    });

    beforeAll(async () => {
      const model = await world.callers.owner.get<Agreement>(`${path}/${earlier}`);
      [item, files] = model.terms.items as [typeof item, object];
    });

    it('is no draft in another shape, and no agreement with faults: each has its pointer', async () => {
      const misread = {
        ...whole(),
        protection: 'none',
        budget: { accountant: 'pure', epsilon: 2 },
      };
      expect(await refusal('POST', path, terms(misread))).toEqual([
        '422',
        'input_invalid',
        '/items/0/aggregate/protection',
        '/items/0/aggregate/budget/epsilon',
      ]);
      expect(await refusal('POST', path, terms({ ...whole(), sql: 'SELECT 1' }))).toEqual([
        '422',
        'agreement_field_unknown',
        '/items/0/aggregate/sql',
      ]);
      const faulty = await draft(
        terms({
          ...whole(),
          protection: 'dp',
          measures: [{ fn: 'sum', column: 'Gender', low: '0', high: '9' }],
        }),
      );
      const [status, code, ...pointers] = await submission(faulty);
      expect([status, code]).toEqual(['422', 'agreement_incomplete']);
      expect(pointers).toEqual(
        ['measures/0/column', 'tables', 'maxGroupsPerUnit', 'maxRowsPerUnitGroup', 'budget']
          .concat('tables/0/measures/0')
          .map((member) => `/items/0/aggregate/${member}`),
      );
    });

    it('is hashed, in force and exported, and grants no file', async () => {
      const { owner, ownerSignatory, dpo, researcher } = world.callers;
      const [answers] = (terms(whole()) as { items: object[] }).items;
      const { id } = await draft({
        ...terms(whole()),
        items: [answers, files],
        modes: ['aggregate', 'stream'],
        actions: ['dataset:request', 'aggregate:query', 'dataset:read'],
      });
      const { versionHash } = await submitAgreement(owner, id);
      const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(
        `${path}/${id}/attest`,
        { versionHash },
      );
      await dpo.post(`/api/v1/approvals/${approvalId}/approve`);
      const agreement = await owner.get<Agreement>(`${path}/${id}`);
      expect(agreement).toMatchObject({
        status: 'active',
        terms: { items: [{ aggregate: whole() }, files] },
      });
      const { document } = await owner.get<{ document: string }>(`${path}/${id}/signatures`);
      expect(JSON.parse(document)).toMatchObject({ items: [{ aggregate: whole() }, files] });
      expect(await owner.get(`${path}/${id}/odrl`)).toMatchObject({
        permission: [
          { action: 'derive', target: `urn:uuid:${item.datasetId}` },
          { action: 'read' },
        ],
      });
      const request = {
        projectId: world.seeded.projectId,
        datasetId: item.datasetId,
        agreementId: id,
        purpose: RESEARCH_PURPOSE,
        justification: 'The table answers the question.',
        until: addDays(londonDay(systemClock.now()), 30),
        frequency: 'one_off',
        conflict: false,
      };
      const requests = '/api/v1/access-requests';
      const { id: accessRequestId } = await researcher.post<{ id: string }>(requests, {
        ...request,
        delivery: 'aggregate',
      });
      await researcher.post(`${requests}/${accessRequestId}/submit`, { versionHash });
      const decision = { decision: 'approved', reason: 'It fits.' };
      await owner.post(`${requests}/${accessRequestId}/decisions`, decision);
      for (const [delivery, status, code] of [
        ['aggregate', 409, 'no_delivery_mode'],
        ['stream', 403, 'policy_denied'],
      ] as const) {
        const issued = await researcher.try(
          'POST',
          '/api/v1/grants',
          { accessRequestId, delivery },
          { 'idempotency-key': delivery },
        );
        expect(issued).toMatchObject({ status, body: { code } });
      }
    });
  });
});
