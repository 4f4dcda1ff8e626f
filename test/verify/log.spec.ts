import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { tilePath as pathOf, widthOf } from '../../src/verify/sources/tiles.js';
import { treeOf } from '../support/log/naive-tree.js';
import {
  checkpointOf,
  entriesOf,
  KEY,
  logObjects,
  LogKey,
  ORIGIN,
  note,
  someEvents,
  tilePath,
  writeObjects,
} from '../support/log/test-log.js';
import { Desk, run } from './running.js';

const ENTRIES = entriesOf(someEvents(700));
const TREE = treeOf(ENTRIES);

describe('tiles', () => {
  it('of a log of 70,000 are those of the specification', () => {
    const widths = (level: number, size: bigint): number[] => {
      const found: number[] = [];
      for (let n = 0n; widthOf(level, n, size) > 0; n += 1n) {
        found.push(widthOf(level, n, size));
      }
      return found;
    };
    expect(widths(0, 70_000n)).toEqual([...Array<number>(273).fill(256), 112]);
    expect(widths(1, 70_000n)).toEqual([256, 17]);
    expect(widths(2, 70_000n)).toEqual([1]);
    expect([widths(0, 256n), widths(1, 256n), widths(2, 256n)]).toEqual([[256], [1], []]);
    expect(widthOf(3, 2n ** 32n, 2n ** 63n - 1n)).toBe(0);
    expect(widthOf(7, 127n, 2n ** 63n - 1n)).toBe(0);
    expect(widthOf(7, 0n, 2n ** 63n - 1n)).toBe(127);
  });

  it.each([
    [0, 1_234_067n, 256, 'tile/0/x001/x234/067'],
    ['entries', 0n, 1, 'tile/entries/000.p/1'],
    [63, 999n, 255, 'tile/63/999.p/255'],
    [1, 1_000n, 256, 'tile/1/x001/000'],
    [0, 2n ** 55n, 256, 'tile/0/x036/x028/x797/x018/x963/968'],
  ] as const)('%s of %s is %s wide at its path', (level, n, width, path) => {
    expect(pathOf(level, n, width)).toBe(path);
  });
});

