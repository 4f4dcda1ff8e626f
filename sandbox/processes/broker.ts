import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACR_MFA, ACR_PASSWORD } from '../provider/persona.js';
import { runToEnd, type Children } from './children.js';
import { databaseUrl, type PostgresOptions } from './postgres.js';
import { waitFor } from './wait-for.js';

const CLI = new URL('../../src/cli/main.js', import.meta.url);
const READY_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;

export const CLIENT_ID = 'concordat';

export interface BrokerOptions {
  readonly publicUrl: string;
  readonly issuer: string;
  readonly clientSecret: string;
  readonly kek: string;
  readonly logKey: string;
  /** Holds the public log, and apart from it what was last published. */
  readonly folder: string;
  readonly postgres: PostgresOptions;
  /** Where the broker's mails go. */
  readonly smtpUrl: string;
  readonly issueRatePerMinute?: number;
}

/** The broker's environment, as `docs/operating.md` names its variables. */
function brokerEnvironment(options: BrokerOptions): Readonly<Record<string, string>> {
  const { publicUrl, issuer, clientSecret, kek, postgres, folder } = options;
  return {
    NODE_ENV: 'development',
    PUBLIC_URL: publicUrl,
    HOST: '127.0.0.1',
    PORT: new URL(publicUrl).port,
    DATABASE_URL: databaseUrl(postgres, 'concordat_app'),
    SESSION_DATABASE_URL: databaseUrl(postgres, 'concordat_session'),
    SECRETS_DATABASE_URL: databaseUrl(postgres, 'concordat_secrets', 'concordat_secrets'),
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: clientSecret,
    ACR_LEVELS: `${ACR_MFA}=2,${ACR_PASSWORD}=1`,
    CONCORDAT_KEK: kek,
    LOG_TILES: pathToFileURL(join(folder, 'log')).href,
    // The partner stores of the sandbox are on this machine, which the broker otherwise never connects to.
    STORE_ENDPOINT_HOSTS: '127.0.0.1',
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    FIXED_COUNTRY: 'GB',
    SMTP_URL: options.smtpUrl,
    MAIL_FROM: 'concordat@sandbox.example',
    // The stores write their logs every two seconds, so that an alarm comes while somebody looks.
    ACCESS_LOG_EVERY_SECONDS: '5',
    ACCESS_LOG_LAG_SECONDS: '60',
    // People try it in the evening as well.
    ALERT_HOURS: 'any',
    LOG_LEVEL: 'warn',
    ...(options.issueRatePerMinute === undefined
      ? {}
      : { ISSUE_RATE_PER_MINUTE: String(options.issueRatePerMinute) }),
  };
}

/** What the worker holds beside it, and the broker does not. */
function workerEnvironment(options: BrokerOptions): Readonly<Record<string, string>> {
  const { postgres, folder, logKey } = options;
  return {
    ...brokerEnvironment(options),
    SEQUENCER_DATABASE_URL: databaseUrl(postgres, 'concordat_sequencer'),
    PUBLISHER_DATABASE_URL: databaseUrl(postgres, 'concordat_publisher'),
    ERASER_DATABASE_URL: databaseUrl(postgres, 'concordat_eraser'),
    LOG_HEAD: pathToFileURL(join(folder, 'log-head')).href,
    LOG_SIGNING_KEYS: logKey,
  };
}

/** Brings both databases to the schema of this build, as the owner of their tables. */
export async function migrate({ postgres }: BrokerOptions): Promise<void> {
  await runToEnd({
    name: 'concordat migrate',
    script: CLI,
    args: ['migrate'],
    env: {
      MIGRATION_DATABASE_URL: databaseUrl(postgres, 'concordat_owner'),
      SECRETS_MIGRATION_DATABASE_URL: databaseUrl(postgres, 'concordat_owner', 'concordat_secrets'),
    },
  });
}

/** Writes the operator and its first two administrators. */
export async function bootstrap(
  options: BrokerOptions,
  subjects: readonly string[],
): Promise<void> {
  await runToEnd({
    name: 'concordat bootstrap',
    script: CLI,
    args: [
      'bootstrap',
      '--issuer',
      options.issuer,
      ...subjects.flatMap((subject) => ['--subject', subject]),
    ],
    env: brokerEnvironment(options),
  });
}

/** Starts the broker and waits until it can do its work. */
export async function startBroker(
  children: Children,
  options: BrokerOptions,
): Promise<ChildProcess> {
  const env = brokerEnvironment(options);
  const broker = children.start({ name: 'The broker', script: CLI, args: ['serve'], env });
  await waitFor('The broker', READY_TIMEOUT_MS, () => isReady(options.publicUrl));
  return broker;
}

/** Starts the worker, which nobody waits for. */
export function startWorker(children: Children, options: BrokerOptions): ChildProcess {
  return children.start({
    name: 'The worker',
    script: CLI,
    args: ['worker'],
    env: workerEnvironment(options),
  });
}

/** One more broker on the same databases, as behind a load balancer. @returns its address. */
export async function startReplica(
  children: Children,
  options: BrokerOptions,
  port: number,
): Promise<string> {
  const env = { ...brokerEnvironment(options), PORT: String(port) };
  children.start({ name: 'The second broker', script: CLI, args: ['serve'], env });
  const url = `http://127.0.0.1:${String(port)}`;
  await waitFor('The second broker', READY_TIMEOUT_MS, () => isReady(url));
  return url;
}

async function isReady(publicUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${publicUrl}/health/ready`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
