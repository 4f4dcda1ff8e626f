import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  commit,
  entriesOf,
  KEY,
  LogKey,
  ORIGIN,
  receiptOf,
  someEvents,
} from '../support/log/test-log.js';
import { treeOf } from '../support/log/naive-tree.js';
import { Desk, run } from './running.js';

const EVENTS = someEvents(11);
const ENTRIES = entriesOf(EVENTS);
const TREE = treeOf(ENTRIES);
const entry = (index: number): Buffer => ENTRIES[index] ?? Buffer.alloc(0);
const receipt = (index: number, size = ENTRIES.length, keys = [KEY]): string =>
  receiptOf(TREE, entry(index), BigInt(index), BigInt(size), keys);

describe('concordat verify', () => {
  let desk: Desk;

  beforeAll(() => {
    desk = new Desk();
  });
  afterAll(() => {
    desk.clear();
  });

  const write = (name: string, text: string | Uint8Array): string => desk.write(name, text);

  describe('receipt', () => {
    it('verifies that an event is in the log, and says which and where', async () => {
      const file = write('a.tlog-proof', receipt(4));
      const { code, out, said } = await run('receipt', file, '--vkey', KEY.vkey);
      expect({ code, said }).toEqual({ code: 0, said: [] });
      expect(out[0]).toBe('Verified: the event is in the log');
      expect(out.join('\n')).toMatch(
        /event +grant\.revoked\n +at +2026-11-23T14:40:01Z\n +index +4\n/,
      );
    });

    it('answers in one JSON object when it is asked to', async () => {
      const file = write('a.tlog-proof', receipt(4));
      const { out } = await run('receipt', file, '--json', '--vkey', KEY.vkey);
      expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
        {
          verified: true,
          exitCode: 0,
          command: 'receipt',
          event: 'grant.revoked',
          at: '2026-11-23T14:40:01Z',
          index: '4',
          origin: ORIGIN,
          size: '11',
          root: TREE.root(0n, 11n).toString('base64'),
          signedBy: [KEY.vkey.slice(0, KEY.vkey.lastIndexOf('+'))],
        },
      ]);
    });

    it('takes the keys from a file, of which one is to have signed, and further signatures', async () => {
      const strangers = Array.from({ length: 16 }, (_, i) => new LogKey('witness.example', i + 2));
      const keys = write('vkey', `${new LogKey(ORIGIN, 99).vkey}\n${KEY.vkey}\n`);
      const file = write('a.tlog-proof', receipt(4, 11, [...strangers, KEY]));
      expect(await run('receipt', file, '--vkey', keys)).toMatchObject({ code: 0 });
    });

    it('of every entry of every size is verified, and of no other index', async () => {
      for (let size = 1; size <= ENTRIES.length; size += 1) {
        for (let index = 0; index < size; index += 1) {
          const right = receipt(index, size);
          const file = write('a.tlog-proof', right);
          expect(await run('receipt', file, '--vkey', KEY.vkey)).toMatchObject({ code: 0 });
          const moved = right.replace(/^index .*$/m, `index ${String((index + 1) % (size + 1))}`);
          write('a.tlog-proof', moved);
          expect(await run('receipt', file, '--vkey', KEY.vkey)).toMatchObject({ code: 1 });
        }
      }
    });

    it('of any entry of a log of any size is verified', async () => {
      const entries = entriesOf(someEvents(400));
      const tree = treeOf(entries);
      const size = fc.integer({ min: 1, max: 400 });
      await fc.assert(
        fc.asyncProperty(size, fc.nat(), async (of, pick) => {
          const index = pick % of;
          const leaf = entries[index] ?? Buffer.alloc(0);
          const file = write('a.tlog-proof', receiptOf(tree, leaf, BigInt(index), BigInt(of)));
          expect(await run('receipt', file, '--vkey', KEY.vkey)).toMatchObject({ code: 0 });
        }),
      );
    });

    const right = receipt(4);
    it.each([
      ['no format', right.replace('tlog-proof@v1', 'tlog-proof@v2'), 2, 'does not begin'],
      ['no leaf', right.replace(/^extra .*\n/m, ''), 2, 'no extra line'],
      ['an empty leaf', right.replace(/^extra .*$/m, 'extra '), 1, 'no leaf'],
      ['no index', right.replace(/^index .*\n/m, ''), 2, 'no index line'],
      ['an index with a leading zero', right.replace('index 4', 'index 04'), 2, 'leading zeros'],
      ['an index above 2^63', right.replace('index 4', `index ${'9'.repeat(30)}`), 2, 'below 2^63'],
      ['an index above the size', right.replace('index 4', 'index 9007199254740993'), 1, 'size 11'],
      [
        'a proof for another size',
        `${right.slice(0, right.indexOf('\n\n'))}${receipt(4, 9).slice(receipt(4, 9).indexOf('\n\n'))}`,
        1,
        'proof',
      ],
      ['a short hash', right.replace(/\n[^ ]+=\n\n/, '\nAAAA\n\n'), 2, '32 bytes'],
      ['64 hashes', right.replace('\n\n', `\n${`${'A'.repeat(43)}=\n`.repeat(64)}\n`), 2, '63'],
      ['no checkpoint', right.slice(0, right.indexOf('\n\n') + 1), 2, 'blank line'],
      ['an unknown key', receipt(4, 11, [new LogKey(ORIGIN, 3)]), 1, 'not signed by a known key'],
      ['nothing', '', 2, 'blank line'],
    ])('with %s is refused with its reason', async (_, text, code, reason) => {
      const file = write('bad.tlog-proof', text);
      const ran = await run('receipt', file, '--vkey', KEY.vkey);
      expect(ran).toMatchObject({ code, out: [], said: [expect.stringContaining(reason)] });
      expect(ran.said[0]).toMatch(
        /^concordat verify: (not verified|bad input): .*bad\.tlog-proof: /,
      );
      const json = await run('receipt', file, '--vkey', KEY.vkey, '--json');
      expect(JSON.parse(json.out[0] ?? '')).toMatchObject({
        verified: false,
        exitCode: code,
        object: file,
      });
    });

    it('of a leaf that is none is refused: the log itself is wrong', async () => {
      const entries = [Buffer.from('{"name":"Ada"}'), entry(0)];
      const text = receiptOf(treeOf(entries), entries[0] ?? Buffer.alloc(0), 0n, 2n);
      const ran = await run('receipt', write('bad.tlog-proof', text), '--vkey', KEY.vkey);
      expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('the leaf')] });
    });
  });

  describe('disclosure', () => {
    const disclosed = EVENTS[4]?.disclose();

    it('verifies what was opened, and says it', async () => {
      const [file, proof] = [write('a.json', JSON.stringify(disclosed)), write('a', receipt(4))];
      const ran = await run('disclosure', file, '--receipt', proof, '--vkey', KEY.vkey);
      expect(ran.code).toBe(0);
      expect(ran.out.join('\n')).toMatch(/opened\n +decision +allow\n +eventId +01890000-0000/);
    });

    it('shows nothing that a terminal would obey', async () => {
      const [event] = someEvents(1);
      const open = event?.disclose();
      expect(open).toBeDefined();
      const [first] = open?.open ?? [];
      Object.assign(first ?? {}, { name: 'decision\u001b[2J' });
      const [file, proof] = [write('a.json', JSON.stringify(open)), write('a\u202eb', receipt(0))];
      const ran = await run('disclosure', file, '--receipt', proof, '--vkey', KEY.vkey);
      expect(ran.code).toBe(2);
      const gone = await run('receipt', join(desk.folder, 'c\u001b[2J\u202e'), '--vkey', KEY.vkey);
      // eslint-disable-next-line no-control-regex -- it is what is looked for
      expect(gone.said.join('')).not.toMatch(/[\u001b\u202e]/);
    });

    it('of another event than the receipt is refused', async () => {
      const [file, proof] = [write('a.json', JSON.stringify(disclosed)), write('a', receipt(5))];
      const ran = await run('disclosure', file, '--receipt', proof, '--vkey', KEY.vkey);
      expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining('a.json: leaf: ')] });
    });

    it.each([
      ['type', 'grant.issued', 'not the k'],
      ['occurredAt', '2026-11-23T12:00:02.000Z', 'second t'],
      ['occurredAt', '23 November 2026', 'second t'],
    ])('that opens another %s than the leaf shows is refused', async (name, value, reason) => {
      const fields = {
        type: 'grant.revoked',
        occurredAt: '2026-11-23T12:00:01.600Z',
        [name]: value,
      };
      const lying = commit(fields);
      const leaf = Buffer.from(
        lying.leaf
          .toString()
          .replace(/"k":"[^"]*","t":[^,]*/, '"k":"grant.revoked","t":1795435201'),
      );
      const open = { ...lying.disclose(), leaf: leaf.toString('base64url') };
      const proof = write('a', receiptOf(treeOf([leaf]), leaf, 0n, 1n));
      const file = write('a.json', JSON.stringify(open));
      const ran = await run('disclosure', file, '--receipt', proof, '--vkey', KEY.vkey);
      expect(ran).toMatchObject({ code: 1, said: [expect.stringContaining(`${name}: `)] });
      expect(ran.said[0]).toContain(reason);
    });
  });

  describe('the command line', () => {
    it.each([
      [[]],
      [['nothing']],
      [['constructor', 'a', '--vkey', KEY.vkey]],
      [['receipt', '--vkey', KEY.vkey]],
      [['receipt', 'a', 'b', '--vkey', KEY.vkey]],
      [['receipt', 'a']],
      [['receipt', 'a', '--vkey', KEY.vkey, '--since', 'b']],
      [['receipt', 'a', '--vkey', KEY.vkey, '--key', 'b']],
      [['disclosure', 'a', '--vkey', KEY.vkey]],
    ])('%j is bad input, said in one line', async (args) => {
      const ran = await run(...args);
      expect(ran).toMatchObject({ code: 2, out: [] });
      expect(ran.said.join('').split('\n')).toHaveLength(1);
    });

    it('is as the guide for officers says', async () => {
      const guide = readFileSync('docs/officers.md', 'utf8');
      const commands = [
        ...guide.matchAll(/verify ((?:receipt|disclosure|consistency|log|pack) [^`\n]*)/g),
      ]
        .map(([, command = '']) => command.trim().split(' '))
        .filter((words) => words.includes('--vkey'));
      expect(commands).toHaveLength(7);
      for (const words of commands) {
        // What is asked for is not there; the line itself is right.
        expect(await run(...words)).toMatchObject({ code: 3, out: [] });
      }
    });

    it.each([
      ['a key that is none', 'log.example+00000000+AAAA', 2],
      ['a file of keys that is none', 'no-such-file', 3],
    ])('%s is refused', async (_, vkey, code) => {
      const file = write('a.tlog-proof', receipt(4));
      expect(await run('receipt', file, '--vkey', vkey)).toMatchObject({ code });
    });

    it('a file without a key is bad input, a folder cannot be read', async () => {
      const [file, empty] = [write('a.tlog-proof', receipt(4)), write('empty', '\n')];
      expect(await run('receipt', file, '--vkey', empty)).toMatchObject({ code: 2 });
      expect(await run('receipt', file, '--vkey', desk.folder)).toMatchObject({ code: 3 });
      expect(await run('receipt', desk.folder, '--vkey', KEY.vkey)).toMatchObject({ code: 3 });
      const large = write('large', Buffer.alloc(1_200_000));
      expect(await run('receipt', large, '--vkey', KEY.vkey)).toMatchObject({ code: 2 });
    });

    it('a pipe into which nobody writes is not waited for', async () => {
      const pipe = join(desk.folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      expect(await run('receipt', pipe, '--vkey', KEY.vkey)).toMatchObject({ code: 3 });
      expect(await run('receipt', pipe, '--vkey', pipe)).toMatchObject({ code: 3 });
      expect(await run('pack', pipe, '--vkey', KEY.vkey)).toMatchObject({ code: 2 });
    });
  });
});
