import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PERSONA_NAMES, type PersonaName } from '../../sandbox/personas.js';
import { findFreeFirstPort, isFree, planPorts } from '../../sandbox/ports.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import type { SandboxFile } from '../../sandbox/sandbox-file.js';
import { readState, removeState } from '../../sandbox/state/state.js';

const START_MS = 110_000;
const STOP_MS = 30_000;

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: () => Promise<number | null>;
}

describe('the sandbox', () => {
  let folder: string;
  let firstPort: number;
  let running: Started | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concordat-life-'));
    firstPort = await findFreeFirstPort();
  });

  afterAll(async () => {
    running?.child.kill('SIGINT');
    await running?.ended();
    const state = await readState(folder);
    if (state) {
      await removeState(folder, state);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (settings: Readonly<Record<string, string>> = {}): Started => {
    const child = spawn(process.execPath, ['dist/sandbox/main.js'], {
      env: { ...process.env, SANDBOX_DIR: folder, PORT: String(firstPort), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child, output: () => Buffer.concat(chunks).toString(), ended: () => ended };
  };
  const up = async (): Promise<Started> => {
    const started = start();
    running = started;
    await waitFor('The sandbox', START_MS, () => {
      if (started.child.exitCode !== null) {
        throw new Error(started.output());
      }
      return Promise.resolve(started.output().includes('Ctrl-C stops it'));
    });
    return started;
  };
  const sandboxFile = (): SandboxFile =>
    JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as SandboxFile;
  const arePortsFree = async (): Promise<boolean> => {
    const free = await Promise.all(Object.values(planPorts(firstPort)).map(isFree));
    return free.every(Boolean);
  };
  const requests = async (persona: PersonaName): Promise<readonly string[]> => {
    const { publicUrl, personas } = sandboxFile();
    const response = await fetch(`${publicUrl}/api/v1/access-requests`, {
      headers: { authorization: `Bearer ${personas[persona].accessToken}` },
    });
    const { items } = (await response.json()) as { items: readonly { id: string }[] };
    return items.map(({ id }) => id);
  };

  it('comes up, says who can sign in, and leaves a private file for scripts', async () => {
    const { output } = await up();
    const file = sandboxFile();
    expect(statSync(join(folder, 'sandbox.json')).mode & 0o777).toBe(0o600);
    for (const persona of PERSONA_NAMES) {
      expect(output()).toContain(file.personas[persona].email);
      expect(output()).toContain(file.personas[persona].password);
    }
    expect(Object.keys(file).sort()).toEqual([
      'agreements',
      'databaseUrl',
      'datasets',
      'issuer',
      'log',
      'personas',
      'publicUrl',
      'stores',
    ]);
    const active = expect.objectContaining({ status: 'active' }) as object;
    expect(file.agreements).toEqual([active, active, active]);
    expect(file.stores).toHaveLength(2);
    expect(file.datasets).toHaveLength(5);
  });

  it('does what the README’s walk with curl says', async () => {
    const { stdout } = await promisify(execFile)('bash', ['-euc', `cd ${folder}\n${walk()}`], {
      env: { ...process.env, SANDBOX_DIR: folder },
    });
    expect(stdout).toContain('grant_not_live');
    for (const type of ['grant.issued', 'object.delivered', 'grant.revoked', 'grant.refused']) {
      expect(stdout).toContain(type);
    }
    expect(JSON.parse(readFileSync(join(folder, 'boundaries.geojson'), 'utf8'))).toMatchObject({
      type: 'FeatureCollection',
    });
  });

  it('refuses a second one on its ports in one line, and goes on', async () => {
    const second = start({ SANDBOX_DIR: `${folder}-other` });
    expect(await second.ended()).toBe(1);
    expect(second.output().trim()).toMatch(/^Port \d+, for the broker, is taken\.[^\n]*$/);
    expect((await fetch(`${sandboxFile().publicUrl}/health/ready`)).status).toBe(200);
  });

  it('stops every child at Ctrl-C, and has its data when it starts again', async () => {
    const before = await requests('researcher');
    expect(before.length).toBeGreaterThan(0);
    running?.child.kill('SIGINT');
    expect(await running?.ended()).toBe(0);
    await waitFor('Its ports to be free', STOP_MS, arePortsFree);
    await up();
    expect(await requests('researcher')).toEqual(before);
  });

  it('leaves no child behind when it is killed, and starts again', async () => {
    const before = await requests('researcher');
    running?.child.kill('SIGKILL');
    await running?.ended();
    await waitFor('Its ports to be free', STOP_MS, arePortsFree);
    await up();
    expect(await requests('researcher')).toEqual(before);
  });
});

/** The shell of the README's section "The main job, with curl". */
function walk(): string {
  const section = readFileSync('README.md', 'utf8').split('## The main job, with curl')[1] ?? '';
  const [, shell] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  if (shell === undefined) {
    throw new Error('The README has no walk with curl');
  }
  return shell;
}
