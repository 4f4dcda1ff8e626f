import { homedir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentReader, type Environment } from './environment.js';

/** What the researcher's command line takes from its surroundings. */
export interface ClientEnvironment {
  /** Where its session is kept. */
  readonly folder: string;
  /** In place of the broker that one signed in to. */
  readonly broker: string | undefined;
  /** A personal token, in place of a sign-in. */
  readonly token: string | undefined;
}

export function readClientEnvironment(environment: Environment = process.env): ClientEnvironment {
  const reader = new EnvironmentReader(environment);
  const home = reader.optional('XDG_CONFIG_HOME') ?? join(homedir(), '.config');
  return {
    folder: reader.optional('CONCORDAT_CONFIG') ?? join(home, 'concordat'),
    broker: reader.optional('CONCORDAT_BROKER'),
    token: reader.optional('CONCORDAT_TOKEN'),
  };
}
