import { submitRequest } from '../../sandbox/seed/research.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { PageVisitor } from '../../sandbox/page-visitor.js';
import { submitAgreement } from '../../sandbox/seed/agreement.js';

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly versionHash: string;
  readonly terms: Readonly<Record<string, unknown>>;
}

describe('what waits for somebody on their first page', () => {
  let world: HttpWorld;
  const visitors = new Map<PersonaName, PageVisitor>();

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  /** The kinds of things that wait for them, and where each leads. */
  async function waitingFor(persona: PersonaName): Promise<Record<string, string[]>> {
    const visitor =
      visitors.get(persona) ??
      (await PageVisitor.signedIn(world.config.publicUrl, persona, `password of ${persona}`));
    visitors.set(persona, visitor);
    const { html } = await visitor.get('/');
    const groups = html.matchAll(
      /<h3[^>]* id="([\w-]+)"[\s\S]*?<ul class="[^"]*app-tasks">([\s\S]*?)<\/ul>/g,
    );
    return Object.fromEntries(
      [...groups].map(([, kind = '', list = '']) => [
        kind,
        [...list.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href),
      ]),
    );
  }
  const agreementLike = async (): Promise<Agreement> => {
    const { callers, seeded } = world;
    const path = `/api/v1/agreements/${seeded.agreements[0]?.id ?? ''}`;
    const model = await callers.owner.get<Agreement>(path);
    return callers.owner.post<Agreement>('/api/v1/agreements', {
      organisationId: model.organisationId,
      ...model.terms,
    });
  };

  it('is the data that a researcher was given access to, until they have fetched a grant', async () => {
    const { callers, seeded } = world;
    const { accessRequestId } = seeded;
    expect(await waitingFor('researcher')).toEqual({ take: [`/requests/${accessRequestId}`] });
    await callers.researcher.post(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': 'first' },
    );
    expect(await waitingFor('researcher')).toEqual({});
  });

  it('is a review for each data protection officer, and then a signature for each signatory (R3.7)', async () => {
    const { callers } = world;
    const { id } = await agreementLike();
    expect(await waitingFor('dpo')).toEqual({});
    const { versionHash } = await submitAgreement(callers.owner, id);
    const review = { review: [`/agreements/${id}/review`] };
    expect(await waitingFor('dpo')).toEqual(review);
    expect(await waitingFor('partnerDpo')).toEqual(review);
    expect(await waitingFor('ownerSignatory')).toEqual({});
    const path = `/api/v1/agreements/${id}`;
    const accept = { decision: 'accept', versionHash };
    await callers.dpo.post(`${path}/reviews`, accept);
    expect(await waitingFor('dpo')).toEqual({});
    await callers.partnerDpo.post(`${path}/reviews`, accept);
    const sign = { sign: [`/agreements/${id}/sign`] };
    expect(await waitingFor('ownerSignatory')).toEqual(sign);
    expect(await waitingFor('partnerSignatory')).toEqual(sign);
    await callers.ownerSignatory.post(`${path}/signatures`, { decision: 'sign', versionHash });
    expect(await waitingFor('ownerSignatory')).toEqual({});
    expect(await waitingFor('partnerSignatory')).toEqual(sign);
  });

  it('is a decision for the data owner, and what was returned for who asked', async () => {
    const { callers, seeded } = world;
    const [agreement] = seeded.agreements;
    const { versionHash } = await callers.owner.get<Agreement>(
      `/api/v1/agreements/${agreement?.id ?? ''}`,
    );
    const { id } = await submitRequest(
      { callers, today: londonDay(systemClock.now()) },
      {
        projectId: seeded.projectId,
        datasetId: seeded.datasets[1]?.id ?? '',
        agreement: { id: agreement?.id ?? '', versionHash },
        purpose: 'https://w3id.org/dpv#AcademicResearch',
      },
    );
    expect(await waitingFor('owner')).toEqual({ decide: [`/requests/${id}`] });
    await callers.owner.post(`/api/v1/access-requests/${id}/decisions`, {
      decision: 'returned',
      reason: 'Say which years.',
    });
    expect(await waitingFor('owner')).toEqual({});
    expect(await waitingFor('researcher')).toEqual({ correct: [`/requests/${id}`] });
  });

  it('is the answer of a second person, and of nobody who proposed it (R3.10)', async () => {
    const { callers, seeded } = world;
    const path = `/api/v1/agreements/${seeded.agreements[0]?.id ?? ''}`;
    const { approvalId } = await callers.ownerSignatory.post<{ approvalId: string }>(
      `${path}/terminate`,
      { reason: 'No longer needed.' },
    );
    expect(await waitingFor('dpo')).toMatchObject({ approve: [`/approvals/${approvalId}`] });
    expect(await waitingFor('ownerSignatory')).not.toHaveProperty('approve');
    expect(await waitingFor('owner')).not.toHaveProperty('approve');
  });
});
