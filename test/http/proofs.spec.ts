import { systemClock } from '../../src/kernel/clock.js';
import { deliveryWorld, type DeliveryWorld, type HeldGrant } from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { proofKey, type Proof } from '../support/proof-key.js';

const BODY = Buffer.from('time,count\n08:00,12\n');

/** GD-11: a grant that is bound to a key gives nothing to who has only its token. */
describe('a grant bound to a key', () => {
  const key = proofKey();
  let world: DeliveryWorld;
  let store: FaultyStore;
  let version: string;
  let held: HeldGrant;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    store.objects.set(`${world.prefix}counts.csv`, BODY);
    version = await world.seal([{ name: 'counts.csv', body: BODY }]);
    const grant = await world.grantOf(version, { jkt: key.jkt });
    held = await world.tokenFor(grant.id, 1, key.jkt);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  const path = (): string => `${held.path}/counts.csv`;
  const publicUrl = (): string => world.nodes[0].url;
  const proof = (changes: Partial<Proof> = {}): string =>
    key.prove({
      method: 'GET',
      url: publicUrl() + path(),
      token: held.token,
      iat: Math.floor(world.clock.now().getTime() / 1000),
      ...changes,
    });
  const get = (headers: Record<string, string>, node = world.nodes[0]): Promise<Response> =>
    fetch(node.url + path(), { headers });
  const read = (dpop: string, scheme = 'DPoP'): Promise<Response> =>
    get({ authorization: `${scheme} ${held.token}`, dpop });

  it('is read with its token and a proof', async () => {
    const response = await read(proof());
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(BODY);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ['its token alone', () => get({ authorization: `Bearer ${held.token}` }), 'dpop_required'],
    ['no proof', () => get({ authorization: `DPoP ${held.token}` }), 'dpop_required'],
    ['a proof beside a bearer token', () => read(proof(), 'Bearer'), 'dpop_required'],
    ['a proof for HEAD', () => read(proof({ method: 'HEAD' })), 'dpop_proof_invalid'],
    [
      'a re-targeted proof',
      () => read(proof({ url: `${publicUrl()}/api/v1/grants` })),
      'dpop_proof_invalid',
    ],
    ['a proof of another token', () => read(proof({ token: 'other' })), 'dpop_proof_invalid'],
    [
      'an old proof',
      () => read(proof({ iat: systemClock.now().getTime() / 1000 - 9_999 })),
      'dpop_proof_invalid',
    ],
    [
      'another’s key',
      () => {
        const iat = Math.floor(world.clock.now().getTime() / 1000);
        const url = publicUrl() + path();
        return read(proofKey().prove({ method: 'GET', url, token: held.token, iat }));
      },
      'dpop_proof_invalid',
    ],
    ['text', () => read('proof'), 'dpop_proof_invalid'],
  ])('is not read with %s', async (_, attempt, code) => {
    const response = await attempt();
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ type: `urn:concordat:problem:${code}` }),
    ]);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^DPoP .*algs="ES256", resource_metadata=/,
    );
  });

  it('is not read twice with one proof, on another node either', async () => {
    const once = proof();
    expect((await read(once)).status).toBe(200);
    expect((await read(once)).status).toBe(401);
    const headers = { authorization: `DPoP ${held.token}`, dpop: once };
    expect((await get(headers, world.nodes[1])).status).toBe(401);
  });

  it('is read once by fifty who show the same proof at the same time', async () => {
    const once = proof();
    const answers = await Promise.all(Array.from({ length: 50 }, () => read(once)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('an unbound token is not presented as if it were bound', async () => {
    const bearer = await world.grantOf(version);
    const response = await fetch(`${publicUrl()}${bearer.path}/counts.csv`, {
      headers: { authorization: `DPoP ${bearer.token}` },
    });
    expect(response.status).toBe(401);
  });
});