describe('concordat verify log', () => {
  let desk: Desk;

  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => {
    desk.clear();
  });

  const publish = (size: number, changes: Readonly<Record<string, Buffer>> = {}): string => {
    writeObjects(desk.folder, logObjects(ENTRIES.slice(0, size)));
    writeObjects(desk.folder, new Map(Object.entries(changes)));
    return desk.folder;
  };
  const verifyLog = (...more: readonly string[]) =>
    run('log', desk.folder, '--vkey', KEY.vkey, ...more);

  it('verifies every entry and tile, and says what is in it', async () => {
    publish(700);
    const { code, out, said } = await verifyLog('--json');
    expect({ code, said }).toEqual({ code: 0, said: [] });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      verified: true,
      origin: ORIGIN,
      size: '700',
      root: TREE.root(0n, 700n).toString('base64'),
      from: '2026-11-23T14:40:00Z',
      to: '2026-11-23T14:44:39Z',
      events: { 'grant.issued': 234, 'grant.revoked': 233, 'object.opened': 233 },
    });
    const told = await verifyLog();
    expect(told.out.join('\n')).toMatch(/all 700 entries[^]*events\n {4}grant\.issued +234\n/);
  });

  it.each([0, 1, 2, 255, 256, 257, 511, 512, 513])('verifies a log of %s', async (size) => {
    publish(size);
    expect(await verifyLog()).toMatchObject({ code: 0, said: [] });
  });

  it('verifies a log of any size, since any earlier size', async () => {
    const size = fc.integer({ min: 0, max: 700 });
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [older, newer] = [Math.min(a, b), Math.max(a, b)];
        publish(newer);
        const since = desk.write('since', checkpointOf(TREE, BigInt(older)));
        expect(await verifyLog('--since', since)).toMatchObject({ code: 0 });
      }),
      { numRuns: 20 },
    );
  });

  it('reads from the full object what is no longer there in part', async () => {
    writeObjects(desk.folder, logObjects(ENTRIES.slice(0, 512)));
    publish(300);
    for (const path of [tilePath('entries', 1, 44), tilePath(0, 1, 44)]) {
      rmSync(join(desk.folder, path));
    }
    expect(await verifyLog()).toMatchObject({ code: 0 });
    rmSync(join(desk.folder, tilePath('entries', 1)));
    const ran = await verifyLog();
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('entries/001.p/44')] });
  });

  const changed = (path: string, at: number, size = 700): Record<string, Buffer> => {
    const bytes = Buffer.from(logObjects(ENTRIES.slice(0, size)).get(path) ?? []);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return { [path]: bytes };
  };

  it.each([
    [
      'an entry',
      'tile/entries/000',
      300,
      'tile/entries/000: entry 3, byte 281: the entry is not the one that the tree has',
    ],
    [
      'an entry at the edge',
      'tile/entries/002.p/188',
      20,
      'tile/entries/002.p/188: entry 512, byte 0: the entry is not the one that the tree has',
    ],
    ['the length of an entry', 'tile/entries/001', 0, 'tile/entries/001: entry 256, byte 0: '],
    ['a hash', 'tile/0/001', 33, 'tile/0/001: byte 32: the hash there is not that of entry 257'],
    [
      'a hash at the edge',
      'tile/0/002.p/188',
      64,
      'tile/0/002.p/188: byte 64: the hash there is not that of entry 514',
    ],
    [
      'a hash of a tile',
      'tile/1/000.p/2',
      32,
      'tile/1/000.p/2: byte 32: the hash there is not that of entries 256 to 511',
    ],
  ])('locates a bit changed in %s', async (_, path, at, where) => {
    publish(700, changed(path, at));
    expect(await verifyLog()).toMatchObject({
      code: 1,
      out: [],
      said: [expect.stringContaining(where)],
    });
  });

  it('says of an entry and hash changed alike where the tree above them differs', async () => {
    const forged = ENTRIES.slice();
    forged[300] = ENTRIES[0] ?? Buffer.alloc(0);
    const other = logObjects(forged);
    const part = (path: string) => ({ [path]: other.get(path) ?? Buffer.alloc(0) });
    publish(700, { ...part('tile/entries/001'), ...part('tile/0/001') });
    expect((await verifyLog()).said[0]).toContain('tile/1/000.p/2: byte 32: ');
    publish(700, { ...part('tile/entries/001'), ...part('tile/0/001'), ...part('tile/1/000.p/2') });
    const root = treeOf(forged).root(0n, 700n).toString('base64');
    expect(await verifyLog()).toMatchObject({ code: 1, said: [expect.stringContaining(root)] });
  });

  it('refuses a log that is not what it was, is smaller than it was, or is another', async () => {
    publish(600);
    const forged = treeOf([Buffer.from('other'), ...ENTRIES.slice(1)]);
    const since = desk.write('since', checkpointOf(forged, 300n));
    expect((await verifyLog('--since', since)).said[0]).toContain('another root');
    desk.write('since', checkpointOf(TREE, 601n));
    expect((await verifyLog('--since', since)).said[0]).toContain('had 601 entries and has 600');
    const other = new LogKey('other.example');
    desk.write(
      'since',
      note(`other.example\n1\n${TREE.root(0n, 1n).toString('base64')}\n`, [other]),
    );
    const ran = await verifyLog('--since', since, '--vkey', other.vkey);
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('another log')] });
    desk.write('since', checkpointOf(forged, 600n));
    expect(await verifyLog('--since', since)).toMatchObject({ code: 1 });
  });

  it.each([
    ['personal data', '{"name":"Ada"}'],
    ['a member more', ENTRIES[0]?.toString().replace(',"v"', ',"u":1,"v"') ?? ''],
    ['1,025 bytes', 'a'.repeat(1_025)],
    ['nothing', ''],
  ])('refuses an entry of %s, though the tree has it', async (_, entry) => {
    const entries = [...ENTRIES.slice(0, 260), Buffer.from(entry), ...ENTRIES.slice(0, 9)];
    writeObjects(desk.folder, logObjects(entries));
    const ran = await verifyLog();
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('entry 260, byte ')] });
  });

  it.each([
    ['a bundle cut short', 'tile/entries/001', (bytes: Buffer) => bytes.subarray(0, 500)],
    ['a bundle that goes on', 'tile/entries/001', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['an empty bundle', 'tile/entries/001', () => Buffer.alloc(0)],
    ['a tile cut short', 'tile/0/001', (bytes: Buffer) => bytes.subarray(0, 500)],
    [
      'a tile that goes on',
      'tile/0/002.p/188',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(32)]),
    ],
    ['an empty tile', 'tile/1/000.p/2', () => Buffer.alloc(0)],
  ])('refuses %s', async (_, path, change) => {
    publish(700, { [path]: change(logObjects(ENTRIES).get(path) ?? Buffer.alloc(0)) });
    expect(await verifyLog()).toMatchObject({ code: 1, said: [expect.stringContaining(path)] });
  });

  it('refuses objects that are too large before it reads them', async () => {
    publish(700, { 'tile/0/001': Buffer.alloc(8_193) });
    expect(await verifyLog()).toMatchObject({ code: 2, said: [expect.stringContaining('8192')] });
  });

  it.each(['tile/entries/000', 'tile/entries/002.p/188', 'tile/0/001', 'tile/1/000.p/2'])(
    'refuses a log without %s',
    async (path) => {
      publish(700);
      rmSync(join(desk.folder, path));
      expect(await verifyLog()).toMatchObject({ code: 1, said: [expect.stringContaining(path)] });
      mkdirSync(join(desk.folder, path));
      expect(await verifyLog()).toMatchObject({ code: 3 });
    },
  );

  it('cannot read a folder that is no log', async () => {
    expect(await verifyLog()).toMatchObject({ code: 3 });
    expect(await run('log', '', '--vkey', KEY.vkey)).toMatchObject({ code: 2 });
    publish(3);
    writeFileSync(join(desk.folder, 'checkpoint'), checkpointOf(TREE, 3n, [new LogKey(ORIGIN, 8)]));
    expect(await verifyLog()).toMatchObject({ code: 1 });
  });

  it('is not led on by a size that the log does not have', async () => {
    publish(700);
    const root = TREE.root(0n, 700n).toString('base64');
    const text = note(`${ORIGIN}\n9223372036854775807\n${root}\n`);
    writeFileSync(join(desk.folder, 'checkpoint'), text);
    expect(await verifyLog()).toMatchObject({ code: 1 });
  });
});
