import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../src/config/config.js';
import type { TestDatabase } from './database.js';

/** What a process of the build is run on. */
export interface ProcessGround {
  readonly db: TestDatabase;
  readonly kek: Buffer;
  readonly logKey: Buffer;
  readonly publicUrl: string;
  readonly oidc: Config['oidc'];
  /** Holds the public log, and apart from it its head. */
  readonly folder: string;
}

/** What an operator sets for a worker and for `concordat log`. @param databaseUrl of a login of its own. */
function workerEnvironment(
  { db, kek, logKey, publicUrl, oidc, folder }: ProcessGround,
  databaseUrl = db.url,
): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: 'UTC',
    NODE_ENV: 'development',
    PUBLIC_URL: publicUrl,
    DATABASE_URL: databaseUrl,
    SESSION_DATABASE_URL: db.urlFor('concordat_session'),
    SECRETS_DATABASE_URL: db.urlFor('concordat_secrets'),
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
    CONCORDAT_KEK: kek.toString('base64'),
    SEQUENCER_DATABASE_URL: db.urlFor('concordat_sequencer'),
    PUBLISHER_DATABASE_URL: db.urlFor('concordat_publisher'),
    ERASER_DATABASE_URL: db.urlFor('concordat_eraser'),
    LOG_TILES: pathToFileURL(join(folder, 'log')).href,
    LOG_HEAD: pathToFileURL(join(folder, 'head')).href,
    LOG_SIGNING_KEYS: logKey.toString('base64'),
    STORE_ENDPOINT_HOSTS: '127.0.0.1',
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    LOG_LEVEL: 'fatal',
  };
}

/** Starts `concordat` of the build, as an operator does. */
export function startConcordat(
  args: readonly string[],
  ground: ProcessGround,
  databaseUrl?: string,
): ChildProcess {
  return spawn(process.execPath, ['dist/src/cli/main.js', ...args], {
    env: workerEnvironment(ground, databaseUrl),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs a command of it to its end. */
export async function runConcordat(
  args: readonly string[],
  ground: ProcessGround,
): Promise<{ readonly code: number; readonly out: string }> {
  const child = startConcordat(args, ground);
  let out = '';
  child.stdout?.on('data', (part: Buffer) => {
    out += part.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

/** Kills it as a fall of its machine would. */
export async function killConcordat(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
