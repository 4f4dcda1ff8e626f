import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { CascadeModule } from '../../src/cascade/cascade.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PageTokens } from '../../src/platform/web/page-tokens.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { RequestsModule } from '../../src/requests/requests.module.js';
import type { AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { exampleTerms, FOOTFALL, PROVIDER, RECIPIENT } from './agreement-terms.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { GrantRows, publicationOf } from './grant-rows.js';
import { GrantsStandIn } from './grants-stand-in.js';
import { HandClock } from './hand-clock.js';
import { NobodySignsIn } from './nobody-signs-in.js';

const id = (tail: string): string => `01990000-0000-7000-8000-0000000000${tail}`;

/** The provider's and the recipient's people, a university that is no party, and the operator. */
export const CAST = {
  provider: PROVIDER.id,
  owner: PROVIDER.owner,
  secondOwner: id('a6'),
  providerOfficer: PROVIDER.officer,
  recipient: RECIPIENT.id,
  researcher: id('b5'),
  colleague: id('b6'),
  recipientOwner: id('b7'),
  university: id('e1'),
  guest: id('e2'),
  stranger: id('e3'),
  operator: id('c1'),
  operatorOfficer: id('c2'),
} as const;

const PEOPLE: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [CAST.owner]: [CAST.provider, 'data_owner'],
  [CAST.secondOwner]: [CAST.provider, 'data_owner'],
  [CAST.providerOfficer]: [CAST.provider, 'ig_officer'],
  [CAST.researcher]: [CAST.recipient, 'researcher'],
  [CAST.colleague]: [CAST.recipient, 'researcher'],
  [CAST.recipientOwner]: [CAST.recipient, 'data_owner'],
  [CAST.guest]: [CAST.university, 'researcher'],
  [CAST.stranger]: [CAST.university, 'data_owner'],
  [CAST.operatorOfficer]: [CAST.operator, 'ig_officer'],
};

/** What is shared, and a dataset that no agreement has. */
export const SHARED = FOOTFALL;
export const UNSHARED = id('d9');
export const TODAY = '2026-06-15';
export const RESEARCH = 'https://w3id.org/dpv#AcademicResearch';
const RESEARCH_AND_DEVELOPMENT = 'https://w3id.org/dpv#ResearchAndDevelopment';
export const POLICY_MAKING = 'https://w3id.org/dpv#PublicPolicyMaking';

/** Of the web, what services need without a server. */
@Global()
@Module({ providers: [PageTokens], exports: [PageTokens] })
class PagesOnly {}

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    PagesOnly,
    AuditModule,
    CascadeModule,
    PolicyModule,
    RequestsModule,
  ],
  providers: [GrantsStandIn],
})
class WorldModule {}

export interface RequestWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly db: TestDatabase;
  readonly database: Database;
  readonly grants: GrantsStandIn;
  as(personId: string, changes?: Partial<Principal>): Principal;
  /** An agreement in force on the shared dataset, its rules published. @returns its id. */
  agreement(changes?: Partial<AgreementTerms>): Promise<string>;
  add(work: (rows: GrantRows, tx: Tx) => Promise<void>): Promise<void>;
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** The types of events about a project or a request, in the order of the alphabet: the clock stands still. */
  eventsOf(thingId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Projects and access requests on a real database, with agreements on footfall counts; on 15 June 2026. */
export async function requestWorld(): Promise<RequestWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(new Date(`${TODAY}T09:00:00Z`));
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
  });
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  })
    .overrideModule(IdentityModule)
    .useModule(NobodySignsIn)
    .compile();
  app.useLogger(false);
  await app.init();
  const database = app.get(Database);
  const policy = app.get(PolicyService);
  let agreements = 0;
  const add: RequestWorld['add'] = (work) =>
    database.transaction(async (tx) => {
      const event = await app
        .get(AuditService)
        .record(tx, 'organisation.registered', { actorKind: 'broker' });
      await work(new GrantRows(tx, event), tx);
    });
  await add(populate);
  return {
    app,
    clock,
    db,
    database,
    grants: app.get(GrantsStandIn),
    as: principalOf,
    agreement: async (changes) => {
      agreements += 1;
      const agreementId = `01990000-0000-7000-8000-${(0xf000 + agreements).toString(16).padStart(12, '0')}`;
      const terms = exampleTerms({
        startsOn: '2026-01-01',
        purposes: [RESEARCH_AND_DEVELOPMENT],
        ...changes,
      });
      await add(async (rows, tx) => {
        const reference = `CON-2026-${String(agreements).padStart(4, '0')}`;
        const agreement = await rows.agreement(agreementId, reference, terms, CAST.owner);
        await policy.publishAgreement(tx, publicationOf(agreement, terms));
      });
      return agreementId;
    },
    add,
    query: (sql, params = []) => database.manager.query(sql, [...params]),
    eventsOf: async (thingId) => {
      const rows = await database.manager.query<{ type: string }[]>(
        'SELECT type FROM audit_event WHERE target_id = $1::text OR access_request_id = $1::uuid ORDER BY type',
        [thingId],
      );
      return rows.map(({ type }) => type);
    },
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}

async function populate(rows: GrantRows): Promise<void> {
  for (const organisation of [CAST.provider, CAST.recipient, CAST.university, CAST.operator]) {
    await rows.organisation(organisation, organisation === CAST.operator);
  }
  for (const [personId, [organisationId, role]] of Object.entries(PEOPLE)) {
    await rows.person(personId, organisationId, role);
  }
  const storeId = id('d2');
  await rows.store(storeId, CAST.provider, {
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-2',
    bucket: 'data',
    credentials: Buffer.alloc(0),
    probedAt: new Date(`${TODAY}T08:00:00Z`),
  });
  for (const [datasetId, prefix] of [
    [SHARED, 'footfall/'],
    [UNSHARED, 'other/'],
  ] as const) {
    const sealedVersion = 'a'.repeat(64);
    const at = { storeId, prefix, sealedVersion, disclosesLocation: false };
    await rows.dataset(datasetId, CAST.provider, at);
  }
}

function principalOf(personId: string, changes: Partial<Principal> = {}): Principal {
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
        isOperator: organisationId === CAST.operator,
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
