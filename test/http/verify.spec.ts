import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { Desk, run } from '../verify/running.js';

interface Item {
  readonly id: string;
  readonly type: string;
}

type Said = Readonly<Record<string, unknown>> & { readonly size: string };

describe('what the broker publishes, verified from outside', () => {
  let world: HttpWorld;
  let desk: Desk;
  let url: string;
  let grant: IssuedGrant & { readonly receipt?: string };
  let vkey: string;

  beforeAll(async () => {
    world = await httpWorld();
    desk = new Desk();
    url = new URL('/log', world.config.publicUrl).href;
    const body = { accessRequestId: world.seeded.accessRequestId };
    const headers = { 'idempotency-key': randomUUID(), prefer: 'receipt, wait=10' };
    grant = await world.callers.researcher.post('/api/v1/grants', body, headers);
    vkey = desk.write('vkey', await fetchText('vkey'));
  }, 120_000);

  afterAll(async () => {
    desk.clear();
    await world.close();
  }, 30_000);

  const fetchText = async (path: string): Promise<string> => (await fetch(`${url}/${path}`)).text();

  /** What the verifier says, as JSON, once it is as it should be: a log that grows is asked again. */
  const verified = async (...args: readonly string[]): Promise<Said> => {
    const ran = await run(...args, '--vkey', vkey, '--json');
    expect(ran).toMatchObject({ code: 0, said: [] });
    return JSON.parse(ran.out[0] ?? '') as Said;
  };

  it('the receipt that comes with a grant proves it', async () => {
    const file = desk.write('grant.tlog-proof', grant.receipt ?? '');
    expect(await verified('receipt', file)).toMatchObject({ event: 'grant.issued' });
  });

  it('every event of the grant has its receipt, and says what its disclosure opens', async () => {
    const { officer } = world.callers;
    const { items } = await officer.get<{ items: readonly Item[] }>(
      `/api/v1/audit/events?grantId=${grant.id}`,
    );
    expect(items.map(({ type }) => type)).toContain('grant.issued');
    for (const { id, type } of items) {
      const path = `/api/v1/audit/events/${id}`;
      const receipt = await officer.fetch(`${path}/receipt`);
      const proof = desk.write('event.tlog-proof', await receipt.text());
      const disclosure = await officer.fetch(`${path}/disclosure`);
      const opened = desk.write('event.json', await disclosure.text());
      const said = await verified('disclosure', opened, '--receipt', proof);
      expect(said).toMatchObject({ event: type, opened: { eventId: id, type, grantId: grant.id } });
    }
  });

  it('the whole log is verified over HTTP and in its folder, and goes on from what it was', async () => {
    const before = desk.write('before', await fetchText('checkpoint'));
    await world.callers.officer.get('/api/v1/audit/events?type=grant.issued');
    const [over, within] = [await verified('log', url), await verified('log', world.tiles)];
    expect(over).toMatchObject({ origin: world.config.log.origin });
    expect(BigInt(within.size)).toBeGreaterThanOrEqual(BigInt(over.size));
    await verified('log', url, '--since', before);
    const after = desk.write('after', await fetchText('checkpoint'));
    await verified('consistency', before, after, url);
  });

  it('a byte that somebody changes in a copy of its folder is found', async () => {
    const copy = join(desk.folder, 'log');
    cpSync(world.tiles, copy, { recursive: true });
    await verified('log', copy);
    const bundles = readdirSync(join(copy, 'tile/entries'), { recursive: true })
      .map((name) => join(copy, 'tile/entries', String(name)))
      .filter((path) => /\/\d+$/.test(path) && statSync(path).isFile());
    expect(bundles.length).toBeGreaterThan(0);
    for (const path of bundles) {
      const changed = readFileSync(path);
      changed[40] = (changed[40] ?? 0) ^ 1;
      writeFileSync(path, changed);
    }
    const ran = await run('log', copy, '--vkey', vkey);
    expect(ran).toMatchObject({ code: 1, out: [] });
    expect(ran.said[0]).toMatch(/tile\/entries\/[x/\d]+(\.p\/\d+)?: entry 0, byte 0: /);
  });
});
