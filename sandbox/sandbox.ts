import { join } from 'node:path';
import { ApiClient } from './api-client.js';
import { callerFor, type Callers } from './callers.js';
import { startMailbox } from './mailbox/mailbox.js';
import { PERSONA_NAMES, providerPersonas, type Passwords, type PersonaName } from './personas.js';
import { DEFAULT_PORT, findFreePort, planPorts, requireFreePorts, SandboxError } from './ports.js';
import {
  bootstrap,
  CLIENT_ID,
  migrate,
  startBroker,
  startReplica,
  startWorker,
  type BrokerOptions,
} from './processes/broker.js';
import { Children } from './processes/children.js';
import { fillStores, startPartnerStore, type PartnerStore } from './processes/partner-stores.js';
import { startLiveReadings } from './processes/live-readings.js';
import { waitFor } from './processes/wait-for.js';
import {
  databaseUrl,
  killPostgres,
  startPostgres,
  type PostgresOptions,
} from './processes/postgres.js';
import type { AccessTokenOptions } from './provider/provider.js';
import { startProvider, type SandboxProvider } from './provider/provider.js';
import { seed } from './seed/seed.js';
import type { Seeded } from './seed/seeded.js';
import {
  createState,
  readState,
  removeState,
  writeState,
  type SandboxState,
} from './state/state.js';

const LOG_TIMEOUT_MS = 30_000;

