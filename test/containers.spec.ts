import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadConfig, loadMigrationConfig, loadWorkerConfig } from '../src/config/load-config.js';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const text = readFileSync('docker-compose.yml', 'utf8');
const service = (name: string): Service => compose.services[name] ?? { image: 'absent' };

const words = { type: 'array', items: { type: 'string' } };
/** The part of the Compose Specification that this file uses; CI validates it against the whole. */
const SCHEMA = {
  type: 'object',
  required: ['services'],
  additionalProperties: false,
  patternProperties: { '^x-': {} },
  properties: {
    services: { type: 'object', additionalProperties: { $ref: '#/$defs/service' } },
    networks: { type: 'object' },
    volumes: { type: 'object' },
  },
  $defs: {
    service: {
      type: 'object',
      required: ['image'],
      additionalProperties: false,
      properties: {
        image: { type: 'string', pattern: '^concordat$|^.+:[0-9a-z.-]+$' },
        build: { type: 'string' },
        restart: { enum: ['no', 'unless-stopped'] },
        init: { type: 'boolean' },
        read_only: { type: 'boolean' },
        tmpfs: words,
        cap_drop: words,
        security_opt: words,
        command: words,
        entrypoint: words,
        ports: words,
        volumes: words,
        environment: { type: 'object', additionalProperties: { type: 'string' } },
        depends_on: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['condition'],
            additionalProperties: false,
            properties: {
              condition: {
                enum: ['service_started', 'service_healthy', 'service_completed_successfully'],
              },
            },
          },
        },
        healthcheck: {
          type: 'object',
          additionalProperties: false,
          properties: {
            test: words,
            disable: { const: true },
            interval: { type: 'string' },
            timeout: { type: 'string' },
            start_period: { type: 'string' },
            retries: { type: 'integer' },
          },
        },
        networks: {},
      },
    },
  },
};

/** Names of the variables that src/config reads. */
const VARIABLES = [
  ...new Set(
    readFileSync('src/config/load-config.ts', 'utf8').match(/(?<=')[A-Z]+(?:_[A-Z]+)*(?=')/g),
  ),
];
const FOR_MIGRATION = [
  ...VARIABLES.filter((name) => name.includes('MIGRATION')),
  'RETENTION_YEARS',
];
/** What the worker holds, and whoever serves does not. */
const FOR_WORKER = [
  'SEQUENCER_DATABASE_URL',
  'PUBLISHER_DATABASE_URL',
  'ERASER_DATABASE_URL',
  'LOG_HEAD',
  'LOG_SIGNING_KEYS',
];
/** The sandbox's own: refused in production. */
const NOT_IN_PRODUCTION = 'FIXED_COUNTRY';

