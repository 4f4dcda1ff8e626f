import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { boroughSubjects, registerBorough, type Borough } from '../support/borough.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { lockedAgreement } from '../support/second-agreement.js';

const AGREEMENTS = '/api/v1/agreements';
const GUARDRAILS = '/api/v1/policy/guardrails';

interface Change {
  readonly pseudonym: string | null;
  readonly organisationId: string;
  readonly projectId: string | null;
  readonly agreementId: string;
  readonly datasetId: string;
  readonly action: string;
  readonly accessRequestId: string | null;
  readonly hasLiveGrant: boolean;
  readonly explanation: string | null;
  readonly unknown: readonly string[];
}
interface Impact {
  readonly version: number;
  readonly inForce: number | null;
  readonly activatesAt: string | null;
  readonly examined: number;
  readonly gains: readonly Change[];
  readonly losses: readonly Change[];
  readonly affected: readonly { readonly id: string; readonly pseudonym: string }[];
  readonly nextPageToken: string | null;
}
interface Locked {
  readonly id: string;
  readonly organisationId: string;
  readonly versionHash: string;
  readonly terms: { readonly items: readonly { readonly datasetId: string }[] };
}

describe('the impact of agreements and guardrails, before anybody signs', () => {
  let world: HttpWorld;
  let borough: Borough;
  let university: string;
  let pseudonym: string;
  let datasetId: string;
  let grant: IssuedGrant;
  let agreementId: string;

  beforeAll(async () => {
    world = await httpWorld({}, boroughSubjects(['Camden']));
    borough = await registerBorough(world, 'Camden');
    const { researcher } = world.callers;
    const me = await researcher.get<{
      pseudonym: string;
      memberships: readonly { organisationId: string }[];
    }>('/api/v1/me');
    pseudonym = me.pseudonym;
    university = me.memberships[0]?.organisationId ?? '';
    const { accessRequestId } = world.seeded;
    const request = await researcher.get<{ datasetId: string; agreementId: string }>(
      `/api/v1/access-requests/${accessRequestId}`,
    );
    ({ datasetId, agreementId } = request);
    const key = { 'idempotency-key': randomUUID() };
    grant = await researcher.post('/api/v1/grants', { accessRequestId }, key);
  }, 180_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  // What a node answers rests on the rules it knows: it hears of a publication in a moment.
  const catchUp = (): Promise<unknown> => world.app.get(PolicyService, { strict: false }).catchUp();
  const impactOf = async (by: ApiClient, id: string, query = ''): Promise<Impact> => {
    await catchUp();
    return by.get<Impact>(`${AGREEMENTS}/${id}/impact?${query}`);
  };
  const readsOf = (changes: readonly Change[]): readonly string[] =>
    changes
      .filter(({ action }) => action === 'dataset:read')
      .map((one) => one.datasetId)
      .sort();
  const explain = async (by: ApiClient, question: object): Promise<string> => {
    await catchUp();
    const me = await by.get<{ personId: string }>('/api/v1/me');
    const body = {
      personId: me.personId,
      projectId: world.seeded.projectId,
      action: 'dataset:read',
      ...question,
    };
    return (await by.post<{ outcome: string }>('/api/v1/policy/explain', body)).outcome;
  };
  const sign = async ({ id, versionHash }: Locked): Promise<void> => {
    for (const by of [world.callers.ownerSignatory, world.callers.partnerSignatory]) {
      await by.post(`${AGREEMENTS}/${id}/signatures`, { decision: 'sign', versionHash });
    }
  };

  describe('a new agreement', () => {
    let locked: Locked;
    beforeAll(async () => {
      locked = (await lockedAgreement(world)) as unknown as Locked;
    });

    it('says to the recipient’s signatory who gains what, by person, project, dataset and action', async () => {
      const { partnerSignatory } = world.callers;
      const { impactUrl } = await partnerSignatory.get<{ impactUrl: string }>(
        `${AGREEMENTS}/${locked.id}`,
      );
      const impact = await partnerSignatory.get<Impact>(impactUrl);
      expect(impact).toMatchObject({ version: 1, inForce: null, losses: [], affected: [] });
      const items = locked.terms.items.map((item) => item.datasetId).sort();
      expect(readsOf(impact.gains)).toEqual(items);
      expect(impact.gains).toContainEqual({
        pseudonym,
        organisationId: university,
        projectId: world.seeded.projectId,
        agreementId: locked.id,
        datasetId: items[0],
        action: 'dataset:read',
        accessRequestId: null,
        hasLiveGrant: false,
        explanation: expect.stringContaining('no agreement in force') as unknown,
        unknown: [],
      });
      expect(impact.gains.some(({ action }) => action === 'dataset:request')).toBe(true);
    });

    it('says to the provider how many, and not who: they have not asked', async () => {
      const seen = await impactOf(world.callers.ownerSignatory, locked.id);
      const own = await impactOf(world.callers.partnerSignatory, locked.id);
      expect(seen.gains).toHaveLength(own.gains.length);
      for (const gain of seen.gains) {
        expect(gain).toMatchObject({ pseudonym: null, projectId: null, explanation: null });
        expect(gain.organisationId).toBe(university);
      }
      expect(JSON.stringify(seen)).not.toContain(world.seeded.projectId);
    });

    it('says it to the operator’s officer by pseudonym, and nothing to others', async () => {
      const { officer, researcher } = world.callers;
      const seen = await impactOf(officer, locked.id);
      expect(seen.gains[0]).toMatchObject({ pseudonym });
      const path = `${AGREEMENTS}/${locked.id}/impact`;
      expect((await researcher.try('GET', path)).status).toBe(403);
      for (const by of [world.outsider, borough.signatory]) {
        expect((await by.try('GET', path)).status).toBe(404);
      }
    });

    it('comes page by page, each once, and no token says who it is about', async () => {
      const { partnerSignatory } = world.callers;
      const whole = await impactOf(partnerSignatory, locked.id);
      const gains: Change[] = [];
      let examined = 0;
      let token: string | null = '';
      while (token !== null) {
        const page: Impact = await impactOf(
          partnerSignatory,
          locked.id,
          `pageSize=1${token && `&pageToken=${token}`}`,
        );
        gains.push(...page.gains);
        examined += page.examined;
        token = page.nextPageToken;
        const plain = Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString();
        expect(plain).not.toContain(world.seeded.projectId);
        expect(plain).not.toContain(pseudonym);
      }
      expect(examined).toBe(whole.examined);
      expect(gains).toEqual(whole.gains);
      const much = await partnerSignatory.try(
        'GET',
        `${AGREEMENTS}/${locked.id}/impact?pageSize=201`,
      );
      expect(much.status).toBe(422);
    });

    it('and is what policy answers once it is signed', async () => {
      const { researcher, partnerSignatory } = world.callers;
      const item = { agreementId: locked.id, datasetId: locked.terms.items[0]?.datasetId };
      expect(await explain(researcher, item)).toBe('deny');
      await sign(locked);
      expect(await explain(researcher, item)).toBe('allow');
      const after = await impactOf(partnerSignatory, locked.id);
      expect(after).toMatchObject({ inForce: 1, activatesAt: null, gains: [], losses: [] });
    });
  });

  describe('an amendment', () => {
    it('says who loses, with the grant that runs, and keeps what stays', async () => {
      const { owner, ownerSignatory, partnerSignatory, dpo, partnerDpo, researcher } =
        world.callers;
      const path = `${AGREEMENTS}/${agreementId}`;
      const { terms } = await owner.get<Locked>(path);
      const items = terms.items.filter((item) => item.datasetId !== datasetId);
      expect(items.length).toBeLessThan(terms.items.length);
      await owner.post(`${path}/amend`, {}, await owner.ifMatch(path));
      const next = `${path}?version=2`;
      await owner.try('PATCH', path, { items }, await owner.ifMatch(next));
      const submitted = (await submitOpen(owner, path, next)) as Locked;
      for (const by of [dpo, partnerDpo]) {
        const { versionHash } = submitted;
        await by.post(`${path}/reviews`, { decision: 'accept', versionHash });
      }

      const impact = await impactOf(partnerSignatory, agreementId, 'version=2');
      expect(impact).toMatchObject({ version: 2, inForce: 1, gains: [] });
      expect(readsOf(impact.losses)).toEqual([datasetId]);
      const lost = impact.losses.find(({ action }) => action === 'dataset:read');
      expect(lost).toMatchObject({
        pseudonym,
        projectId: world.seeded.projectId,
        accessRequestId: world.seeded.accessRequestId,
        hasLiveGrant: true,
      });
      expect(impact.affected.map(({ id }) => id)).toEqual([grant.id]);
      // The data's owner knows who asked.
      const seen = await impactOf(ownerSignatory, agreementId, 'version=2');
      expect(seen.losses).toContainEqual(expect.objectContaining({ pseudonym }));
      // Of the version in force nothing is to come, and this is what falls with it.
      const now = await impactOf(ownerSignatory, agreementId);
      expect(now).toMatchObject({
        version: 1,
        gains: [],
        losses: [],
        affected: [{ id: grant.id }],
      });

      const question = { agreementId, datasetId };
      expect(await explain(researcher, question)).toBe('allow');
      await sign({ ...submitted, id: agreementId });
      expect(await explain(researcher, question)).toBe('deny');
    });

    const submitOpen = async (by: ApiClient, path: string, next: string): Promise<unknown> =>
      by.post(`${path}/submit`, {}, await by.ifMatch(next));
  });

  describe('a guardrail', () => {
    let approvalId: string;
    const propose = async (by: ApiClient, body: object): Promise<string> =>
      (await by.post<{ approvalId: string }>(GUARDRAILS, body)).approvalId;
    const impact = async (by: ApiClient, id: string): Promise<Impact> => {
      await catchUp();
      return by.get<Impact>(`/api/v1/approvals/${id}/impact`);
    };
    const rule = {
      id: 'G70',
      actions: ['dataset:request'],
      condition: { op: 'in', path: 'request.delivery', value: ['stream'] },
      message: 'No streams',
    };

    it('says to both who approve it whose access it takes', async () => {
      const { admin, officer } = world.callers;
      const fresh = await submittedRequest();
      approvalId = await propose(admin, rule);
      const { items } = await officer.get<{ items: { impactUrl: string }[] }>('/api/v1/approvals');
      expect(items[0]?.impactUrl).toBe(`/api/v1/approvals/${approvalId}/impact`);
      for (const by of [admin, officer]) {
        const { losses, gains } = await impact(by, approvalId);
        expect(gains).toEqual([]);
        expect(losses).toContainEqual(
          expect.objectContaining({
            pseudonym,
            accessRequestId: fresh,
            action: 'dataset:request',
            explanation: expect.stringContaining('guardrail G70') as unknown,
          }),
        );
      }
    });

    it('and to nobody else, nor once it is decided', async () => {
      const { officer, owner, researcher } = world.callers;
      const path = `/api/v1/approvals/${approvalId}/impact`;
      expect((await researcher.try('GET', path)).status).toBe(403);
      for (const by of [owner, world.outsider]) {
        expect((await by.try('GET', path)).status).toBe(404);
      }
      await officer.post(`/api/v1/approvals/${approvalId}/approve`);
      expect(await officer.try('GET', path)).toMatchObject({
        status: 409,
        body: { code: 'transition_not_allowed', from: 'approved' },
      });
    });

    it('its withdrawal says who gets access back', async () => {
      const { admin, officer } = world.callers;
      const id = await propose(officer, { id: rule.id, condition: null });
      const { gains, losses } = await impact(admin, id);
      expect(losses).toEqual([]);
      expect(gains.some((one) => one.pseudonym === pseudonym)).toBe(true);
      await admin.post(`/api/v1/approvals/${id}/approve`);
    });

    it('of one dataset is for its data owner and its dpo, and counts nobody of another', async () => {
      const { owner, dpo, admin, partnerDpo } = world.callers;
      const { terms } = await owner.get<Locked>(`${AGREEMENTS}/${agreementId}`);
      const own = terms.items[0]?.datasetId;
      const id = await propose(owner, { ...rule, id: 'D70', datasetId: own });
      const { losses } = await impact(dpo, id);
      expect(losses.length).toBeGreaterThan(0);
      expect(new Set(losses.map((one) => one.datasetId))).toEqual(new Set([own]));
      expect((await impact(admin, id)).losses).toEqual(losses);
      expect((await partnerDpo.try('GET', `/api/v1/approvals/${id}/impact`)).status).toBe(404);
    });

    it('names what nobody knows before the request: the address', async () => {
      const { admin } = world.callers;
      const condition = {
        op: 'not',
        of: { op: 'within', path: 'request.ip', value: ['10.0.0.0/8'] },
      };
      const { losses } = await impact(
        admin,
        await propose(admin, { ...rule, id: 'G71', condition }),
      );
      expect(losses[0]?.unknown).toEqual(['request.ip']);
    });

    it('only a guardrail change is compared so', async () => {
      const { ownerSignatory } = world.callers;
      const { approvalId: id } = await ownerSignatory.post<{ approvalId: string }>(
        `${AGREEMENTS}/${agreementId}/terminate`,
        { reason: 'Over.' },
      );
      const answer = await ownerSignatory.try('GET', `/api/v1/approvals/${id}/impact`);
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });

    /** Another request of the researcher, submitted and waiting for the owner. */
    const submittedRequest = async (): Promise<string> => {
      const { researcher } = world.callers;
      const agreement = await researcher.get<Locked>(`${AGREEMENTS}/${agreementId}`);
      const { id } = await researcher.post<{ id: string }>('/api/v1/access-requests', {
        projectId: world.seeded.projectId,
        datasetId: agreement.terms.items[0]?.datasetId,
        agreementId,
        purpose: 'https://w3id.org/dpv#AcademicResearch',
        justification: 'To compare.',
        delivery: 'stream',
        until: grant.expiresAt.slice(0, 10),
        frequency: 'one_off',
        conflict: false,
      });
      const { versionHash } = agreement;
      await researcher.post(`/api/v1/access-requests/${id}/submit`, { versionHash });
      return id;
    };
  });
});
