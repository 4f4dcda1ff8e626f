import { parseWorkingHours } from '../kernel/working-hours.js';
import type { AlertConfig, Config, LogConfig, WorkerConfig } from './config.js';
import { EnvironmentReader, type Environment } from './environment.js';
import { folderPlace } from './folder-place.js';

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
/** A mailbox without a display name. */
const ADDRESS = /^[^\s<>@,]+@[^\s<>@,]+$/;
/** A name of C2SP signed notes: no spaces, no plus; here without anything a URL would escape. */
const LOG_ORIGIN = /^[\w.:/-]{1,200}$/;
const MAX_LOG_KEYS = 8;
const OFFICE_HOURS = 'Mon-Fri 07:00-20:00';
const GIBIBYTE = 1_073_741_824;
const POSTGRES = ['postgres:', 'postgresql:'];

/**
 * The broker's configuration.
 * @throws ConfigurationError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const env = new EnvironmentReader(environment);
  const config = readConfig(env);
  env.throwIfFaulty();
  return Object.freeze(config);
}

/**
 * The worker's configuration: the broker's, the logins of its duties and the keys of the log.
 * @throws ConfigurationError naming every variable that is missing or wrong.
 */
export function loadWorkerConfig(environment: Environment = process.env): WorkerConfig {
  const env = new EnvironmentReader(environment);
  const config = readConfig(env);
  const worker: WorkerConfig = {
    ...config,
    sequencerDatabaseUrl: env.url('SEQUENCER_DATABASE_URL', POSTGRES),
    publisherDatabaseUrl: env.url('PUBLISHER_DATABASE_URL', POSTGRES),
    eraserDatabaseUrl: env.url('ERASER_DATABASE_URL', POSTGRES),
    logHead: folderPlace(env, 'LOG_HEAD', config.environment === 'production'),
    logKeys: logKeys(env),
  };
  env.throwIfFaulty();
  return Object.freeze(worker);
}

function readConfig(env: EnvironmentReader): Config {
  const mode = env.oneOf('NODE_ENV', ['production', 'development', 'test'], 'production');
  const config: Config = {
    environment: mode,
    publicUrl: origin(env, 'PUBLIC_URL'),
    host: env.optional('HOST') ?? '0.0.0.0',
    port: env.integer('PORT', 3000, 0, 65_535),
    databaseUrl: env.url('DATABASE_URL', POSTGRES),
    sessionDatabaseUrl: env.url('SESSION_DATABASE_URL', POSTGRES),
    secretsDatabaseUrl: env.url('SECRETS_DATABASE_URL', POSTGRES),
    databasePoolSize: env.integer('DATABASE_POOL_SIZE', 20, 2, 500),
    oidc: Object.freeze({
      issuer: httpsUnlessLocal(env, 'OIDC_ISSUER'),
      clientId: env.required('OIDC_CLIENT_ID'),
      clientSecret: env.required('OIDC_CLIENT_SECRET'),
    }),
    acrLevels: acrLevels(env),
    kek: kek(env),
    log: log(env, mode === 'production'),
    storeEndpointHosts: env.list('STORE_ENDPOINT_HOSTS'),
    egressAllowCidrs: env.list('EGRESS_ALLOW_CIDRS'),
    ...optionalSetting('countryHeader', env.optional('COUNTRY_HEADER')?.toLowerCase()),
    ...optionalSetting('fixedCountry', env.optional('FIXED_COUNTRY')),
    trustedProxies: env.list('TRUSTED_PROXIES'),
    ...smtp(env),
    accessLogEverySeconds: env.integer('ACCESS_LOG_EVERY_SECONDS', 900, 1, 86_400),
    accessLogLagSeconds: env.integer('ACCESS_LOG_LAG_SECONDS', 86_400, 1, 604_800),
    alerts: alerts(env),
    logLevel: env.oneOf(
      'LOG_LEVEL',
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'info',
    ),
    issueRatePerMinute: env.integer('ISSUE_RATE_PER_MINUTE', 30, 1, 1_000_000),
    signInRatePerMinute: env.integer('SIGN_IN_RATE_PER_MINUTE', 60, 1, 1_000_000),
  };
  if (mode === 'production') {
    requireProductionSettings(env, config);
  }
  return config;
}

/** What `concordat migrate` needs: the owner's logins, which the running broker never holds. */
export function loadMigrationConfig(environment: Environment = process.env): {
  readonly databaseUrl: string;
  readonly secretsDatabaseUrl: string;
  /** How long the payload of events is kept (R5.9). */
  readonly retentionYears: number;
} {
  const env = new EnvironmentReader(environment);
  const config = Object.freeze({
    databaseUrl: env.url('MIGRATION_DATABASE_URL', POSTGRES),
    secretsDatabaseUrl: env.url('SECRETS_MIGRATION_DATABASE_URL', POSTGRES),
    retentionYears: env.integer('RETENTION_YEARS', 6, 1, 100),
  });
  env.throwIfFaulty();
  return config;
}

