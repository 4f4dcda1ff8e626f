import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { PageVisitor } from '../../sandbox/page-visitor.js';
import { readCheckpoint } from '../../src/audit/log/checkpoint.js';
import { bundleEntries } from '../../src/audit/log/tiles.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { rootOfPath } from '../support/naive-tree.js';

type GrantWithReceipt = IssuedGrant & { readonly receipt?: string };

describe('the public log of a broker at work', () => {
  let world: HttpWorld;
  let grant: GrantWithReceipt;

  beforeAll(async () => {
    world = await httpWorld();
    grant = await issue('receipt, wait=10');
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const issue = (prefer: string): Promise<GrantWithReceipt> =>
    world.callers.researcher.post<GrantWithReceipt>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID(), prefer },
    );
  const read = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, world.config.publicUrl), init);

  function proves(receipt: string): { readonly leaf: string; readonly holds: boolean } {
    const [head = '', ...rest] = receipt.split('\n\n');
    const [version, extra = '', index = '', ...path] = head.split('\n');
    expect(version).toBe('c2sp.org/tlog-proof@v1');
    const leaf = Buffer.from(extra.replace('extra ', ''), 'base64');
    const { size, root } = readCheckpoint(rest.join('\n\n'));
    const at = BigInt(index.replace('index ', ''));
    const hashes = path.map((hash) => Buffer.from(hash, 'base64'));
    const found = rootOfPath(at, size, leaf, hashes);
    return { leaf: leaf.toString('utf8'), holds: found?.equals(root) ?? false };
  }

  it('gives a receipt with the grant, to whoever waits for it', () => {
    const { leaf, holds } = proves(grant.receipt ?? '');
    expect(leaf).toMatch(/^\{"c":"[\w-]{43}","k":"grant\.issued","t":\d+,"v":1\}$/);
    expect(holds).toBe(true);
  });

  it('gives it again to who may read the grant, as a file, and to nobody else', async () => {
    const path = `/api/v1/grants/${grant.id}/receipt`;
    const answer = await world.callers.researcher.fetch(path);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="${grant.id}.tlog-proof"`,
    );
    expect(proves(await answer.text()).holds).toBe(true);
    expect((await world.outsider.fetch(path)).status).toBe(404);
    expect((await read(path)).status).toBe(401);
  });

  it('gives an officer the receipt of each event', async () => {
    const { items } = await world.callers.officer.get<{ items: readonly { id: string }[] }>(
      `/api/v1/audit/events?grantId=${grant.id}`,
    );
    const path = `/api/v1/audit/events/${items[0]?.id ?? ''}/receipt`;
    const answer = await world.callers.officer.fetch(path);
    expect(proves(await answer.text()).holds).toBe(true);
    expect((await world.callers.researcher.fetch(path)).status).toBe(403);
  });

  it('serves checkpoint, keys and tiles to anybody, with the caching of the specification', async () => {
    const checkpoint = await read('/log/checkpoint');
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(checkpoint.headers.get('cache-control')).toBe('public, max-age=2');
    expect(checkpoint.headers.get('access-control-allow-origin')).toBe('*');
    const { origin } = readCheckpoint(await checkpoint.text());
    expect(origin).toBe(world.config.log.origin);
    const keys = await read('/log/vkey');
    expect(keys.headers.get('cache-control')).toBe('public, max-age=300');
    expect((await keys.text()).startsWith(`${origin}+`)).toBe(true);
    // The walk writes some 250 events: the first bundle may still be partial.
    const size = Number(readCheckpoint(await (await read('/log/checkpoint')).text()).size);
    const path = size < 256 ? `/log/tile/entries/000.p/${String(size)}` : '/log/tile/entries/000';
    const bundle = await read(path);
    expect(bundle.headers.get('content-type')).toBe('application/octet-stream');
    expect(bundle.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const entries = bundleEntries(Buffer.from(await bundle.arrayBuffer()));
    expect(entries).toHaveLength(Math.min(size, 256));
    const head = await read(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each([
    '/log/head',
    '/log/tile/0/001/../../checkpoint',
    '/log/tile/0/000.p/256',
    '/log/tile/0%2f000%2f..%2f..%2f..%2fcheckpoint',
    '/log/tile/0/1',
    '/log/tile/entries/',
    '/log/checkpoint.lock',
    '/log/tile/0/000%00',
  ])('has nothing else: %s', async (path) => {
    expect((await read(path)).status).toBe(404);
  });

  it('answers while the database is away', async () => {
    world.databaseProxy.cut();
    try {
      expect((await read('/log/checkpoint')).status).toBe(200);
      expect((await read('/log/vkey')).status).toBe(200);
    } finally {
      world.databaseProxy.restore();
    }
  });

  it('that is no longer what was signed is out of order on the officer’s first page', async () => {
    const officer = await PageVisitor.signedIn(
      world.config.publicUrl,
      'officer',
      'password of officer',
    );
    const faults = async (): Promise<string> => {
      const { html } = await officer.get('/review');
      return /Faults of the public log.*?<td[^>]*>(\d+)/s.exec(html)?.[1] ?? '';
    };
    expect(await faults()).toBe('0');
    const path = join(world.tiles, 'checkpoint');
    const note = readFileSync(path, 'utf8');
    const { size, root } = readCheckpoint(note);
    const other = Buffer.from(root);
    other.writeUInt8(root.readUInt8(0) ^ 1);
    writeFileSync(path, note.replace(root.toString('base64'), other.toString('base64')));
    expect(size).toBeGreaterThan(0n);
    expect(Number(await faults())).toBeGreaterThan(0);
    writeFileSync(path, note);
  });
});
