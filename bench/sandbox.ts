import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreeFirstPort } from '../sandbox/ports.js';
import { startSandbox, type RunningSandbox } from '../sandbox/sandbox.js';
import { readState, removeState } from '../sandbox/state/state.js';

const RATE_PER_MINUTE = 1_000_000;

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs a benchmark on a sandbox of its own, which is gone afterwards, and ends the process. */
export async function onSandbox(work: (sandbox: RunningSandbox) => Promise<void>): Promise<never> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-bench-'));
  try {
    const sandbox = await startSandbox({
      folder,
      firstPort: await findFreeFirstPort(),
      dataDir: undefined,
      issueRatePerMinute: RATE_PER_MINUTE,
      say: () => undefined,
      onDeath: (message) => {
        throw new Error(message);
      },
    });
    try {
      await work(sandbox);
    } finally {
      await sandbox.stop();
    }
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
  const state = await readState(folder);
  if (state) {
    await removeState(folder, state);
  }
  await rm(folder, { recursive: true, force: true });
  process.exit();
}

/** Resident memory of a process, in MiB. */
async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Watches a process's memory while something runs. @returns how far it grew above its start, in MiB. */
export async function growthMiB(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = await residentMiB(pid);
  let most = before;
  const timer = setInterval(() => {
    void residentMiB(pid).then((now) => (most = Math.max(most, now)));
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(0, most - before);
}
