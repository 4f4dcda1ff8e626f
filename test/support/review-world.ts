import { parse } from 'node:querystring';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Request } from 'express';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import type { EventInput } from '../../src/audit/event-preparation.js';
import type { EventType } from '../../src/audit/event-types.js';
import type { Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { Database } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PageTokens } from '../../src/platform/web/page-tokens.js';
import { validationPipe } from '../../src/platform/web/validation.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import type { AuditEventView } from '../../src/review/audit-event.view.js';
import { AuditEventsApi } from '../../src/review/audit-events.api.js';
import { AuditEventsRepository } from '../../src/review/audit-events.repository.js';
import { AuditEventsService } from '../../src/review/audit-events.service.js';
import { Disclosures } from '../../src/review/disclosures/disclosures.service.js';
import { DisclosuresRepository } from '../../src/review/disclosures/disclosures.repository.js';
import { ExportClaimsRepository } from '../../src/review/exports/export-claims.repository.js';
import { ExportContents } from '../../src/review/exports/export-contents.service.js';
import { ExportDownloads } from '../../src/review/exports/export-downloads.service.js';
import { ExportEnds } from '../../src/review/exports/export-ends.service.js';
import { ExportMaking } from '../../src/review/exports/export-making.service.js';
import { ExportWriting } from '../../src/review/exports/export-writing.service.js';
import { ExportsRepository } from '../../src/review/exports/exports.repository.js';
import { Exports } from '../../src/review/exports/exports.service.js';
import { PackDocumentsRepository } from '../../src/review/exports/packs/pack-documents.repository.js';
import { PackFiles } from '../../src/review/exports/packs/pack-files.service.js';
import { Offices } from '../../src/review/offices.service.js';
import { Pseudonyms } from '../../src/review/pseudonyms.service.js';
import { TrailReading } from '../../src/review/trail-reading.service.js';
import { AuditSearchDto } from '../../src/review/audit-search.dto.js';
import type { PageOf } from '../../src/platform/web/page-query.dto.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { HandClock } from './hand-clock.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';

const id = (tail: string): string => `01990000-0000-7000-8000-0000000000${tail}`;

/** Two parties and the operator; each person's id is found by what they are. */
export const PARTY = { id: id('a1'), officer: id('a2'), owner: id('a3') } as const;
export const OTHER = { id: id('b1'), officer: id('b2'), researcher: id('b3') } as const;
export const OPERATOR = { id: id('c1'), officer: id('c2') } as const;

const PEOPLE: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [PARTY.officer]: [PARTY.id, 'ig_officer'],
  [PARTY.owner]: [PARTY.id, 'data_owner'],
  [OTHER.officer]: [OTHER.id, 'ig_officer'],
  [OTHER.researcher]: [OTHER.id, 'researcher'],
  [OPERATOR.officer]: [OPERATOR.id, 'ig_officer'],
};

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    AuditModule,
    PolicyModule,
  ],
  providers: [
    Authorisation,
    PageTokens,
    AuditEventsService,
    AuditEventsRepository,
    AuditEventsApi,
    Disclosures,
    DisclosuresRepository,
    Offices,
    TrailReading,
    Exports,
    ExportsRepository,
    ExportClaimsRepository,
    ExportContents,
    ExportDownloads,
    ExportEnds,
    ExportMaking,
    ExportWriting,
    PackFiles,
    PackDocumentsRepository,
    Pseudonyms,
  ],
})
class WorldModule {}

export interface ReviewWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly config: Config;
  readonly db: TestDatabase;
  readonly database: Database;
  as(personId: string): Principal;
  /** Records an event at the clock's instant, which then moves on by a second. */
  record<T extends EventType>(type: T, input: EventInput<T>): Promise<string>;
  /** Asks as the API is asked: the query goes through the DTO. */
  search(principal: Principal, query?: string): Promise<PageOf<AuditEventView>>;
  get(principal: Principal, eventId: string): Promise<AuditEventView>;
  close(): Promise<void>;
}

/** The audit trail on a real database, with officers of two parties and of the operator. */
export async function reviewWorld(): Promise<ReviewWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(new Date('2026-05-01T09:00:00Z'));
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
  });
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  }).compile();
  app.useLogger(false);
  await app.init();
  const database = app.get(Database);
  const audit = app.get(AuditService);
  const api = app.get(AuditEventsApi);
  const record: ReviewWorld['record'] = async (type, input) => {
    const eventId = await database.transaction((tx) => audit.record(tx, type, input));
    clock.add(1000);
    return eventId;
  };
  await populate(database, await record('organisation.registered', { actorKind: 'broker' }));
  return {
    app,
    clock,
    config,
    db,
    database,
    as: principalOf,
    record,
    search: async (principal, query = '') => {
      const dto = (await validationPipe.transform(
        { ...parse(query) },
        {
          type: 'query',
          metatype: AuditSearchDto,
        },
      )) as AuditSearchDto;
      return api.search(principal, dto, requestTo('/api/v1/audit/events'));
    },
    get: (principal, eventId) => api.get(principal, eventId, requestTo('/api/v1/audit/events/:id')),
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}

// What the API reads of a request: its route and its trace.
function requestTo(path: string): Request {
  return { method: 'GET', route: { path }, headers: {} } as unknown as Request;
}

function principalOf(personId: string): Principal {
  const [organisationId = '', role = 'researcher'] = PEOPLE[personId] ?? [];
  return {
    kind: 'person',
    personId,
    pseudonym: pseudonymOf(personId),
    name: `The ${role}`,
    issuer: 'https://id.example',
    subject: personId,
    memberships: [
      {
        membershipId: personId,
        organisationId,
        organisationName: organisationId,
        isOperator: organisationId === OPERATOR.id,
        position: `Head ${role}`,
        roles: [role],
      },
    ],
    authLevel: 2,
    acr: null,
    amr: [],
    authenticatedAt: null,
    via: 'bearer',
    ip: '192.0.2.7',
    country: 'GB',
  };
}

async function populate(database: Database, event: string): Promise<void> {
  await database.transaction(async (tx) => {
    for (const organisation of [PARTY.id, OTHER.id, OPERATOR.id]) {
      await tx.query(
        `INSERT INTO organisation (id, name, kind, public_authority, is_operator, status, audit_event_id)
         VALUES ($1::uuid, $1::text, 'borough', true, $2, 'active', $3)`,
        [organisation, organisation === OPERATOR.id, event],
      );
    }
    for (const personId of Object.keys(PEOPLE)) {
      await tx.query(
        `INSERT INTO person (id, issuer, subject, name, email, pseudonym, status, audit_event_id)
         VALUES ($1::uuid, 'https://id.example', $1::text, 'Nobody', 'nobody@example.org', $2, 'active', $3)`,
        [personId, pseudonymOf(personId), event],
      );
    }
  });
}

/** The pattern of a pseudonym, from the end of the id: 1 and 0 are no base32 letters. */
export function pseudonymOf(personId: string): string {
  return `P-${personId.slice(-8).replaceAll('0', 'a').replaceAll('1', 'b')}`;
}