function requireProductionSettings(env: EnvironmentReader, config: Config): void {
  if (config.storeEndpointHosts.length === 0) {
    env.fault('STORE_ENDPOINT_HOSTS', 'is missing');
  }
  if (config.fixedCountry !== undefined) {
    env.fault('FIXED_COUNTRY', 'is for the sandbox only');
  }
  if (config.oidc.clientSecret !== '' && config.oidc.clientSecret.length < 16) {
    env.fault('OIDC_CLIENT_SECRET', 'must have at least 16 characters');
  }
  if (env.optional('ACR_LEVELS') === undefined) {
    env.fault('ACR_LEVELS', 'is missing');
  }
}

function smtp(env: EnvironmentReader): Pick<Config, 'smtp'> {
  if (env.optional('SMTP_URL') === undefined) {
    return {};
  }
  const url = env.url('SMTP_URL', ['smtps:', 'smtp:']);
  const from = env.required('MAIL_FROM');
  if (from !== '' && !ADDRESS.test(from)) {
    env.fault('MAIL_FROM', 'must be an e-mail address');
  }
  return { smtp: Object.freeze({ url, from }) };
}

function origin(env: EnvironmentReader, name: string): string {
  const text = httpsUnlessLocal(env, name);
  if (URL.canParse(text) && new URL(text).origin !== text) {
    env.fault(name, 'must be an origin: scheme, host and port, without path or trailing slash');
  }
  return text;
}

function httpsUnlessLocal(env: EnvironmentReader, name: string): string {
  const text = env.url(name, ['https:', 'http:']);
  if (text.startsWith('http:') && !LOCAL_HOSTS.includes(new URL(text).hostname)) {
    env.fault(name, 'must be https, except on this machine');
  }
  return text;
}

function acrLevels(env: EnvironmentReader): ReadonlyMap<string, 1 | 2 | 3> {
  const levels = new Map<string, 1 | 2 | 3>();
  for (const item of env.list('ACR_LEVELS')) {
    const at = item.lastIndexOf('=');
    const level = Number(item.slice(at + 1));
    if (at < 1 || (level !== 1 && level !== 2 && level !== 3)) {
      env.fault('ACR_LEVELS', 'must be a list of acr=1, acr=2 or acr=3');
    } else {
      levels.set(item.slice(0, at), level);
    }
  }
  return levels;
}

function kek(env: EnvironmentReader): Buffer {
  return randomKey(env, 'CONCORDAT_KEK', env.required('CONCORDAT_KEK'));
}

function log(env: EnvironmentReader, isProduction: boolean): LogConfig {
  const publicUrl = env.optional('PUBLIC_URL') ?? '';
  const host = URL.canParse(publicUrl) ? new URL(publicUrl).host : '';
  const origin = env.optional('LOG_ORIGIN') ?? `${host}/log`;
  if (!LOG_ORIGIN.test(origin)) {
    env.fault('LOG_ORIGIN', 'must be letters, digits, dots, colons, slashes and hyphens');
  }
  return Object.freeze({ origin, tiles: folderPlace(env, 'LOG_TILES', isProduction) });
}

function alerts(env: EnvironmentReader): AlertConfig {
  const text = env.optional('ALERT_HOURS') ?? OFFICE_HOURS;
  const hours = text === 'any' ? null : parseWorkingHours(text);
  if (hours === undefined) {
    env.fault('ALERT_HOURS', `must be like ${OFFICE_HOURS}, or any`);
  }
  return Object.freeze({
    hours: hours ?? null,
    limits: Object.freeze({
      bytesFloor: env.integer('ALERT_BYTES_FLOOR', 10 * GIBIBYTE, 0, Number.MAX_SAFE_INTEGER),
      readsFloor: env.integer('ALERT_READS_FLOOR', 10_000, 0, Number.MAX_SAFE_INTEGER),
      refusals: env.integer('ALERT_REFUSALS', 30, 1, 10_000),
    }),
  });
}

function logKeys(env: EnvironmentReader): readonly Buffer[] {
  const texts = env.list('LOG_SIGNING_KEYS');
  if (texts.length === 0 || texts.length > MAX_LOG_KEYS) {
    env.fault('LOG_SIGNING_KEYS', texts.length === 0 ? 'is missing' : 'names too many keys');
  }
  return Object.freeze(texts.map((text) => randomKey(env, 'LOG_SIGNING_KEYS', text)));
}

function randomKey(env: EnvironmentReader, name: string, text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (text !== '' && key.length !== 32) {
    env.fault(name, 'must be 32 bytes in base64');
  } else if (key.length === 32 && new Set(key).size < 8) {
    env.fault(name, 'is not random');
  }
  return key;
}

function optionalSetting<K extends string>(
  name: K,
  value: string | undefined,
): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}
