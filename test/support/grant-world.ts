import { Global, Module, type INestApplicationContext, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import type { AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { Cascade } from '../../src/cascade/cascade.service.js';
import { ConfigModule } from '../../src/config/config.module.js';
import type { Config } from '../../src/config/config.js';
import { GrantTokens } from '../../src/grants/grant-token.service.js';
import type { GrantTokenView } from '../../src/grants/grant.view.js';
import { GrantsModule } from '../../src/grants/grants.module.js';
import { GrantsService } from '../../src/grants/grants.service.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { systemClock } from '../../src/kernel/clock.js';
import { IdFactory } from '../../src/kernel/ids.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { Secrets } from '../../src/platform/secrets/secrets.service.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PageTokens } from '../../src/platform/web/page-tokens.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { StoreVault } from '../../src/stores/store-credentials.js';
import { exampleTerms, PROVIDER, RECIPIENT } from './agreement-terms.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { GrantRows, publicationOf } from './grant-rows.js';
import { HandClock } from './hand-clock.js';
import { NobodySignsIn } from './nobody-signs-in.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-0000000000${last}`;

/** Who and what there is in the world of grants, besides the two organisations of the example agreement. */
export const GROUND = {
  provider: PROVIDER.id,
  owner: PROVIDER.owner,
  providerOfficer: PROVIDER.officer,
  recipient: RECIPIENT.id,
  researcher: uuid('b5'),
  colleague: uuid('b6'),
  recipientOwner: uuid('b7'),
  recipientOfficer: uuid('b8'),
  operator: uuid('c1'),
  operatorOfficer: uuid('c2'),
  stranger: uuid('e2'),
  store: uuid('d2'),
  dataset: uuid('d1'),
  agreement: uuid('d3'),
  project: uuid('d4'),
  request: uuid('d5'),
  colleaguesRequest: uuid('d6'),
  sealedVersion: 'a'.repeat(64),
} as const;
const STRANGERS = uuid('e1');

const PEOPLE: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [GROUND.owner]: [GROUND.provider, 'data_owner'],
  [GROUND.providerOfficer]: [GROUND.provider, 'ig_officer'],
  [GROUND.researcher]: [GROUND.recipient, 'researcher'],
  [GROUND.colleague]: [GROUND.recipient, 'researcher'],
  [GROUND.recipientOwner]: [GROUND.recipient, 'data_owner'],
  [GROUND.recipientOfficer]: [GROUND.recipient, 'ig_officer'],
  [GROUND.operatorOfficer]: [GROUND.operator, 'ig_officer'],
  [GROUND.stranger]: [STRANGERS, 'data_owner'],
};

export interface GrantWorldOptions {
  /** Changes to the terms of the one agreement; the rules they compile to are published. */
  readonly terms?: Partial<AgreementTerms>;
  /** Where the provider's store is; absent: nowhere that answers. */
  readonly location?: StoreLocation;
  readonly prefix?: string;
  readonly disclosesLocation?: boolean;
  /** Modules beside grants: the slices below it. */
  readonly imports?: ModuleMetadata['imports'];
  readonly config?: Partial<Config>;
}

export interface GrantWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly db: TestDatabase;
  readonly database: Database;
  readonly grants: GrantsService;
  readonly tokens: GrantTokens;
  readonly cascade: Cascade;
  /** The London day on which the world begins. */
  readonly today: string;
  /** Somebody of the ground, signed in with two factors. */
  as(personId: string, changes?: Partial<Principal>): Principal;
  /** A grant of the researcher, or of another holder under another request. */
  issue(accessRequestId?: string, holderId?: string): Promise<GrantTokenView>;
  /** Another approved request of the researcher, alike in everything. @returns its id. */
  approve(changes?: { readonly delivery?: string; readonly untilOn?: string }): Promise<string>;
  /** More rows, in a transaction of their own. */
  add(work: (rows: GrantRows, tx: Tx) => Promise<void>): Promise<void>;
  /** An active agreement of these terms, with its rules published. */
  addAgreement(id: string, reference: string, terms: AgreementTerms): Promise<void>;
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** The same as the database's superuser, who may do what the broker may not. */
  force<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** The types of a grant's events, in order of time and then of the alphabet: the clock stands still. */
  eventsOf(grantId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Of the web, what services need without a server. */
@Global()
@Module({ providers: [PageTokens], exports: [PageTokens] })
class PagesOnly {}

/** The terms of the world's agreement: in force since January, for a year from now. */
export function worldTerms(today: string, changes: Partial<AgreementTerms> = {}): AgreementTerms {
  return exampleTerms({ startsOn: '2026-01-01', endsOn: addDays(today, 365), ...changes });
}

/** Everything a grant rests on, on a real database: one approved request, ready to be issued. */
export async function grantWorld(options: GrantWorldOptions = {}): Promise<GrantWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(systemClock.now());
  const config = testConfig({
    databaseUrl: db.url,
    sessionDatabaseUrl: db.urlFor('concordat_session'),
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
    issueRatePerMinute: 10_000,
    ...options.config,
  });
  @Module({
    imports: [
      DatabaseModule,
      SecretsModule,
      ObjectStoreModule,
      SigningModule,
      PagesOnly,
      AuditModule,
      PolicyModule,
      GrantsModule,
      ...(options.imports ?? []),
    ],
  })
  class WorldModule {}
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  })
    .overrideModule(IdentityModule)
    .useModule(NobodySignsIn)
    .compile();
  app.useLogger(false);
  await app.init();
  const world = new World(app, clock, db);
  await world.populate(options);
  return world;
}