export interface SandboxOptions {
  readonly folder: string;
  /** Undefined: the port of the sandbox that the folder holds, else the default. */
  readonly firstPort: number | undefined;
  readonly dataDir: string | undefined;
  readonly issueRatePerMinute?: number;
  /** Told what is being done, in one line each. */
  readonly say: (line: string) => void;
  /** Told once when a part of a running sandbox ends by itself. */
  readonly onDeath: (message: string) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** What can fall by itself. */
export const SANDBOX_PARTS = ['broker', 'worker', 'database'] as const;
export type SandboxPart = (typeof SANDBOX_PARTS)[number];

export interface RunningSandbox {
  readonly folder: string;
  readonly publicUrl: string;
  readonly issuer: string;
  /** As the application's role. */
  readonly databaseUrl: string;
  /** As the administrator of the cluster. */
  readonly adminDatabaseUrl: string;
  /** Shows every mail that the broker sent. */
  readonly mailboxUrl: string;
  /** The public log: its address, and the keys that its checkpoints are signed with. */
  readonly log: { readonly url: string; readonly vkey: string };
  readonly databaseLog: string;
  readonly passwords: Passwords;
  readonly stores: readonly PartnerStore[];
  readonly seeded: Seeded;
  readonly callers: Callers;
  issueAccessToken(persona: PersonaName, options?: AccessTokenOptions): Promise<string>;
  readAgreements(): Promise<readonly { id: string; title: string; status: string }[]>;
  readonly brokerPid: number;
  /** Kills a part as a fall of its machine would, and starts it again. */
  fell(part: SandboxPart): Promise<void>;
  /** One more broker on the same databases. @returns its address. */
  startReplica(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a sandbox and seeds it if its folder holds none yet.
 * @throws SandboxError for what the caller can mend: a taken port, another port than the sandbox was made for.
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const parts = new Parts(options);
  try {
    return await parts.orDeath(() => parts.start());
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** What a starting sandbox has started so far, to be stopped in the reverse order. */
class Parts {
  private readonly children: Children;
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly death = Promise.withResolvers<never>();
  private isUp = false;

  constructor(private readonly options: SandboxOptions) {
    this.death.promise.catch(() => undefined);
    options.signal?.addEventListener('abort', () => {
      this.death.reject(new SandboxError('Stopped before the sandbox was up.'));
    });
    this.children = new Children((message) => {
      if (this.isUp) {
        this.options.onDeath(message);
      } else {
        this.death.reject(new Error(message));
      }
    });
  }

  /** Does the work, unless a child dies first. */
  async orDeath<T>(work: () => Promise<T>): Promise<T> {
    return Promise.race([work(), this.death.promise]);
  }

  async stop(): Promise<void> {
    await this.children.stop();
    for (const close of this.closers.reverse()) {
      await close();
    }
    this.closers.length = 0;
  }

  async start(): Promise<RunningSandbox> {
    const { folder, say } = this.options;
    const state = await this.openState();
    const plan = planPorts(state.firstPort);
    const publicUrl = `http://127.0.0.1:${String(plan.broker)}`;
    const isNew = state.seeded === undefined;
    if (isNew) {
      say(`Making a new sandbox in ${folder}`);
      await fillStores(folder, this.options.dataDir);
    }
    const postgres = {
      databaseDir: state.databaseDir,
      port: plan.postgres,
      password: state.databasePassword,
      logFile: join(folder, 'postgres.log'),
    };
    say('Starting PostgreSQL, the OpenID provider and two partner stores');
    let database = await startPostgres(this.children, postgres);
    const provider = await this.openProvider(state, plan.provider, publicUrl);
    const stores = [
      await this.openStore(0, plan.storeOne, state),
      await this.openStore(1, plan.storeTwo, state),
    ] as const;
    const mailbox = await startMailbox(plan);
    this.closers.push(() => mailbox.close());
    const broker = {
      ...brokerOptions(state, publicUrl, provider.issuer, postgres, this.options),
      smtpUrl: mailbox.smtpUrl,
    };
    say('Starting the broker and its worker');
    await migrate(broker);
    if (isNew) {
      await bootstrap(broker, ['admin', 'admin2']);
    }
    let worker = startWorker(this.children, broker);
    let server = await startBroker(this.children, broker);
    const callers = callersOf(publicUrl, provider);
    this.pourReadings(stores[0], state);
    const seeded = state.seeded ?? (await this.seedInto(state, callers, provider.issuer, stores));
    this.isUp = true;
    return {
      folder,
      publicUrl,
      issuer: provider.issuer,
      databaseUrl: databaseUrl(postgres, 'concordat_app'),
      adminDatabaseUrl: databaseUrl(postgres, 'postgres'),
      mailboxUrl: mailbox.pageUrl,
      log: { url: `${publicUrl}/log`, vkey: await readVerifierKey(publicUrl) },
      databaseLog: postgres.logFile,
      passwords: state.passwords,
      stores,
      seeded,
      callers,
      issueAccessToken: (persona, token) => provider.issueAccessToken(persona, token),
      readAgreements: () => readAgreements(callers.officer, seeded),
      brokerPid: server.pid ?? 0,
      fell: async (part) => {
        if (part === 'database') {
          await killPostgres(this.children, database, postgres);
          database = await startPostgres(this.children, postgres);
        } else if (part === 'worker') {
          await this.children.kill(worker);
          worker = startWorker(this.children, broker);
        } else {
          await this.children.kill(server);
          server = await startBroker(this.children, broker);
        }
      },
      startReplica: async () => startReplica(this.children, broker, await findFreePort()),
      stop: () => this.stop(),
    };
  }

  private async openState(): Promise<SandboxState> {
    const { folder, firstPort, say } = this.options;
    const found = await readState(folder);
    const port = firstPort ?? found?.firstPort ?? DEFAULT_PORT;
    if (found?.seeded) {
      requireSamePort(folder, found.firstPort, port);
    }
    await requireFreePorts(planPorts(port));
    if (found && !found.seeded) {
      say(`The sandbox in ${folder} was never finished: starting it over`);
      await removeState(folder, found);
    }
    return found?.seeded ? found : createState(folder, port);
  }

  private async openProvider(
    state: SandboxState,
    port: number,
    publicUrl: string,
  ): Promise<SandboxProvider> {
    const provider = await startProvider({
      port,
      stateDir: join(this.options.folder, 'provider'),
      publicUrl,
      personas: providerPersonas(state.passwords),
      clientId: CLIENT_ID,
      clientSecret: state.clientSecret,
    });
    this.closers.push(() => provider.close());
    return provider;
  }

  private async openStore(at: 0 | 1, port: number, state: SandboxState): Promise<PartnerStore> {
    const store = await startPartnerStore(this.options.folder, at, port, state.storeKeys[at]);
    this.closers.push(() => store.close());
    return store;
  }

  // In a sandbox from before there was a feed, nobody looks for them.
  private pourReadings(store: PartnerStore, { seeded }: SandboxState): void {
    if (seeded !== undefined && !seeded.feed) {
      return;
    }
    const { dataDir, say } = this.options;
    const readings = startLiveReadings(store, dataDir, (fault) => {
      say(`No more readings come into the live feed: ${String(fault)}`);
    });
    this.closers.push(() => readings.stop());
  }

  private async seedInto(
    state: SandboxState,
    callers: Callers,
    issuer: string,
    stores: readonly [PartnerStore, PartnerStore],
  ): Promise<Seeded> {
    const { folder, dataDir, say } = this.options;
    const seeded = await seed({
      callers,
      issuer,
      stores,
      isReal: dataDir !== undefined,
      hasEveryMode: true,
      say,
    });
    await writeState(folder, { ...state, seeded });
    return seeded;
  }
}

// The issuer and the public URL hold the port, and people are known by their issuer.
function requireSamePort(folder: string, made: number, asked: number): void {
  if (asked !== made) {
    throw new SandboxError(
      `The sandbox in ${folder} was made for PORT=${String(made)}. Use that, or another SANDBOX_DIR.`,
    );
  }
}

function brokerOptions(
  { clientSecret, kek, logKey }: SandboxState,
  publicUrl: string,
  issuer: string,
  postgres: PostgresOptions,
  { folder, issueRatePerMinute }: SandboxOptions,
): Omit<BrokerOptions, 'smtpUrl'> {
  return {
    publicUrl,
    issuer,
    clientSecret,
    kek,
    logKey,
    folder,
    postgres,
    ...(issueRatePerMinute === undefined ? {} : { issueRatePerMinute }),
  };
}

/** The worker publishes its keys with its first checkpoint. */
async function readVerifierKey(publicUrl: string): Promise<string> {
  let vkey = '';
  await waitFor('The log', LOG_TIMEOUT_MS, async () => {
    const response = await fetch(`${publicUrl}/log/vkey`);
    vkey = response.ok ? (await response.text()).trim() : '';
    return vkey !== '';
  });
  return vkey;
}

function callersOf(publicUrl: string, provider: SandboxProvider): Callers {
  const entries = PERSONA_NAMES.map(
    (persona) => [persona, callerFor(publicUrl, provider, persona)] as const,
  );
  return Object.fromEntries(entries) as Record<PersonaName, ApiClient>;
}

async function readAgreements(
  officer: ApiClient,
  { agreements }: Seeded,
): Promise<{ id: string; title: string; status: string }[]> {
  return Promise.all(
    agreements.map(async ({ id, title }) => {
      const { status } = await officer.get<{ status: string }>(`/api/v1/agreements/${id}`);
      return { id, title, status };
    }),
  );
}
