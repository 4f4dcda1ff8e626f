#!/usr/bin/env node
import { ConfigurationError } from '../config/environment.js';
import { loadConfig, loadMigrationConfig } from '../config/load-config.js';
import { isConcordatError } from '../kernel/errors.js';
import { serve } from '../main.js';
import { work } from '../worker.js';
import { bootstrap } from './bootstrap.js';
import { keys } from './keys.js';
import { migrate } from './migrate.js';
import { policy } from './policy/policy.js';
import { UsageError } from './usage-error.js';

const USAGE =
  'Usage: concordat serve | worker | migrate | bootstrap --issuer <iss> --subject <sub> --subject <sub> | keys list | keys rotate <token or signoff> | keys compromise <kid> | policy test [folder or files] | policy check [folder] [--against <folder>]';

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<unknown>>> = {
  serve: () => serve(loadConfig()),
  worker: () => work(loadConfig()),
  migrate: () => migrate(loadMigrationConfig()),
  bootstrap: (args) => bootstrap(args, loadConfig),
  keys: (args) => keys(args, loadConfig),
  policy: async (args) => {
    process.exitCode = await policy(args);
  },
};

const WITH_ARGUMENTS: readonly string[] = ['bootstrap', 'keys', 'policy'];

/** Exit codes: 2 for what the caller can mend, 1 for everything else; one line on stderr either way. */
async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw new UsageError(USAGE);
  }
  if (!WITH_ARGUMENTS.includes(name) && args.length > 0) {
    throw new UsageError(`${name} takes no arguments`);
  }
  await command(args);
}

function isMendable(error: unknown): error is Error {
  return (
    error instanceof UsageError || error instanceof ConfigurationError || isConcordatError(error)
  );
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Of an error that nobody foresaw only the first line: a stack tells an operator nothing, a driver's may hold a URL.
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`concordat: ${line}\n`);
  process.exit(isMendable(error) ? 2 : 1);
}
