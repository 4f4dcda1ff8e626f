import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreeFirstPort } from '../ports.js';
import { startSandbox } from '../sandbox.js';
import { readState, removeState } from '../state/state.js';
import { demonstrate, type DemoResult } from './demo.js';
import { Narrator } from './narrator.js';

/** `npm run demo`: the main job on a sandbox of its own, which is gone afterwards. */
async function main(): Promise<void> {
  const isJson = process.argv.includes('--json');
  const write = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const folder = await mkdtemp(join(tmpdir(), 'concordat-demo-'));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping.abort();
    });
  }
  try {
    const result = await run(folder, new Narrator(write), stopping.signal);
    write(`\nAll of it took ${String(Math.round(performance.now() / 1000))} s.`);
    if (isJson) {
      write(JSON.stringify(result));
    }
  } finally {
    const state = await readState(folder);
    if (state) {
      await removeState(folder, state);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(folder: string, narrator: Narrator, signal: AbortSignal): Promise<DemoResult> {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const data = process.env['SANDBOX_DATA']?.trim();
  const sandbox = await startSandbox({
    folder,
    firstPort: await findFreeFirstPort(),
    dataDir: data === '' ? undefined : data,
    say: narrator.say,
    onDeath: (message) => {
      ended.reject(new Error(message));
    },
    signal,
  });
  signal.addEventListener('abort', () => {
    ended.reject(new Error('Stopped.'));
  });
  try {
    return await Promise.race([demonstrate(sandbox, narrator), ended.promise]);
  } finally {
    await sandbox.stop();
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String((error as Error).stack)}\n`);
  process.exit(1);
}
