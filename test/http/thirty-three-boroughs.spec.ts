import { createHash, createPublicKey, randomUUID, verify, type JsonWebKey } from 'node:crypto';
import { RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { approvedFor, boroughSubjects, registerBorough, type Borough } from '../support/borough.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

/** The City of London and the 32 London boroughs. */
const NAMES = [
  'Barking and Dagenham',
  'Barnet',
  'Bexley',
  'Brent',
  'Bromley',
  'Camden',
  'City of London',
  'Croydon',
  'Ealing',
  'Enfield',
  'Greenwich',
  'Hackney',
  'Hammersmith and Fulham',
  'Haringey',
  'Harrow',
  'Havering',
  'Hillingdon',
  'Hounslow',
  'Islington',
  'Kensington and Chelsea',
  'Kingston upon Thames',
  'Lambeth',
  'Lewisham',
  'Merton',
  'Newham',
  'Redbridge',
  'Richmond upon Thames',
  'Southwark',
  'Sutton',
  'Tower Hamlets',
  'Waltham Forest',
  'Wandsworth',
  'Westminster',
] as const;
const FOUNDING = 31;

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly version: number;
  readonly status: string;
  readonly versionHash: string;
  readonly terms: Readonly<Record<string, unknown>>;
  readonly parties: readonly {
    readonly id: string;
    readonly organisationId: string;
    readonly status: string;
  }[];
}

interface Signatures {
  readonly document: string;
  readonly versionHash: string;
  readonly signatures: readonly { readonly partyId: string; readonly jws: string }[];
}

