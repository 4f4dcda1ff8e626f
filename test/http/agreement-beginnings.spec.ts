import type { Problem } from '../../sandbox/api-client.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

const PAPER = { kind: 'signed_pdf', sha256: 'b'.repeat(64), mediaType: 'application/pdf' };

interface Agreement {
  readonly id: string;
  readonly status: string;
  readonly versionHash: string | null;
  readonly terms: { readonly items: readonly object[] };
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
  const refusal = async (method: string, at: string, body?: object): Promise<string[]> => {
    const answer = await world.callers.owner.try(method, at, body);
    const { code, errors = [] } = answer.body as unknown as Problem & {
      errors?: { pointer: string }[];
    };
    return [String(answer.status), String(code), ...errors.map(({ pointer }) => pointer)];
  };

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
    const contradictory = await draft({
      fromAgreementId: earlier,
      items: [{ ...item, dataClass: 'special_category' }],
      modes: ['stream', 'sts'],
      endsOn: '2020-01-01',
    });
    const [status, code, ...pointers] = await refusal('POST', `${path}/${contradictory.id}/submit`);
    expect([status, code]).toEqual(['422', 'agreement_incomplete']);
    expect(pointers).toEqual(
      expect.arrayContaining(['/endsOn', '/legal', '/modes/1', '/rightsLead', '/sarContact']),
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
    const { id } = await draft({
      fromAgreementId: earlier,
      signing: 'signed_outside',
      attachments: [PAPER],
    });
    const { status, versionHash } = await owner.post<Agreement>(`${path}/${id}/submit`);
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
});