class World implements GrantWorld {
  readonly database: Database;
  readonly grants: GrantsService;
  readonly tokens: GrantTokens;
  readonly cascade: Cascade;
  readonly today: string;
  // Kept open: every sign-in to PostgreSQL costs more than most of what it is asked.
  private superuser: Promise<pg.Client> | undefined;

  constructor(
    readonly app: INestApplicationContext,
    readonly clock: HandClock,
    readonly db: TestDatabase,
  ) {
    this.database = app.get(Database);
    this.grants = app.get(GrantsService, { strict: false });
    this.tokens = app.get(GrantTokens, { strict: false });
    this.cascade = app.get(Cascade, { strict: false });
    this.today = londonDay(clock.now());
  }

  as(personId: string, changes: Partial<Principal> = {}): Principal {
    const [organisationId = '', role = 'researcher'] = PEOPLE[personId] ?? [];
    return {
      kind: 'person',
      personId,
      pseudonym: 'P-aaaaaaaa',
      name: `The ${role}`,
      issuer: 'https://id.example',
      subject: personId,
      memberships: [
        {
          membershipId: personId,
          organisationId,
          organisationName: organisationId,
          isOperator: organisationId === GROUND.operator,
          position: `Head ${role}`,
          roles: [role],
        },
      ],
      authLevel: 2,
      acr: null,
      amr: [],
      authenticatedAt: null,
      via: 'bearer',
      ip: null,
      country: 'GB',
      ...changes,
    };
  }

  async issue(
    accessRequestId: string = GROUND.request,
    holderId: string = GROUND.researcher,
  ): Promise<GrantTokenView> {
    const key = `key-${String(Math.floor(performance.now() * 1e6))}`;
    return this.grants.issue(this.as(holderId), { accessRequestId }, key);
  }

  async approve(changes: { readonly delivery?: string; readonly untilOn?: string } = {}) {
    const id = this.app.get<IdFactory>(IdFactory).next();
    await this.add((rows) =>
      rows.approvedRequest({ ...this.request(), ...changes, id }, GROUND.owner),
    );
    return id;
  }

  async add(work: (rows: GrantRows, tx: Tx) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const event = await this.app
        .get(AuditService)
        .record(tx, 'organisation.registered', { actorKind: 'broker' });
      await work(new GrantRows(tx, event), tx);
    });
  }

  async addAgreement(id: string, reference: string, terms: AgreementTerms): Promise<void> {
    await this.add(async (rows, tx) => {
      const agreement = await rows.agreement(id, reference, terms, GROUND.owner);
      await this.app.get(PolicyService).publishAgreement(tx, publicationOf(agreement, terms));
    });
    await this.app.get(PolicyService).catchUp();
  }

  async query<T>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    return this.database.manager.query<T[]>(sql, [...params]);
  }

  async force<T>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    const client = await (this.superuser ??= connected(this.db.urlFor('postgres')));
    try {
      return (await client.query(sql, [...params])).rows as T[];
    } finally {
      await client.query('RESET ALL');
    }
  }

  async eventsOf(grantId: string): Promise<readonly string[]> {
    const rows = await this.query<{ type: string }>(
      'SELECT type FROM audit_event WHERE grant_id = $1 ORDER BY occurred_at, type',
      [grantId],
    );
    return rows.map(({ type }) => type);
  }

  async close(): Promise<void> {
    await (await this.superuser)?.end();
    await this.app.close();
    await this.db.close();
  }

  async populate({ terms, location, prefix, disclosesLocation }: GrantWorldOptions): Promise<void> {
    await this.add(async (rows) => {
      for (const id of [GROUND.provider, GROUND.recipient, GROUND.operator, STRANGERS]) {
        await rows.organisation(id, id === GROUND.operator);
      }
      for (const [id, [organisationId, role]] of Object.entries(PEOPLE)) {
        await rows.person(id, organisationId, role);
      }
      await rows.store(GROUND.store, GROUND.provider, {
        endpoint: location?.endpoint ?? 'http://127.0.0.1:1',
        region: location?.region ?? 'eu-west-2',
        bucket: location?.bucket ?? 'data',
        credentials: this.sealedCredentials(location),
        probedAt: this.clock.now(),
      });
      await rows.dataset(GROUND.dataset, GROUND.provider, {
        storeId: GROUND.store,
        prefix: prefix ?? 'footfall/',
        sealedVersion: GROUND.sealedVersion,
        disclosesLocation: disclosesLocation ?? false,
      });
    });
    await this.addAgreement(GROUND.agreement, 'CON-2026-0001', worldTerms(this.today, terms));
    await this.add(async (rows) => {
      const members = [GROUND.researcher, GROUND.colleague];
      const endsOn = addDays(this.today, 200);
      await rows.project(GROUND.project, 'PRJ-2026-0001', GROUND.recipient, endsOn, members);
      const request = { ...this.request(), delivery: terms?.modes?.[0] ?? 'stream' };
      await rows.approvedRequest({ ...request, id: GROUND.request }, GROUND.owner);
      const theirs = { ...request, id: GROUND.colleaguesRequest, requesterId: GROUND.colleague };
      await rows.approvedRequest(theirs, GROUND.owner);
    });
  }

  private request() {
    return {
      projectId: GROUND.project,
      datasetId: GROUND.dataset,
      agreementId: GROUND.agreement,
      requesterId: GROUND.researcher,
      organisationId: GROUND.recipient,
      untilOn: addDays(this.today, 60),
      delivery: 'stream',
    };
  }

  private sealedCredentials(location: StoreLocation | undefined): Buffer {
    const owner = { id: GROUND.store, organisationId: GROUND.provider, credentialVersion: 1 };
    const { accessKeyId = 'none', secretAccessKey = 'nothing-secret' } = location ?? {};
    const vault = new StoreVault(this.app.get(Secrets));
    return vault.seal(owner, { accessKeyId, secretAccessKey });
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
