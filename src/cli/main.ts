#!/usr/bin/env node
import { ClientError } from '../client/client-error.js';
import { ConfigurationError } from '../config/environment.js';
import { isConcordatError } from '../kernel/errors.js';
import { VERIFY_USAGE } from '../verify/options.js';
import { UsageError } from './usage-error.js';

const USAGE_BEGINS = 'Usage, for researchers:';
const OPERATOR_USAGE = [
  'concordat serve | worker | migrate',
  'concordat bootstrap --issuer ISS --subject SUB --subject SUB',
  'concordat keys list | rotate <token or signoff> | compromise <kid>',
  'concordat log status | check | resume | accept | recover | vkey',
  'concordat policy test [folder or files] | check [folder] [--against FOLDER]',
].join('\n');

/** Loaded when they are asked for: no command waits for the code of another, and `verify` needs no package at all. */
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
  verify: async (args) => {
    const { verify } = await import('../verify/verify.js');
    process.exitCode = await verify(args, { print, say });
  },
};

const WITH_ARGUMENTS: readonly string[] = ['bootstrap', 'keys', 'log', 'policy', 'verify'];

/** Exit codes: 2 for what the caller can mend, 1 for everything else; those of `verify` and of the researcher's commands. */
async function main([name = '', ...args]: readonly string[]): Promise<void> {
  if (name === 'help' || name === '--help') {
    print(await usage());
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.exitCode = await runClient(name, args);
    return;
  }
  if (!WITH_ARGUMENTS.includes(name) && args.length > 0) {
    throw new UsageError(`${name} takes no arguments`);
  }
  await command(args);
}

async function runClient(name: string, args: readonly string[]): Promise<number> {
  const { Client } = await import('../client/client.js');
  const { readClientEnvironment } = await import('../config/client-environment.js');
  const ours = new Client(readClientEnvironment(), print, say).run(name, args);
  if (!ours) {
    throw new UsageError(name === '' ? await usage() : `no command ${name}: see concordat help`);
  }
  return ours;
}

async function usage(): Promise<string> {
  const { CLIENT_USAGE } = await import('../client/client.js');
  return [
    USAGE_BEGINS,
    CLIENT_USAGE,
    'for anybody who has evidence:',
    VERIFY_USAGE,
    'for operators:',
    OPERATOR_USAGE,
  ].join('\n');
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

// Whoever closes the pipe has read enough; there is nobody left to tell of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
  process.exit(1);
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Of an error that nobody foresaw only the first line: a stack tells an operator nothing, a driver's may hold a URL.
  const text = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError && text.startsWith(USAGE_BEGINS);
  const [line = ''] = text.split('\n');
  process.stderr.write(`concordat: ${isUsage ? text : line}\n`);
  process.exit(exitCodeOf(error));
}