describe('docker-compose.yml', () => {
  let folder: string;
  let secrets: Readonly<Record<string, string | undefined>>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'concordat-compose-'));
    mkdirSync(join(folder, 'deploy/compose'), { recursive: true });
    execFileSync('deploy/compose/make-secrets', [folder]);
    secrets = parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What `docker compose` does with `${NAME:?…}`. */
  function environmentOf(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(service(name).environment ?? {});
    return Object.fromEntries(
      entries.map(([key, value]) => [
        key,
        value.replace(/\$\{(\w+):\?[^}]*\}/g, (_, secret: string) => secrets[secret] ?? ''),
      ]),
    );
  }

  it('has only members of the Compose Specification that it means to use', () => {
    const validate = new Ajv2020({ allErrors: true }).compile(SCHEMA);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
  });

  it('waits only for services that it has, and for health only where there is a check', () => {
    for (const [name, { depends_on: needs = {} }] of Object.entries(compose.services)) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const { healthcheck } = service(needed);
        expect({ name, needed, isThere: needed in compose.services }).toMatchObject({
          isThere: true,
        });
        if (condition === 'service_healthy') {
          expect({ name, needed, healthcheck }).toMatchObject({
            healthcheck: { test: expect.any(Array) as unknown },
          });
        }
      }
    }
  });

  it.each(['broker', 'worker'])(
    'sets every variable that the configuration reads for %s',
    (name) => {
      const expected = VARIABLES.filter(
        (variable) =>
          !FOR_MIGRATION.includes(variable) &&
          variable !== NOT_IN_PRODUCTION &&
          (name === 'worker' || !FOR_WORKER.includes(variable)),
      );
      const names = Object.keys(service(name).environment ?? {});
      expect(names).toEqual(expect.arrayContaining(expected));
      expect(names.filter((one) => FOR_WORKER.includes(one))).toHaveLength(
        name === 'worker' ? FOR_WORKER.length : 0,
      );
    },
  );

  it.each(['broker', 'worker'])('configures %s so that it boots in production', (name) => {
    const config = loadConfig(environmentOf(name));
    expect(config.environment).toBe('production');
    if (name === 'worker') {
      expect(loadWorkerConfig(environmentOf(name)).logKeys).toHaveLength(1);
    }
    expect(config.acrLevels.get('mfa')).toBe(2);
  });

  it('gives the owner of the tables to migrate alone', () => {
    expect(() => loadMigrationConfig(environmentOf('migrate'))).not.toThrow();
    for (const name of ['broker', 'worker']) {
      expect(JSON.stringify(service(name).environment)).not.toContain('concordat_owner');
    }
  });

  it('has no secret of its own: each comes from .env, and its absence stops the start', () => {
    const used = [...text.matchAll(/\$\{(\w+)([^}]*)\}/g)];
    expect(used.every(([, , rest]) => rest?.startsWith(':?') === true)).toBe(true);
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(Object.keys(secrets)));
    for (const { environment = {} } of Object.values(compose.services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|KEK|_KEYS?$/.test(name) && !name.endsWith('_URL')) {
          expect(value).toMatch(/^\$\{\w+:\?/);
        }
      }
    }
  });

  it('keeps what make-secrets writes from other users of the machine', () => {
    expect(statSync(join(folder, '.env')).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'deploy/compose/tls/site.key')).mode & 0o077).toBe(0);
  });

  it('publishes on this machine only', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(['127.0.0.1:443:443']);
  });

  it('mounts files that are there', () => {
    const mounted = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => source.startsWith('./') && !source.startsWith('./deploy/compose/tls'));
    expect(mounted.length).toBeGreaterThan(3);
    expect(mounted.filter((path) => !statSync(path).isFile())).toEqual([]);
  });
});

describe('the realm of the compose file', () => {
  const realm = JSON.parse(readFileSync('deploy/compose/concordat-realm.json', 'utf8')) as {
    readonly attributes: Readonly<Record<string, string>>;
    readonly clients: readonly {
      readonly clientId: string;
      readonly secret: string;
      readonly redirectUris: readonly string[];
      readonly attributes: Readonly<Record<string, string>>;
      readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[];
    }[];
    readonly users: readonly { readonly credentials: readonly { readonly value: string }[] }[];
  };
  const environment = service('broker').environment ?? {};

  it('has the one client that the broker is, with PKCE and access tokens of RFC 9068', () => {
    expect(realm.clients).toHaveLength(1);
    expect(realm.clients[0]).toMatchObject({
      clientId: environment['OIDC_CLIENT_ID'],
      secret: '${OIDC_CLIENT_SECRET}',
      redirectUris: [`${environment['PUBLIC_URL'] ?? ''}/auth/callback`],
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'access.token.header.type.rfc9068': 'true',
      },
    });
    const audiences = realm.clients[0]?.protocolMappers.map(
      ({ config }) => config['included.custom.audience'],
    );
    expect(audiences).toContain(environment['PUBLIC_URL']);
  });

  it('proves the levels that ACR_LEVELS names', () => {
    const levels = JSON.parse(realm.attributes['acr.loa.map'] ?? '{}') as Record<string, number>;
    const named = Object.entries(levels).map(([acr, level]) => `${acr}=${String(level)}`);
    expect(environment['ACR_LEVELS']?.split(',')).toEqual(named);
  });

  it('gives no demo user a password of its own', () => {
    const values = realm.users.flatMap(({ credentials }) => credentials.map(({ value }) => value));
    expect(new Set(values)).toEqual(new Set(['${DEMO_PASSWORD}']));
  });
});

describe('the image', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');

  it('takes from the project only what the broker is made of', () => {
    const kept = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*$/m);
    for (const left of ['sandbox', 'test', 'bench', '.env', 'node_modules', 'deploy']) {
      expect(kept).not.toContain(`!${left}`);
    }
  });

  it('runs without development packages, as a user who owns none of it', () => {
    expect(dockerfile).toContain('npm prune --omit=dev');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).not.toMatch(/--chown/);
  });
});
