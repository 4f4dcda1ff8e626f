import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { treeOf } from '../support/log/naive-tree.js';
import {
  entriesOf,
  KEY,
  logObjects,
  receiptOf,
  someEvents,
  writeObjects,
} from '../support/log/test-log.js';
import { Desk, type Ran } from './running.js';

/** What the command line is before it loads a command. */
const COMMAND_LINE = [
  'src/cli/main.ts',
  'src/cli/usage-error.ts',
  'src/client/client-error.ts',
  'src/config/environment.ts',
  'src/kernel/canonical-json.ts',
  'src/kernel/errors.ts',
];

const OPTIONS = {
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
} as const;

describe('concordat verify, with Node and nothing else', () => {
  let desk: Desk;
  const entries = entriesOf(someEvents(300));

  beforeAll(() => {
    desk = new Desk();
    const verifier = readdirSync('src/verify', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .map((path) => join('src/verify', path));
    for (const path of [...COMMAND_LINE, ...verifier]) {
      const { code } = transformSync(readFileSync(resolve(path), 'utf8'), OPTIONS);
      const target = join(desk.folder, 'dist', path.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
    desk.write('package.json', '{"type": "module"}');
    writeObjects(join(desk.folder, 'log'), logObjects(entries));
  });
  afterAll(() => {
    desk.clear();
  });

  const verify = (...args: readonly string[]): Promise<Ran> =>
    new Promise((done) => {
      const command = ['dist/src/cli/main.js', 'verify', ...args, '--vkey', KEY.vkey];
      const child = execFile(
        process.execPath,
        command,
        { cwd: desk.folder, env: {} },
        (_, out, said) => {
          done({ code: child.exitCode ?? -1, out: out.split('\n'), said: said.split('\n') });
        },
      );
    });

  it('verifies a receipt and a log, and exits with 0', async () => {
    const [first = Buffer.alloc(0)] = entries;
    desk.write('a.tlog-proof', receiptOf(treeOf(entries), first, 0n, 300n));
    const ran = await verify('receipt', 'a.tlog-proof');
    expect(ran).toMatchObject({ code: 0, said: [''] });
    expect(ran.out[0]).toBe('Verified: the event is in the log');
    expect(await verify('log', 'log')).toMatchObject({ code: 0, said: [''] });
  });

  it('exits with 1, 2 and 3, and says why in one line of standard error', async () => {
    const [first = Buffer.alloc(0)] = entries;
    desk.write(
      'b.tlog-proof',
      receiptOf(treeOf(entries), first, 0n, 300n).replace('index 0', 'index 1'),
    );
    for (const [file, code] of [
      ['b.tlog-proof', 1],
      ['package.json', 2],
      ['none', 3],
    ] as const) {
      const ran = await verify('receipt', file);
      expect(ran).toMatchObject({ code, out: [''] });
      expect(ran.said).toHaveLength(2);
    }
  });

  it('ends without a word when nobody reads its answer', async () => {
    const command = ['dist/src/cli/main.js', 'verify', 'log', 'log', '--vkey', KEY.vkey];
    const child = spawn(process.execPath, command, { cwd: desk.folder, env: {} });
    child.stdout.destroy();
    const said: Buffer[] = [];
    child.stderr.on('data', (part: Buffer) => said.push(part));
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, said: Buffer.concat(said).toString() }).toEqual({ code: 1, said: '' });
  });
});
