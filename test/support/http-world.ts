import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Logger } from 'nestjs-pino';
import { callerFor, type Callers } from '../../sandbox/callers.js';
import {
  PERSONA_NAMES,
  providerPersonas,
  type Passwords,
  type PersonaName,
} from '../../sandbox/personas.js';
import { startPartnerStore, type PartnerStore } from '../../sandbox/processes/partner-stores.js';
import { startProvider, type SandboxProvider } from '../../sandbox/provider/provider.js';
import type { ApiClient } from '../../sandbox/api-client.js';
import { seed } from '../../sandbox/seed/seed.js';
import type { Seeded } from '../../sandbox/seed/seeded.js';
import type { StoreKeys } from '../../sandbox/state/state.js';
import { AppModule, BootstrapModule, WorkerModule } from '../../src/app.module.js';
import type { Config, WorkerConfig } from '../../src/config/config.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addMonths, londonDay } from '../../src/kernel/london-day.js';
import { Bootstrap } from '../../src/organisations/bootstrap/bootstrap.service.js';
import { configureApp, HTTP_APP_OPTIONS } from '../../src/platform/web/http-app.js';
import { testConfig } from './config.js';
import { cuttableProxy, type CuttableProxy } from './cuttable-proxy.js';
import type { TestDatabase } from './database.js';
import { tapped, type LogTap } from './log-tap.js';
import {
  copyOfPlace,
  forgetPlace,
  keepPlace,
  newPlace,
  removePlace,
  type WorldPlace,
} from './world-place.js';

const CLIENT_SECRET = 'a-long-enough-client-secret';
const PASSWORDS = Object.fromEntries(
  PERSONA_NAMES.map((persona) => [persona, `password of ${persona}`]),
) as unknown as Passwords;
const OUTSIDER = {
  subject: 'outsider',
  role: 'outsider',
  name: 'Outsider',
  email: 'outsider@sandbox.example',
  password: 'password of outsider',
};

const accountOf = (subject: string): typeof OUTSIDER => ({
  subject,
  role: subject,
  name: subject,
  email: `${subject}@sandbox.example`,
  password: `password of ${subject}`,
});

/** The broker and its worker as they run, on a real database, a real OpenID provider and two strict stores. */
export interface EmptyWorld {
  readonly app: NestExpressApplication;
  readonly config: Config;
  readonly workerConfig: WorkerConfig;
  /** Where the public log lies. */
  readonly tiles: string;
  readonly db: TestDatabase;
  /** Stands between the broker and its databases. */
  readonly databaseProxy: CuttableProxy;
  readonly provider: SandboxProvider;
  readonly stores: readonly [PartnerStore, PartnerStore];
  readonly callers: Callers;
  close(): Promise<void>;
}

/** The same, with everything up to an approved access request. */
export interface HttpWorld extends EmptyWorld {
  readonly seeded: Seeded;
  /** Data owner and researcher of an organisation that shares nothing with anybody here. */
  readonly outsider: ApiClient;
}

/**
 * A world with everything up to an approved access request, which was made through HTTP alone: by the first that asks in
 * this worker, and the others begin from a copy.
 * @param subjects of more accounts at the provider, for whoever the test brings in.
 * @param tap gets what the broker logs.
 * @param hasEveryMode also a feed, and files as URLs of the store itself.
 */
export async function httpWorld(
  overrides: Partial<Config> = {},
  subjects: readonly string[] = [],
  tap?: LogTap,
  hasEveryMode = false,
): Promise<HttpWorld> {
  const world = await beginSeeded(hasEveryMode, (place) => begin(place, overrides, subjects, tap));
  const outsider = callerFor(
    world.config.publicUrl,
    world.provider,
    OUTSIDER.subject as PersonaName,
  );
  return { ...world, outsider };
}

