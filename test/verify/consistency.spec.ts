import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { verify } from '../../src/verify/verify.js';
import { TileProof } from '../../src/verify/log/tile-proof.js';
import { verifyConsistency } from '../../src/verify/tree/proofs.js';
import { treeOf, treeOfSame } from '../support/log/naive-tree.js';
import {
  checkpointOf,
  entriesOf,
  KEY,
  LogKey,
  logObjects,
  note,
  someEvents,
  writeObjects,
} from '../support/log/test-log.js';
import { Desk, run } from './running.js';

const ENTRIES = entriesOf(someEvents(700));
const TREE = treeOf(ENTRIES);

describe('concordat verify consistency', () => {
  let desk: Desk;

  beforeAll(() => {
    desk = new Desk();
    writeObjects(desk.folder, logObjects(ENTRIES));
  });
  afterAll(() => {
    desk.clear();
  });

  const heads = (older: string, newer: string): [string, string] => [
    desk.write('older', older),
    desk.write('newer', newer),
  ];
  const compare = (older: string, newer: string, ...more: readonly string[]) =>
    run('consistency', ...heads(older, newer), desk.folder, '--vkey', KEY.vkey, ...more);

  it('verifies any two sizes of one log, of which the larger is served', async () => {
    const size = fc.integer({ min: 0, max: 700 });
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [older, newer] = [BigInt(Math.min(a, b)), BigInt(Math.max(a, b))];
        writeObjects(desk.folder, logObjects(ENTRIES.slice(0, Number(newer))));
        const ran = await compare(checkpointOf(TREE, older), checkpointOf(TREE, newer));
        expect(ran).toMatchObject({ code: 0, said: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a history that was written anew, and heads in the wrong order', async () => {
    const forged = treeOf([Buffer.from('other'), ...ENTRIES.slice(1)]);
    const newer = checkpointOf(TREE, 700n);
    for (const size of [1n, 256n, 257n, 699n, 700n]) {
      const ran = await compare(checkpointOf(forged, size), newer);
      expect(ran).toMatchObject({ code: 1, out: [] });
    }
    const ran = await compare(newer, checkpointOf(TREE, 300n));
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('above the newer')] });
  });

  it('refuses two logs', async () => {
    const other = new LogKey('other.example');
    const text = note(`other.example\n0\n${TREE.root(0n, 0n).toString('base64')}\n`, [other]);
    const ran = await compare(text, checkpointOf(TREE, 700n), '--vkey', other.vkey);
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('two logs')] });
  });

  it.each([2n ** 31n, 2n ** 31n + 1n, 2n ** 32n + 1n, 2n ** 40n + 3n])(
    'makes its proofs of the tiles of a log of %s',
    async (size) => {
      const tree = treeOfSame(Buffer.from('x'));
      const source = {
        read: (path: string) => {
          const [, level = '', name = '', partial] =
            /^tile\/(\d+)\/([x\d/]+?)(?:\.p\/(\d+))?$/.exec(path) ?? [];
          const n = BigInt(name.replaceAll(/[x/]/g, ''));
          const span = 256n ** BigInt(level);
          const first = n * 256n * span;
          const width = Number(partial ?? 256);
          expect(first + BigInt(width) * span).toBeLessThanOrEqual(size);
          return Promise.resolve(Buffer.concat(Array(width).fill(tree.root(first, first + span))));
        },
        close: () => undefined,
      };
      for (const older of [1n, 1000n, 2n ** 24n, 2n ** 31n - 1n, size - 1n, size]) {
        const head = (of: bigint) => ({ size: of, root: tree.root(0n, of) });
        const proof = await new TileProof(source, size).since(older);
        verifyConsistency(head(older), head(size), proof);
      }
    },
  );
});

