#!/usr/bin/env node
import { readClientEnvironment } from '../config/client-environment.js';
import { ConfigurationError } from '../config/environment.js';
import { isConcordatError } from '../kernel/errors.js';
import { Client, CLIENT_USAGE } from '../client/client.js';
import { ClientError } from '../client/client-error.js';
import { UsageError } from './usage-error.js';

const OPERATOR_USAGE = [
  'concordat serve | worker | migrate',
  'concordat bootstrap --issuer ISS --subject SUB --subject SUB',
  'concordat keys list | rotate <token or signoff> | compromise <kid>',
  'concordat log status | resume | vkey',
  'concordat policy test [folder or files] | check [folder] [--against FOLDER]',
].join('\n');
const USAGE = `Usage, for researchers:\n${CLIENT_USAGE}\nfor operators:\n${OPERATOR_USAGE}`;

/** Loaded when they are asked for: a researcher's command does not wait for the broker's code. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<unknown>>> = {
  serve: async () => {
    const { loadConfig } = await import('../config/load-config.js');
    return (await import('../main.js')).serve(loadConfig());
  },
  worker: async () => {
    const { loadWorkerConfig } = await import('../config/load-config.js');
    return (await import('../worker.js')).work(loadWorkerConfig());
  },
  migrate: async () => {
    const { loadMigrationConfig } = await import('../config/load-config.js');
    return (await import('./migrate.js')).migrate(loadMigrationConfig());
  },
  bootstrap: async (args) => {
    const { loadConfig } = await import('../config/load-config.js');
    return (await import('./bootstrap.js')).bootstrap(args, loadConfig);
  },
  keys: async (args) => {
    const { loadConfig } = await import('../config/load-config.js');
    return (await import('./keys.js')).keys(args, loadConfig);
  },
  log: async (args) => {
    const { loadWorkerConfig } = await import('../config/load-config.js');
    process.exitCode = await (await import('./log.js')).log(args, loadWorkerConfig);
  },
  policy: async (args) => {
    process.exitCode = await (await import('./policy/policy.js')).policy(args);
  },
};

const WITH_ARGUMENTS: readonly string[] = ['bootstrap', 'keys', 'log', 'policy'];

/** Exit codes: 2 for what the caller can mend, 1 for everything else, and those of the researcher's commands. */
async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const client = new Client(readClientEnvironment(), print, say);
  const ours = client.run(name, args);
  if (ours) {
    process.exitCode = await ours;
    return;
  }
  if (name === 'help' || name === '--help') {
    print(USAGE);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw new UsageError(name === '' ? USAGE : `no command ${name}: see concordat help`);
  }
  if (!WITH_ARGUMENTS.includes(name) && args.length > 0) {
    throw new UsageError(`${name} takes no arguments`);
  }
  await command(args);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ClientError) {
    return error.exitCode;
  }
  const isMendable =
    error instanceof UsageError || error instanceof ConfigurationError || isConcordatError(error);
  return isMendable ? 2 : 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Of an error that nobody foresaw only the first line: a stack tells an operator nothing, a driver's may hold a URL.
  const text = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError && error.message === USAGE;
  const [line = ''] = text.split('\n');
  process.stderr.write(`concordat: ${isUsage ? text : line}\n`);
  process.exit(exitCodeOf(error));
}
