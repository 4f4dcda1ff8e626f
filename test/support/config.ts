import { randomBytes } from 'node:crypto';
import type { Config } from '../../src/config/config.js';

/** A configuration for tests on this machine; databases are the caller's to name. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  return Object.freeze<Config>({
    environment: 'test' as const,
    publicUrl: 'http://127.0.0.1:3000',
    host: '127.0.0.1',
    port: 0,
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    sessionDatabaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    secretsDatabaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    databasePoolSize: 5,
    oidc: { issuer: 'http://127.0.0.1:1', clientId: 'concordat', clientSecret: 'none' },
    acrLevels: new Map<string, 1 | 2 | 3>([
      ['urn:concordat:acr:password', 1],
      ['urn:concordat:acr:mfa', 2],
    ]),
    kek: randomBytes(32),
    log: {
      origin: 'concordat.test/log',
      tiles: { kind: 'disk', path: '/nonexistent/concordat-log' },
    },
    storeEndpointHosts: ['127.0.0.1'],
    egressAllowCidrs: ['127.0.0.0/8'],
    fixedCountry: 'GB',
    trustedProxies: [],
    accessLogEverySeconds: 1,
    accessLogLagSeconds: 86_400,
    alerts: {
      hours: null,
      limits: { bytesFloor: 10_737_418_240, readsFloor: 10_000, refusals: 10_000 },
    },
    logLevel: 'silent',
    issueRatePerMinute: 30,
    signInRatePerMinute: 60,
    ...overrides,
  });
}