/** The thirty-three boroughs of London under one agreement with the holder of the data. */
describe('one document, many parties', () => {
  let world: HttpWorld;
  let boroughs: readonly Borough[];
  let id: string;
  let hash: string;

  beforeAll(async () => {
    world = await httpWorld({}, boroughSubjects(NAMES));
    const registered: Borough[] = [];
    for (const name of NAMES) {
      registered.push(await registerBorough(world, name));
    }
    boroughs = registered;
  }, 240_000);

  afterAll(async () => {
    await world.close();
  }, 60_000);

  const path = (): string => `/api/v1/agreements/${id}`;
  const read = (): Promise<Agreement> => world.callers.owner.get<Agreement>(path());
  const borough = (at: number): Borough => boroughs[at] as Borough;
  const founders = (): readonly Borough[] => boroughs.slice(0, FOUNDING);
  const statusOf = async ({ organisationId }: Borough): Promise<string | undefined> =>
    (await read()).parties.find((party) => party.organisationId === organisationId)?.status;
  const partyIdOf = async ({ organisationId }: Borough): Promise<string> =>
    (await read()).parties.find((party) => party.organisationId === organisationId)?.id ?? '';
  const request = async (one: Borough): Promise<string> =>
    approvedFor(world, one, {
      agreementId: id,
      versionHash: hash,
      datasetId:
        world.seeded.datasets.find(({ title }) => title.startsWith('Boundaries'))?.id ?? '',
      purpose: RESEARCH_PURPOSE,
    });
  const issue = async (one: Borough, accessRequestId: string): Promise<string> => {
    const key = { 'idempotency-key': randomUUID() };
    const grants = '/api/v1/grants';
    return (await one.researcher.post<{ id: string }>(grants, { accessRequestId }, key)).id;
  };
  const grantStatus = async (one: Borough, grantId: string): Promise<string> =>
    (await one.researcher.get<{ status: string }>(`/api/v1/grants/${grantId}`)).status;

  it('is drafted once and accepted by every dpo, many at a time', async () => {
    const { owner, dpo } = world.callers;
    const model = await owner.get<Agreement>(
      `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`,
    );
    const lead = (model.terms['parties'] as readonly { lead: boolean }[]).find((one) => one.lead);
    const draft = await owner.post<Agreement>('/api/v1/agreements', {
      organisationId: model.organisationId,
      ...model.terms,
      title: 'Boundaries for every borough',
      parties: [
        lead,
        ...founders().map(({ party }) => ({ ...party, founding: true, lead: false })),
      ],
      accreditations: [],
      trainings: [],
      orgChecks: [],
      noticeDays: 0,
    });
    id = draft.id;
    const { versionHash } = await owner.post<Agreement>(
      `${path()}/submit`,
      {},
      await owner.ifMatch(path()),
    );
    hash = versionHash;
    const review = { decision: 'accept', versionHash };
    await Promise.all(
      [dpo, ...founders().map((one) => one.dpo)].map((one) =>
        one.post(`${path()}/reviews`, review),
      ),
    );
    expect(await read()).toMatchObject({ status: 'awaiting_signature', versionHash });
  }, 60_000);

  it('comes into force with the last of the signatures, given all at once', async () => {
    const signature = { decision: 'sign', versionHash: hash };
    const others = [
      world.callers.ownerSignatory,
      ...founders()
        .slice(1)
        .map((one) => one.signatory),
    ];
    await Promise.all(others.map((one) => one.post(`${path()}/signatures`, signature)));
    expect((await read()).status).toBe('awaiting_signature');
    const other = { decision: 'sign', versionHash: `sha-256:${'0'.repeat(64)}` };
    expect(await borough(0).signatory.try('POST', `${path()}/signatures`, other)).toMatchObject({
      status: 409,
      body: { code: 'signoff_stale', errors: [{ pointer: '/versionHash' }] },
    });
    await borough(0).signatory.post(`${path()}/signatures`, signature);
    const { status, parties } = await read();
    expect(status).toBe('active');
    expect(new Set(parties.map((party) => party.status))).toEqual(new Set(['active']));
    expect(parties).toHaveLength(FOUNDING + 1);
  }, 60_000);

  it('takes in two more while it is in force, each active as it signs', async () => {
    const [first, second] = [borough(FOUNDING), borough(FOUNDING + 1)];
    const outside = await second.researcher.try('GET', path());
    expect(outside.status).toBe(404);
    for (const one of [first, second]) {
      await world.callers.owner.post(`${path()}/accede`, one.party);
    }
    const answer = { decision: 'accept', versionHash: hash };
    await Promise.all([first, second].map((one) => one.dpo.post(`${path()}/reviews`, answer)));
    await first.signatory.post(`${path()}/signatures`, { decision: 'sign', versionHash: hash });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['active', 'reviewed']);
    const accessRequestId = await request(first);
    const early = await second.researcher.try('GET', path());
    expect(early.status).toBe(200);
    await second.signatory.post(`${path()}/signatures`, { decision: 'sign', versionHash: hash });
    expect(await statusOf(second)).toBe('active');
    expect(await grantStatus(first, await issue(first, accessRequestId))).toBe('issued');
  }, 60_000);

  it('holds a sign-off of each that anybody can verify with the published keys alone (R3.6, R3.9)', async () => {
    const { document, versionHash, signatures } = await borough(3).researcher.get<Signatures>(
      `${path()}/signatures`,
    );
    const answer = await fetch(new URL('/.well-known/jwks.json', world.config.publicUrl));
    const { keys } = (await answer.json()) as { keys: readonly (JsonWebKey & { kid: string })[] };
    const digest = `sha-256:${createHash('sha256').update(document).digest('hex')}`;
    expect(digest).toBe(versionHash);
    const partyIds = (await read()).parties.map((party) => party.id);
    expect(signatures.map(({ partyId }) => partyId).sort()).toEqual(partyIds.sort());
    for (const { partyId, jws } of signatures) {
      const { header, payload, isGenuine } = verified(jws, keys);
      expect(isGenuine).toBe(true);
      expect(header).toMatchObject({ alg: 'ES256', typ: 'concordat-signoff' });
      expect(payload).toMatchObject({ agreementId: id, version: 1, hash: digest, partyId });
    }
    const forged = signatures[0]?.jws.replace(
      /\.[^.]+\./,
      `.${signatures[1]?.jws.split('.')[1] ?? ''}.`,
    );
    expect(verified(forged ?? '', keys).isGenuine).toBe(false);
  }, 60_000);

  it('takes no signature twice, or of a stranger', async () => {
    const sign = (one: Borough['signatory'], versionHash: string) =>
      one.try('POST', `${path()}/signatures`, { decision: 'sign', versionHash });
    const held = (): Promise<Signatures> => world.callers.owner.get(`${path()}/signatures`);
    const before = await held();
    expect(await sign(borough(1).signatory, hash)).toMatchObject({
      status: 409,
      body: { code: 'transition_not_allowed', errors: [{ pointer: '/versionHash' }] },
    });
    // A signatory, and of no party here.
    expect((await sign(world.callers.partnerSignatory, hash)).status).toBe(404);
    expect(await held()).toEqual(before);
    const second = await world.callers.owner.try('POST', `${path()}/accede`, borough(1).party);
    expect([second.status, second.body['code']]).toEqual([409, 'conflict']);
  }, 60_000);

  it('lets one go without touching the others’ grants', async () => {
    const [leaver, founder, joiner] = [borough(4), borough(5), borough(FOUNDING + 1)];
    const grants = new Map<Borough, string>();
    for (const one of [leaver, founder, joiner]) {
      grants.set(one, await issue(one, await request(one)));
    }
    const withdraw = `${path()}/parties/${await partyIdOf(leaver)}/withdraw`;
    const notice = { reason: 'Merged.' };
    const denied = await founder.signatory.try('POST', withdraw, notice);
    expect(denied.status).toBe(403);
    await leaver.signatory.post(withdraw, notice);
    expect(await statusOf(leaver)).toBe('withdrawn');
    const after = async (one: Borough) => grantStatus(one, grants.get(one) ?? '');
    expect(await Promise.all([leaver, founder, joiner].map(after))).toEqual([
      'revoked',
      'issued',
      'issued',
    ]);
    expect((await read()).status).toBe('active');
  }, 60_000);

  it('takes nobody in once it has ended', async () => {
    const { ownerSignatory, dpo, owner } = world.callers;
    const end = { reason: 'The data moves elsewhere.', urgent: true };
    const { approvalId } = await ownerSignatory.post<{ approvalId: string }>(
      `${path()}/terminate`,
      end,
    );
    await dpo.post(`/api/v1/approvals/${approvalId}/approve`);
    const late = await owner.try('POST', `${path()}/accede`, borough(4).party);
    expect(late).toMatchObject({
      status: 409,
      body: { code: 'transition_not_allowed', errors: [{ pointer: '/organisationId' }] },
    });
    expect(await statusOf(borough(4))).toBe('withdrawn');
  }, 60_000);
});

/** A compact JWS (RFC 7515), with Node alone. */
function verified(jws: string, keys: readonly (JsonWebKey & { kid: string })[]) {
  const [protectedHeader = '', body = '', signature = ''] = jws.split('.');
  const parse = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const header = parse(protectedHeader);
  const jwk = keys.find(({ kid }) => kid === header['kid']);
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${protectedHeader}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return { header, payload: parse(body), isGenuine };
}