describe('a log on a server', () => {
  let server: Server;
  let base: string;
  let desk: Desk;
  let asked: string[] = [];
  let answer: (path: string) => { status: number; body: Buffer; headers?: Record<string, string> };
  let watched: Promise<number>;
  let held: (path: string) => Promise<unknown>;
  const objects = logObjects(ENTRIES);
  const serve = (path: string) => {
    const body = objects.get(path.slice('/log/'.length));
    return body ? { status: 200, body } : { status: 404, body: Buffer.alloc(0) };
  };

  beforeAll(async () => {
    desk = new Desk();
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      void held(path).then(() => {
        const { status, body, headers } = answer(path);
        response.writeHead(status, headers).end(body);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}/log`;
  });
  beforeEach(() => {
    asked = [];
    answer = serve;
    held = () => Promise.resolve();
  });
  afterAll(async () => {
    desk.clear();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const verifyLog = (url = base) => run('log', url, '--vkey', KEY.vkey);

  it('is verified as one in a folder is, each object asked for once', async () => {
    expect(await verifyLog()).toMatchObject({ code: 0, said: [] });
    expect(asked.toSorted()).toEqual([...objects.keys()].map((path) => `/log/${path}`).toSorted());
    expect(await verifyLog(`${base}/`)).toMatchObject({ code: 0 });
    const older = desk.write('older', checkpointOf(TREE, 300n));
    const newer = desk.write('newer', checkpointOf(TREE, 700n));
    const ran = await run('consistency', older, newer, base, '--vkey', KEY.vkey);
    expect(ran).toMatchObject({ code: 0 });
  });

  it('is verified when it sends compressed bundles', async () => {
    answer = (path) => {
      const { status, body } = serve(path);
      return { status, body: gzipSync(body), headers: { 'content-encoding': 'gzip' } };
    };
    expect(await verifyLog()).toMatchObject({ code: 0 });
  });

  it('shows whoever looks how far it is, and takes the bar away', async () => {
    const drawn: string[] = [];
    const look = new Promise<void>((looked) => {
      held = (path) => (path.endsWith('checkpoint') ? Promise.resolve() : look);
      const terminal = {
        isTTY: true,
        write: (text: string) => {
          looked();
          return drawn.push(text) > 0;
        },
      };
      const output = { print: () => undefined, say: () => undefined };
      watched = verify(['log', base, '--vkey', KEY.vkey], output, terminal);
    });
    expect(await watched).toBe(0);
    expect(drawn[0]).toBe(`\r[${'.'.repeat(30)}] 0 of 700 entries`);
    expect(drawn.at(-1)).toBe('\r\u001b[K');
  });

  it('is asked again when it is busy', async () => {
    answer = (path) => {
      const times = asked.filter((one) => one === path).length;
      return times === 1 && path.endsWith('checkpoint')
        ? { status: 503, body: Buffer.alloc(0) }
        : serve(path);
    };
    expect(await verifyLog()).toMatchObject({ code: 0 });
  });

  it.each([
    ['an object that never ends', 2, () => ({ status: 200, body: Buffer.alloc(9_000_000) })],
    [
      'a bomb',
      2,
      () => ({
        status: 200,
        body: gzipSync(Buffer.alloc(9_000_000)),
        headers: { 'content-encoding': 'gzip' },
      }),
    ],
    ['no checkpoint', 3, () => ({ status: 404, body: Buffer.alloc(0) })],
    ['a refusal', 3, () => ({ status: 403, body: Buffer.alloc(0) })],
  ])('that answers with %s is refused', async (_, code, given) => {
    answer = given;
    expect(await verifyLog()).toMatchObject({ code, out: [] });
  });

  it('is not looked for where it sends one to', async () => {
    answer = (path) =>
      path === '/log/checkpoint'
        ? { status: 302, body: Buffer.alloc(0), headers: { location: '/log/elsewhere' } }
        : serve(path.replace('elsewhere', 'checkpoint'));
    const ran = await verifyLog();
    expect(ran).toMatchObject({ code: 3, said: [expect.stringContaining('answers 302')] });
    expect(asked).toEqual(['/log/checkpoint']);
  });

  it('that lacks a tile is refused, and so is one that is not there', async () => {
    answer = (path) => serve(path.replace('tile/0/001', 'tile/0/009'));
    const ran = await verifyLog();
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('tile/0/001')] });
    expect(await verifyLog('http://127.0.0.1:1/log')).toMatchObject({ code: 3 });
  }, 30_000);

  it.each([
    'http://log.example/log',
    'http://127.0.0.1.example/log',
    'ftp://localhost/log',
    'file:///log',
    'https://user:word@localhost/log',
    'https://localhost/log?token=1',
    'https://:x/',
  ])('is not looked for at %s', async (url) => {
    expect(await verifyLog(url)).toMatchObject({ code: 2, out: [] });
    expect(asked).toEqual([]);
  });
});
