import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import { boroughSubjects, registerBorough, type Borough } from '../support/borough.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

const NAMES = ['Camden', 'Brent'] as const;
const AGREEMENTS = '/api/v1/agreements';
const WHY = { reason: 'It is no longer needed.' };

interface Notice {
  readonly id: string;
  readonly act: string;
  readonly partyId: string | null;
  readonly organisationId: string;
  readonly takesEffectAt: string;
}
interface Agreement {
  readonly id: string;
  readonly version: number;
  readonly amendment: string | null;
  readonly status: string;
  readonly versionHash: string;
  readonly endsAt: string;
  readonly terms: { readonly parties: readonly object[] };
  readonly parties: readonly {
    readonly id: string;
    readonly organisationId: string;
    readonly lead: boolean;
    readonly status: string;
  }[];
  readonly notices: readonly Notice[];
}

/** What happens to an agreement while it is in force, and to the grants under it, over HTTP. */
describe('an agreement in force', () => {
  let world: HttpWorld;
  let camden: Borough;
  /** Of no party: its people hold the same offices elsewhere. */
  let brent: Borough;
  let at: string;

  beforeAll(async () => {
    world = await httpWorld({}, boroughSubjects(NAMES));
    camden = await registerBorough(world, NAMES[0]);
    brent = await registerBorough(world, NAMES[1]);
    at = `${AGREEMENTS}/${world.seeded.agreements[0]?.id ?? ''}`;
    const { owner } = world.callers;
    const { versionHash } = await read();
    await owner.post(`${at}/accede`, camden.party);
    await camden.dpo.post(`${at}/reviews`, { decision: 'accept', versionHash });
    await camden.signatory.post(`${at}/signatures`, { decision: 'sign', versionHash });
  }, 180_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  const read = (by: ApiClient = world.callers.owner): Promise<Agreement> => by.get(at);
  const partyIdOf = async ({ organisationId }: Borough): Promise<string> =>
    (await read()).parties.find((party) => party.organisationId === organisationId)?.id ?? '';
  const approve = (approvalId: string) =>
    world.callers.dpo.post(`/api/v1/approvals/${approvalId}/approve`);
  const mailsTo = async (subject: string): Promise<readonly string[]> => {
    const rows = await world.db.database.manager.query<{ body: string }[]>(
      'SELECT body FROM mail_outbox WHERE recipient = $1 ORDER BY id',
      [`${subject}@sandbox.example`],
    );
    return rows.map(({ body }) => body);
  };
  const eventTypes = async (): Promise<readonly string[]> => {
    const path = `/api/v1/audit/events?pageSize=200&agreementId=${at.split('/').at(-1) ?? ''}`;
    const { items } = await world.callers.officer.get<{ items: { type: string }[] }>(path);
    return items.map(({ type }) => type).filter((type) => type.startsWith('notice.'));
  };

  describe('ends for a party after notice, which both sides see', () => {
    /** Gives notice, and reads it as three parties do. */
    async function noticed(give: () => Promise<unknown>): Promise<Notice> {
      await give();
      const views = await Promise.all(
        [world.callers.owner, world.callers.partnerDpo, camden.dpo].map(read),
      );
      const [notice] = views[0]?.notices ?? [];
      expect(views.map(({ notices }) => notices)).toEqual(Array(3).fill([notice]));
      expect(new Set(views[0]?.parties.map(({ status }) => status))).toEqual(new Set(['active']));
      return notice as Notice;
    }
    const takeBack = ({ id }: Notice, by: ApiClient) =>
      by.try('POST', `${at}/notices/${id}/take-back`, { reason: 'It is needed.' });

    it('withdraw is the party’s to give and to take back, and nobody else’s', async () => {
      const partyId = await partyIdOf(camden);
      const withdraw = `${at}/parties/${partyId}/withdraw`;
      expect((await camden.dpo.try('POST', withdraw, WHY)).status).toBe(403);
      expect((await world.callers.ownerSignatory.try('POST', withdraw, WHY)).status).toBe(403);
      expect((await brent.signatory.try('POST', withdraw, WHY)).status).toBe(404);
      expect(await camden.signatory.try('POST', withdraw, { reason: ' ' })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/reason' }] },
      });
      const notice = await noticed(() => camden.signatory.post(withdraw, WHY));
      const { organisationId } = camden;
      expect(notice).toMatchObject({ act: 'withdraw', partyId, organisationId });
      expect(await camden.signatory.try('POST', withdraw, WHY)).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
      expect((await mailsTo('dpo')).at(-1)).toContain('Camden leaves it');
      expect((await takeBack(notice, world.callers.ownerSignatory)).status).toBe(403);
      expect((await takeBack(notice, brent.signatory)).status).toBe(404);
      const elsewhere = { ...notice, id: randomUUID() };
      expect((await takeBack(elsewhere, camden.signatory)).status).toBe(404);
      expect(await takeBack(notice, camden.signatory)).toMatchObject({
        status: 200,
        body: { notices: [] },
      });
      expect((await takeBack(notice, camden.signatory)).status).toBe(404);
      expect((await mailsTo('dpo')).at(-1)).toContain('was taken back');
      expect([...(await eventTypes())].sort()).toEqual(['notice.sent', 'notice.taken-back']);
    });

    it('exclude takes two of the lead, and the lead takes it back', async () => {
      const partyId = await partyIdOf(camden);
      const { ownerSignatory, dpo } = world.callers;
      const exclude = `${at}/parties/${partyId}/exclude`;
      expect((await camden.signatory.try('POST', exclude, WHY)).status).toBe(403);
      expect((await brent.signatory.try('POST', exclude, WHY)).status).toBe(404);
      const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(exclude, WHY);
      expect((await read()).notices).toEqual([]);
      const notice = await noticed(() => approve(approvalId));
      expect(notice).toMatchObject({ act: 'exclude', partyId });
      expect(await mailsTo('camden-signatory')).toContainEqual(
        expect.stringContaining('the lead excludes Camden from it'),
      );
      expect((await takeBack(notice, camden.signatory)).status).toBe(403);
      expect((await takeBack(notice, dpo)).status).toBe(200);
      expect((await read(camden.dpo)).notices).toEqual([]);
    });

    it('terminate names the day on which the agreement ends, until it is taken back', async () => {
      const { ownerSignatory, partnerSignatory } = world.callers;
      const before = await read();
      // Nobody says when notice was given: it is given now.
      const claimed = { ...WHY, noticeGivenOn: '2020-01-01' };
      expect(await ownerSignatory.try('POST', `${at}/terminate`, claimed)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/noticeGivenOn' }] },
      });
      expect((await partnerSignatory.try('POST', `${at}/terminate`, WHY)).status).toBe(403);
      expect((await brent.signatory.try('POST', `${at}/terminate`, WHY)).status).toBe(404);
      const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(
        `${at}/terminate`,
        WHY,
      );
      const notice = await noticed(() => approve(approvalId));
      expect(notice).toMatchObject({ act: 'terminate', partyId: null });
      expect((await read()).endsAt).toBe(notice.takesEffectAt);
      expect((await takeBack(notice, partnerSignatory)).status).toBe(403);
      expect((await takeBack(notice, ownerSignatory)).status).toBe(200);
      expect((await read()).endsAt).toBe(before.endsAt);
    });
  });

  it('lets a researcher read on when only contacts change: the token lives, and refreshes (R3.2)', async () => {
    const { owner, ownerSignatory, dpo, partnerDpo, researcher } = world.callers;
    const { accessRequestId } = world.seeded;
    const grant = await researcher.post<{ id: string; token: string; objectsUrl: string }>(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const objects = async (token: string): Promise<number> =>
      (await fetch(grant.objectsUrl, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await objects(grant.token)).toBe(200);

    const { terms } = await read();
    const draft = await owner.post<Agreement>(`${at}/amend`, {}, await owner.ifMatch(at));
    expect(draft).toMatchObject({ version: 2, status: 'draft' });
    expect((await partnerDpo.try('GET', `${at}?version=2`)).status).toBe(404);
    expect((await world.outsider.try('GET', `${at}?version=2`)).status).toBe(404);
    const parties = terms.parties.map((one) => ({ ...one, breachContact: 'new@sandbox.example' }));
    const open = (): Promise<Readonly<Record<string, string>>> => owner.ifMatch(`${at}?version=2`);
    expect((await owner.try('PATCH', at, { parties }, await open())).status).toBe(200);
    const { versionHash } = await owner.post<Agreement>(`${at}/submit`, {}, await open());
    expect(await read(partnerDpo)).toMatchObject({ version: 1 });
    const accept = { decision: 'accept', versionHash };
    await dpo.post(`${at}/reviews`, accept);
    await partnerDpo.post(`${at}/reviews`, accept);
    await ownerSignatory.post(`${at}/signatures`, { decision: 'sign', versionHash });
    expect(await read()).toMatchObject({
      version: 2,
      amendment: 'administrative',
      status: 'active',
    });
    expect(await mailsTo('partnerdpo')).toContainEqual(
      expect.stringContaining('your sign-off carries over'),
    );

    expect(await objects(grant.token)).toBe(200);
    const { token } = await researcher.post<{ token: string }>(`/api/v1/grants/${grant.id}/token`);
    expect(await objects(token)).toBe(200);
    expect(await objects(grant.token)).toBe(200);
  });
});
