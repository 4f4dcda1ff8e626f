import { resolve } from 'node:path';
import { PERSONA_NAMES, emailOf } from './personas.js';
import { readFirstPort, SandboxError } from './ports.js';
import { keepSandboxFile, SANDBOX_FILE } from './sandbox-file.js';
import { startSandbox, type RunningSandbox } from './sandbox.js';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `npm start`: a sandbox on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const ending = Promise.withResolvers<string | undefined>();
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // On, not once: a second Ctrl-C must not kill what is stopping in order.
    process.on(signal, () => {
      stopping.abort();
      ending.resolve(undefined);
    });
  }
  const sandbox = await startSandbox({
    folder: resolve(setting('SANDBOX_DIR') ?? '.sandbox'),
    firstPort: readFirstPort(setting('PORT')),
    dataDir: setting('SANDBOX_DATA'),
    say,
    onDeath: ending.resolve,
    signal: stopping.signal,
  });
  const stopWriting = await keepSandboxFile(sandbox, (fault) => {
    say(`${SANDBOX_FILE} could not be refreshed: ${String(fault)}`);
  });
  announce(sandbox);
  const fault = await ending.promise;
  stopWriting();
  say(fault === undefined ? '\nStopping the sandbox' : `${fault} Stopping the sandbox.`);
  await sandbox.stop();
  process.exitCode = fault === undefined ? 0 : 1;
}

function setting(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}

function announce({ publicUrl, mailboxUrl, folder, passwords }: RunningSandbox): void {
  const width = Math.max(...PERSONA_NAMES.map((role) => emailOf(role).length));
  say(`\nConcordat is at ${publicUrl}\n\nSign in as:`);
  for (const role of PERSONA_NAMES) {
    say(`  ${emailOf(role).padEnd(width)}  ${passwords[role]}`);
  }
  say(
    `\nIts e-mails are at ${mailboxUrl}\nAccess tokens, stores and ids: ${folder}/${SANDBOX_FILE}\nCtrl-C stops it; its data stays.`,
  );
}

try {
  await main();
} catch (error) {
  const text = error instanceof SandboxError ? error.message : String((error as Error).stack);
  process.stderr.write(`${text}\n`);
  // A start that was given up may still wait for something that will not come.
  process.exit(1);
}