/** A bootstrapped broker: an operator, two administrators, and two stores full of data that nobody has registered. */
export async function emptyWorld(
  overrides: Partial<Config> = {},
  subjects: readonly string[] = [],
  tap?: LogTap,
): Promise<EmptyWorld> {
  return begin(await newPlace(), overrides, subjects, tap);
}

async function beginSeeded(
  hasEveryMode: boolean,
  start: (place: WorldPlace) => Promise<EmptyWorld>,
): Promise<EmptyWorld & Pick<HttpWorld, 'seeded'>> {
  const as = hasEveryMode ? 'seeded-in-every-mode' : 'seeded';
  for (let tries = 1; ; tries++) {
    const place = await copyOfPlace(as);
    if (place?.seeded) {
      try {
        return { ...(await start(place)), seeded: place.seeded };
      } catch (error) {
        if (tries === TRIES || !isTaken(error)) {
          throw error;
        }
        await forgetPlace(as);
      }
    } else {
      await seedOnce(as, hasEveryMode);
    }
  }
}

/** Another program may come to listen where nobody did between two worlds. */
const TRIES = 4;
const isTaken = (error: unknown): boolean => (error as { code?: unknown }).code === 'EADDRINUSE';

async function seedOnce(as: string, hasEveryMode: boolean): Promise<void> {
  const place = await newPlace();
  const running = await run(place, {}, []);
  const { callers, provider, stores } = running.world;
  try {
    const seeded = await seed({
      callers,
      issuer: provider.issuer,
      stores,
      isReal: process.env['SANDBOX_DATA'] !== undefined,
      hasEveryMode,
      say: () => undefined,
    });
    await registerOutsider(callers.admin, provider.issuer);
    await running.stop();
    await keepPlace(as, {
      ...place,
      providerPort: portOf(provider.issuer),
      storePorts: [portOf(stores[0].endpoint), portOf(stores[1].endpoint)],
      seeded,
    });
  } catch (error) {
    await running.stop();
    throw error;
  }
}

const portOf = (url: string): number => Number(new URL(url).port);

async function begin(
  place: WorldPlace,
  overrides: Partial<Config>,
  subjects: readonly string[],
  tap?: LogTap,
): Promise<EmptyWorld> {
  try {
    const { world, stop } = await run(place, overrides, subjects, tap);
    const close = async (): Promise<void> => {
      await stop();
      await removePlace(place);
    };
    return { ...world, close };
  } catch (error) {
    await removePlace(place);
    throw error;
  }
}

interface Running {
  readonly world: Omit<EmptyWorld, 'close'>;
  readonly stop: () => Promise<void>;
}

