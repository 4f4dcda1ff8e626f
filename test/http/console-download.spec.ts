import { randomBytes } from 'node:crypto';
import { OWNER } from '../support/delivery-data.js';
import {
  deliveryWorld,
  RESEARCHER_LOGIN,
  sha256Of,
  type DeliveryWorld,
} from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { Browsing } from '../../sandbox/browsing.js';

const file = { name: 'counts/2026.csv', body: randomBytes(50_000) };

describe('downloading from the console', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let version: string;
  const browsing = new Browsing();

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    store.objects.set(world.prefix + file.name, file.body);
    version = await world.seal([file]);
    const page = await browsing.follow(`${world.nodes[0].url}/auth/sign-in`);
    const answer = await browsing.send(page.url, RESEARCHER_LOGIN);
    await browsing.follow(new URL(answer.headers.get('location') ?? '', page.url).href);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  const urlOf = (grantId: string): string =>
    `${world.nodes[0].url}/my/grants/${grantId}/objects/${file.name}`;
  const download = (grantId: string, headers = {}): Promise<Response> =>
    browsing.send(urlOf(grantId), undefined, { 'sec-fetch-site': 'same-origin', ...headers });
  const codeOf = async (answer: Response): Promise<unknown> =>
    ((await answer.json()) as { code: unknown }).code;

  it('gives the holder the bytes, whole or in part, as the API does', async () => {
    const { id } = await world.grantOf(version);
    const whole = await download(id);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename="2026.csv"');
    expect(sha256Of(Buffer.from(await whole.arrayBuffer()))).toBe(sha256Of(file.body));
    const part = await download(id, { range: 'bytes=0-9' });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  });

  it('sends to the store in presign mode', async () => {
    const { id } = await world.grantOf(version, { delivery: 'presign' });
    const answer = await download(id);
    expect(answer.status).toBe(307);
    const bytes = await (await fetch(answer.headers.get('location') ?? '')).arrayBuffer();
    expect(sha256Of(Buffer.from(bytes))).toBe(sha256Of(file.body));
  });

  it('is for the holder alone', async () => {
    const { id } = await world.grantOf(version, { personId: OWNER });
    const answer = await download(id);
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'not_found']);
  });

  it('needs a session: a grant token opens the API only', async () => {
    const { id, token } = await world.grantOf(version);
    const answer = await fetch(urlOf(id), {
      headers: { authorization: `Bearer ${token}`, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(401);
  });

  it('is not for another site to start (GD-10)', async () => {
    const { id } = await world.grantOf(version);
    const answer = await download(id, { 'sec-fetch-site': 'cross-site' });
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'csrf_refused']);
  });

  it('is not for a grant bound to a key', async () => {
    const { id } = await world.grantOf(version, { jkt: 'a'.repeat(43) });
    const answer = await download(id);
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'dpop_required']);
  });
});
