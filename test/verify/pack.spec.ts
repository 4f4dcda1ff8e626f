import { deflateRawSync } from 'node:zlib';
import { treeOf } from '../support/log/naive-tree.js';
import { checkpointOf, commit, KEY, LogKey, note, receiptOf } from '../support/log/test-log.js';
import {
  bagOf,
  idOf,
  PACKED_EVENTS,
  PACKED_TREE,
  packFiles,
  zipOfFiles,
  type Files,
} from '../support/log/test-pack.js';
import { zipOf, type Packed } from '../support/log/test-zip.js';
import { Desk, run } from './running.js';

const RECEIPT = (at: number): string => `data/receipts/${idOf(at)}.tlog-proof`;
const DISCLOSURE = (at: number): string => `data/disclosures/${idOf(at)}.json`;
const text = (files: Files, path: string): string => String(files[path] ?? '');
const without = (files: Files, path: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));

describe('concordat verify pack', () => {
  let desk: Desk;

  beforeAll(() => {
    desk = new Desk();
  });
  afterAll(() => {
    desk.clear();
  });

  const verifyPack = (zip: Buffer, ...more: readonly string[]) =>
    run('pack', desk.write('pack.zip', zip), '--vkey', KEY.vkey, ...more);

  it('verifies every file, receipt and disclosure, and says how much of it the log proves', async () => {
    const { code, said, out } = await verifyPack(zipOfFiles(bagOf(packFiles())), '--json');
    expect({ code, said }).toEqual({ code: 0, said: [] });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      verified: true,
      files: 19,
      events: 5,
      disclosures: 4,
      idsProven: 4,
      valuesProven: 6,
      valuesUnproven: 4,
      size: '5',
    });
    const told = await verifyPack(zipOfFiles(bagOf(packFiles()), 'evidence/'));
    expect(told.out[0]).toBe(
      'Verified: the pack is whole, and its 5 events are in the log, which proves 6 of the 10 values they show and 4 of their ids',
    );
  });

  it('does not believe the key that the pack brings', async () => {
    const stranger = new LogKey('log.example/audit', 7);
    const files = packFiles();
    files['data/vkey'] = stranger.vkey;
    expect(await verifyPack(zipOfFiles(bagOf(files)))).toMatchObject({ code: 0 });
    files['data/checkpoint'] = checkpointOf(PACKED_TREE, 5n, [stranger]);
    const ran = await verifyPack(zipOfFiles(bagOf(files)));
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('data/checkpoint: ')] });
  });

  type Change = (files: Record<string, string | Buffer>) => unknown;
  const line = (at: number, from: string, to: string): Change => {
    return (files) => {
      const lines = text(files, 'data/events.jsonl').split('\n');
      lines[at] = lines[at]?.replace(from, to) ?? '';
      files['data/events.jsonl'] = lines.join('\n');
    };
  };
  const put = (path: string, of: (files: Files) => string): Change => {
    return (files) => (files[path] = of(files));
  };
  const lone = commit({ type: 'grant.issued', occurredAt: '2026-11-23T14:40:00.400Z' });
  const other = treeOf([
    PACKED_EVENTS[1]?.leaf ?? Buffer.alloc(0),
    ...Array<Buffer>(4).fill(lone.leaf),
  ]);

  it.each<[string, Change, number, string]>([
    [
      'a value changed',
      line(1, '"stream"', '"sts"'),
      1,
      'data/events.jsonl: entry 1, delivery: it is not what the event committed to',
    ],
    [
      'a value where the event has none',
      line(1, '"grantId":null', '"grantId":"x"'),
      1,
      'entry 1, grantId',
    ],
    ['a value left out', line(1, '"delivery":"stream",', ''), 1, 'entry 1, delivery'],
    ['the time changed within its second', line(1, '.400Z', '.500Z'), 1, 'entry 1, occurredAt'],
    ['the second changed', line(4, ':01.600Z', ':02.600Z'), 1, 'entry 4, occurredAt'],
    ['the type changed', line(4, 'grant.revoked', 'grant.issued'), 1, 'entry 4, type'],
    [
      'an event twice',
      put('data/events.jsonl', (files) => text(files, 'data/events.jsonl').repeat(2)),
      1,
      'entry 5, id: the event is there twice',
    ],
    [
      'an event without a receipt',
      line(0, idOf(0), idOf(9)),
      1,
      `${RECEIPT(9)}: it is not in the pack`,
    ],
    [
      'a receipt without an event',
      put(RECEIPT(9), () => 'x'),
      1,
      `${RECEIPT(9)}: it is of no event`,
    ],
    [
      'a disclosure without an event',
      put(DISCLOSURE(9), () => 'x'),
      1,
      `${DISCLOSURE(9)}: it is of no event`,
    ],
    ['an event less', line(4, '{', ''), 2, 'entry 4: is no JSON'],
    [
      'the receipt of another event',
      put(RECEIPT(1), (files) => text(files, RECEIPT(0))),
      1,
      `${RECEIPT(1)}: another event of the pack is at index 0`,
    ],
    [
      'the disclosure of another event',
      put(DISCLOSURE(1), (files) => text(files, DISCLOSURE(0))),
      1,
      `${DISCLOSURE(1)}: leaf`,
    ],
    [
      'a receipt of another key',
      put(RECEIPT(1), () =>
        receiptOf(PACKED_TREE, PACKED_EVENTS[1]?.leaf ?? Buffer.alloc(0), 1n, 5n, [
          new LogKey('log.example/audit', 4),
        ]),
      ),
      1,
      `${RECEIPT(1)}: it is not signed`,
    ],
    [
      'a receipt of another history',
      put(RECEIPT(1), () => receiptOf(other, PACKED_EVENTS[1]?.leaf ?? Buffer.alloc(0), 0n, 5n)),
      1,
      `${RECEIPT(1)}: the log has signed two roots of size 5`,
    ],
    ['garbage for a receipt', put(RECEIPT(1), () => 'x'), 2, RECEIPT(1)],
    ['garbage for a disclosure', put(DISCLOSURE(1), () => 'x'), 2, DISCLOSURE(1)],
    ['no id', line(1, '"id"', '"ID"'), 2, 'entry 1, id'],
    ['an id that leads elsewhere', line(1, idOf(1), '../../checkpoint'), 2, 'entry 1, id'],
    ['a member twice', line(1, '{', '{"delivery":"sts",'), 2, 'entry 1: has a member twice'],
    [
      'a line without end',
      put('data/events.jsonl', () => 'x'.repeat(1_100_000)),
      2,
      'a line is over',
    ],
    ['no checkpoint', (files) => delete files['data/checkpoint'], 1, 'data/checkpoint'],
    ['no events', (files) => delete files['data/events.jsonl'], 1, 'data/events.jsonl'],
    [
      'a checkpoint of another log',
      put('data/checkpoint', () =>
        note(`other.example\n0\n${treeOf([]).root(0n, 0n).toString('base64')}\n`, [
          new LogKey('other.example'),
        ]),
      ),
      1,
      'not signed by a known key',
    ],
  ])('refuses %s, in a bag that is otherwise whole', async (_, change, code, reason) => {
    const files = packFiles();
    change(files);
    const ran = await verifyPack(zipOfFiles(bagOf(files)));
    expect(ran).toMatchObject({ code, out: [], said: [expect.stringContaining(reason)] });
  });

  const BAG = bagOf(packFiles());
  it.each<[string, Files, number, string]>([
    ['a file changed', { ...BAG, 'data/jwks.json': '{}' }, 1, 'data/jwks.json: its SHA-512'],
    ['a tag file changed', { ...BAG, 'README.txt': 'Trust me' }, 1, 'README.txt: its SHA-512'],
    ['a file unlisted', { ...BAG, 'data/more': '' }, 1, 'data/more: it is not listed'],
    ['a tag file unlisted', { ...BAG, more: '' }, 1, 'more: it is not listed'],
    ['a file missing', without(BAG, 'data/jwks.json'), 1, 'data/jwks.json: it is listed'],
    ['a tag file missing', without(BAG, 'README.txt'), 1, 'README.txt: it is listed'],
    ['no manifest', without(BAG, 'manifest-sha512.txt'), 2, 'manifest-sha512.txt'],
    ['no tag manifest', without(BAG, 'tagmanifest-sha512.txt'), 2, 'tagmanifest-sha512.txt'],
    ['no declaration', without(BAG, 'bagit.txt'), 2, 'bagit.txt'],
    [
      'another version',
      { ...BAG, 'bagit.txt': 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n' },
      2,
      '1.0',
    ],
    ['something to fetch', { ...BAG, 'fetch.txt': 'https://x.example 1 data/x' }, 2, 'fetch.txt'],
    ['another manifest', { ...BAG, 'manifest-md5.txt': '' }, 2, 'manifest-md5.txt'],
    ['a broken manifest', { ...BAG, 'manifest-sha512.txt': 'x' }, 2, 'manifest-sha512.txt'],
    [
      'a line twice',
      { ...BAG, 'manifest-sha512.txt': text(BAG, 'manifest-sha512.txt').repeat(2) },
      2,
      'listed twice',
    ],
    [
      'a path that leads out',
      {
        ...BAG,
        'manifest-sha512.txt': `${text(BAG, 'manifest-sha512.txt')}${'a'.repeat(128)}  ../x\n`,
      },
      1,
      '../x: it is listed',
    ],
  ])('refuses a bag with %s', async (_, files, code, reason) => {
    const ran = await verifyPack(zipOfFiles(files));
    expect(ran).toMatchObject({ code, out: [], said: [expect.stringContaining(reason)] });
  });

  const archive = (...more: readonly Packed[]): Buffer =>
    zipOf([
      ...Object.entries(BAG).map(([name, data]) => ({ name, data: Buffer.from(data) })),
      ...more,
    ]);
  const data = Buffer.from('data');
  const zeros = Buffer.alloc(20_000_000);
  it.each<[string, Packed, number, string]>([
    ['that leads out', { name: '../x', data }, 2, 'leads out'],
    ['that leads out from within', { name: 'data/../../x', data }, 2, 'leads out'],
    ['at the root', { name: '/etc/x', data }, 2, 'leads out'],
    ['on another drive', { name: 'C:x', data }, 2, 'leads out'],
    ['behind a backslash', { name: '..\\x', data }, 2, 'leads out'],
    ['with a control character', { name: 'data/\u0000x', data }, 2, 'leads out'],
    ['without a name', { name: '', data }, 2, 'leads out'],
    ['twice', { name: 'data/vkey', data }, 2, 'twice'],
    ['that is encrypted', { name: 'x', data, flags: 0x0801 }, 2, 'encrypted'],
    ['of another method', { name: 'x', data, method: 12 }, 2, 'neither stored'],
    ['that is a link', { name: 'x', data, mode: 0o120777 }, 2, 'link'],
    ['of another name in its header', { name: 'x', data, localName: 'y' }, 2, 'differ'],
    ['that begins where another does', { name: 'y', data, headOffset: 0 }, 2, 'differ'],
    ['that begins behind the archive', { name: 'x', data, headOffset: 0xfffffff0 }, 2, 'cut short'],
    [
      'with a name that is no ASCII and not marked',
      { name: 'é', data, flags: 0 },
      2,
      'neither ASCII',
    ],
    ['stored in two sizes', { name: 'x', data, isStored: true, bytes: 5 }, 2, 'two sizes'],
    ['that is a bomb', { name: 'x', data: zeros }, 2, 'over 200 times'],
    ['that is a bomb and hides it', { name: 'data/vkey2', data: zeros, bytes: 4 }, 1, 'not listed'],
  ])('refuses an archive with a file %s', async (_, packed, code, reason) => {
    const ran = await verifyPack(archive(packed));
    expect(ran).toMatchObject({ code, out: [], said: [expect.stringContaining(reason)] });
  });

  it.each<[string, Partial<Packed>, string]>([
    ['another CRC', { crc: 1 }, 'CRC'],
    ['another size', { bytes: 10 }, 'larger than'],
    ['a larger size', { bytes: 5_000 }, 'size or CRC'],
    ['a bomb in its place', { packed: deflateRawSync(zeros) }, 'larger than'],
    ['damaged data', { packed: Buffer.from('ffff', 'hex') }, 'damaged'],
    [
      'data cut short',
      { packed: deflateRawSync(Buffer.from(text(BAG, 'data/vkey'))).subarray(0, -5) },
      'damaged',
    ],
    [
      'data and more',
      { packed: Buffer.concat([deflateRawSync(Buffer.from(text(BAG, 'data/vkey'))), data]) },
      'more behind',
    ],
  ])('refuses a file with %s', async (_, change, reason) => {
    const files = Object.entries(BAG).map(([name, of]) => ({
      name,
      data: Buffer.from(of),
      ...(name === 'data/vkey' ? change : {}),
    }));
    const ran = await verifyPack(zipOf(files));
    expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('data/vkey: ')] });
    expect(ran.said[0]).toContain(reason);
  });

  it('refuses a file that lies in another', async () => {
    const inner: Packed = { name: 'x', data, isStored: true };
    const outer = { name: 'data/outer', data: zipOf([inner]).subarray(0, 35), isStored: true };
    const within = { ...inner, headOffset: 30 + outer.name.length };
    const ran = await verifyPack(zipOf([outer, within]));
    expect(ran).toMatchObject({ code: 2, said: [expect.stringContaining('lies over the next')] });
  });

  it('takes folders as they are packed by others, and no other empty name', async () => {
    expect(
      await verifyPack(archive({ name: 'data/receipts/', data: Buffer.alloc(0), mode: 0o040755 })),
    ).toMatchObject({ code: 0 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no archive')],
    ['an empty archive', zipOf([])],
    ['an archive cut short', archive().subarray(0, -1)],
    ['an archive with something before it', Buffer.concat([data, archive()])],
    ['an archive with something behind it', Buffer.concat([archive(), data])],
    ['an archive without its beginning', archive().subarray(40)],
  ])('refuses %s', async (_, zip) => {
    expect(await verifyPack(zip)).toMatchObject({ code: 2, out: [] });
  });

  it('cannot read what is not there', async () => {
    expect(await run('pack', 'none.zip', '--vkey', KEY.vkey)).toMatchObject({ code: 3 });
    expect(await run('pack', desk.folder, '--vkey', KEY.vkey)).toMatchObject({ code: 3 });
  });
});