/** Everything that runs in a world: what lies in its place stays when it stops. */
async function run(
  place: WorldPlace,
  overrides: Partial<Config>,
  subjects: readonly string[],
  tap?: LogTap,
): Promise<Running> {
  const closers: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close; close = closers.pop()) {
      await close();
    }
  };
  try {
    return { world: await build(place, overrides, subjects, closers, tap), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param closers takes what ends each part, in the order in which they were started. */
async function build(
  { folder, db, kek, logKey, publicUrl, providerPort, storePorts, seeded }: WorldPlace,
  overrides: Partial<Config>,
  subjects: readonly string[],
  closers: (() => unknown)[],
  tap?: LogTap,
): Promise<Omit<EmptyWorld, 'close'>> {
  const keep = <T extends { close(): unknown }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  const stores = [
    keep(await startPartnerStore(folder, 0, storePorts[0], storeKeys(1))),
    keep(await startPartnerStore(folder, 1, storePorts[1], storeKeys(2))),
  ] as const;
  const databaseProxy = keep(await cuttableProxy(new URL(db.url)));
  const provider = keep(
    await startProvider({
      port: providerPort,
      stateDir: join(folder, 'provider'),
      publicUrl,
      personas: [...providerPersonas(PASSWORDS), OUTSIDER, ...subjects.map(accountOf)],
      clientId: 'concordat',
      clientSecret: CLIENT_SECRET,
    }),
  );
  const throughProxy = (url: string): string =>
    Object.assign(new URL(url), { port: String(databaseProxy.port) }).href;
  const config = testConfig({
    publicUrl,
    kek,
    databaseUrl: throughProxy(db.url),
    sessionDatabaseUrl: throughProxy(db.urlFor('concordat_session')),
    secretsDatabaseUrl: throughProxy(db.urlFor('concordat_secrets')),
    databasePoolSize: 20,
    oidc: { issuer: provider.issuer, clientId: 'concordat', clientSecret: CLIENT_SECRET },
    issueRatePerMinute: 10_000,
    log: {
      origin: `${new URL(publicUrl).host}/log`,
      tiles: { kind: 'disk', path: join(folder, 'log') },
    },
    ...overrides,
  });
  const app = keep(await startServe(config, tap));
  if (!seeded) {
    await bootstrap(config);
  }
  const workerConfig: WorkerConfig = {
    ...config,
    sequencerDatabaseUrl: throughProxy(db.urlFor('concordat_sequencer')),
    publisherDatabaseUrl: throughProxy(db.urlFor('concordat_publisher')),
    eraserDatabaseUrl: throughProxy(db.urlFor('concordat_eraser')),
    logHead: { kind: 'disk', path: join(folder, 'log-head') },
    logKeys: [logKey],
  };
  keep(await startWorker(workerConfig, tap));
  const callers = Object.fromEntries(
    PERSONA_NAMES.map((persona) => [persona, callerFor(publicUrl, provider, persona)]),
  ) as unknown as Callers;
  return {
    app,
    config,
    workerConfig,
    tiles: join(folder, 'log'),
    db,
    databaseProxy,
    provider,
    stores,
    callers,
  };
}

async function registerOutsider(admin: ApiClient, issuer: string): Promise<void> {
  const today = londonDay(systemClock.now());
  const { id } = await admin.post<{ id: string }>('/api/v1/organisations', {
    name: 'Elsewhere Council',
    kind: 'borough',
    publicAuthority: true,
  });
  await admin.post(`/api/v1/organisations/${id}/memberships`, {
    issuer,
    subject: OUTSIDER.subject,
    name: OUTSIDER.name,
    email: OUTSIDER.email,
    position: OUTSIDER.name,
    startsOn: today,
    endsOn: addMonths(today, 12),
    roles: ['data_owner', 'researcher'],
  });
}

async function startServe(config: Config, tap?: LogTap): Promise<NestExpressApplication> {
  const builder = Test.createTestingModule({ imports: [AppModule.with(config)] });
  const module = await tapped(builder, tap).compile();
  const app = module.createNestApplication<NestExpressApplication>(HTTP_APP_OPTIONS);
  configureApp(app, config);
  await app.listen(Number(new URL(config.publicUrl).port), '127.0.0.1');
  return app;
}

async function bootstrap(config: Config): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [BootstrapModule.with(config)],
  }).compile();
  await module
    .get(Bootstrap, { strict: false })
    .bootstrap({ issuer: config.oidc.issuer, subjects: ['admin', 'admin2'] });
  await module.close();
}

async function startWorker(config: WorkerConfig, tap?: LogTap): Promise<INestApplicationContext> {
  const builder = Test.createTestingModule({ imports: [WorkerModule.with(config)] });
  const module = await tapped(builder, tap).compile();
  // Nest has one logger for the process: the one that is set last.
  module.useLogger(tap ? module.get(Logger) : false);
  return module.init();
}

function storeKeys(at: number): StoreKeys {
  const key = (owner: string): StoreKeys['owner'] => ({
    accessKeyId: `TEST${owner}${String(at)}`,
    secretAccessKey: `secret-of-${owner}-${String(at)}-0123456789`,
  });
  return { owner: key('OWNER'), broker: key('BROKER') };
}
