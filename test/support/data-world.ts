import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { MetadataExport } from '../../src/catalogue/bulk/metadata-export.service.js';
import { MetadataImport } from '../../src/catalogue/bulk/metadata-import.service.js';
import { MetadataRepository } from '../../src/catalogue/bulk/metadata.repository.js';
import { DatasetChanges } from '../../src/catalogue/dataset-changes.service.js';
import { DatasetEdits } from '../../src/catalogue/dataset-edits.service.js';
import { DatasetLinks } from '../../src/catalogue/dataset-links.repository.js';
import { DatasetRegistration } from '../../src/catalogue/dataset-registration.service.js';
import type { DatasetDto } from '../../src/catalogue/dataset.dto.js';
import { DatasetViews } from '../../src/catalogue/dataset-views.service.js';
import {
  DatasetEntity,
  DatasetLinkEntity,
  DistributionEntity,
} from '../../src/catalogue/dataset.entity.js';
import { DatasetsRepository } from '../../src/catalogue/datasets.repository.js';
import { DatasetsService } from '../../src/catalogue/datasets.service.js';
import { DescribedThings } from '../../src/catalogue/described-things.repository.js';
import { DescriptionChecks } from '../../src/catalogue/description-checks.service.js';
import { DistributionEdits } from '../../src/catalogue/distribution-edits.service.js';
import { HARVEST_LIMITS, HarvestLimits } from '../../src/catalogue/harvest/harvest-limits.js';
import { HarvestReports } from '../../src/catalogue/harvest/harvest-reports.service.js';
import { HarvestSources } from '../../src/catalogue/harvest/harvest-sources.service.js';
import { Harvesting } from '../../src/catalogue/harvest/harvesting.service.js';
import { Intake } from '../../src/catalogue/harvest/intake.service.js';
import { SourceClient } from '../../src/catalogue/harvest/reading/source-client.js';
import { SourcePages } from '../../src/catalogue/harvest/reading/source-pages.service.js';
import { RecordWriting } from '../../src/catalogue/harvest/record-writing.service.js';
import { RecordsRepository } from '../../src/catalogue/harvest/records.repository.js';
import { RunEnds } from '../../src/catalogue/harvest/run-ends.service.js';
import { RunsRepository } from '../../src/catalogue/harvest/runs.repository.js';
import { SourcesRepository } from '../../src/catalogue/harvest/sources.repository.js';
import { CatalogueSearch } from '../../src/catalogue/search/catalogue-search.service.js';
import { FacetsRepository } from '../../src/catalogue/search/facets.repository.js';
import { SearchSuggestions } from '../../src/catalogue/search/search-suggestions.service.js';
import { SearchRepository } from '../../src/catalogue/search/search.repository.js';
import { SuggestionsRepository } from '../../src/catalogue/search/suggestions.repository.js';
import { PROFILE_LIMITS, ProfileLimits } from '../../src/catalogue/profile/profile-limits.js';
import { ProfileRepository } from '../../src/catalogue/profile/profile.repository.js';
import { Profiles } from '../../src/catalogue/profile/profiles.service.js';
import { Profiling } from '../../src/catalogue/profile/profiling.service.js';
import { Sampling } from '../../src/catalogue/profile/sampling.service.js';
import { SEAL_LIMITS, SealLimits } from '../../src/catalogue/sealing/seal-limits.js';
import { SealingRepository } from '../../src/catalogue/sealing/sealing.repository.js';
import { Sealing } from '../../src/catalogue/sealing/sealing.service.js';
import { DatasetVersionsRepository } from '../../src/catalogue/versions/versions.repository.js';
import { DatasetVersions } from '../../src/catalogue/versions/versions.service.js';
import { Viewers } from '../../src/catalogue/viewers.service.js';
import { WATCH_LIMITS, WatchLimits } from '../../src/catalogue/watching/watch-limits.js';
import { WatchingRepository } from '../../src/catalogue/watching/watching.repository.js';
import { Watching } from '../../src/catalogue/watching/watching.service.js';
import { CascadeModule } from '../../src/cascade/cascade.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import type { Config } from '../../src/config/config.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { StoreBreakers } from '../../src/platform/object-store/store-breakers.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import type { StoreDto } from '../../src/stores/store.dto.js';
import { StoreEntity } from '../../src/stores/store.entity.js';
import { AccessLogsRepository } from '../../src/stores/access-logs/access-logs.repository.js';
import { StoreAccessLogs } from '../../src/stores/access-logs/store-access-logs.service.js';
import { StoreChanges } from '../../src/stores/store-changes.service.js';
import { StoreVault } from '../../src/stores/store-credentials.js';
import { StoreLocations } from '../../src/stores/store-locations.service.js';
import { StoreProbing } from '../../src/stores/store-probing.service.js';
import { StoreProbesRepository } from '../../src/stores/store-probes.repository.js';
import { StoreRotation } from '../../src/stores/store-rotation.service.js';
import { StoreRegistration } from '../../src/stores/store-registration.service.js';
import { StoresRepository } from '../../src/stores/stores.repository.js';
import { StoresService } from '../../src/stores/stores.service.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { GrantsStandIn } from './grants-stand-in.js';
import { HandClock } from './hand-clock.js';

/** The owner of the data, a partner of it, and somebody who is neither. */
export const OWNER = '01990000-0000-7000-8000-0000000000a1';
export const PARTNER = '01990000-0000-7000-8000-0000000000b1';
export const STRANGER = '01990000-0000-7000-8000-0000000000e1';

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    AuditModule,
    PolicyModule,
    CascadeModule,
    TypeOrmModule.forFeature([StoreEntity, DatasetEntity, DatasetLinkEntity, DistributionEntity]),
  ],
  providers: [
    Authorisation,
    GrantsStandIn,
    StoresService,
    StoreRegistration,
    StoreProbing,
    StoreProbesRepository,
    StoreRotation,
    StoreLocations,
    StoreChanges,
    StoreVault,
    StoresRepository,
    StoreAccessLogs,
    AccessLogsRepository,
    DatasetsService,
    DatasetRegistration,
    DatasetEdits,
    DistributionEdits,
    DescriptionChecks,
    DatasetViews,
    DatasetVersions,
    DatasetVersionsRepository,
    DatasetChanges,
    MetadataExport,
    MetadataImport,
    MetadataRepository,
    DatasetLinks,
    DescribedThings,
    DatasetsRepository,
    Viewers,
    CatalogueSearch,
    SearchRepository,
    FacetsRepository,
    SearchSuggestions,
    SuggestionsRepository,
    Profiles,
    Profiling,
    Sampling,
    ProfileRepository,
    { provide: ProfileLimits, useValue: PROFILE_LIMITS },
    Sealing,
    SealingRepository,
    { provide: SealLimits, useValue: SEAL_LIMITS },
    Watching,
    WatchingRepository,
    { provide: WatchLimits, useValue: WATCH_LIMITS },
    HarvestSources,
    HarvestReports,
    Harvesting,
    Intake,
    RecordWriting,
    RunEnds,
    SourceClient,
    SourcePages,
    SourcesRepository,
    RunsRepository,
    RecordsRepository,
    { provide: HarvestLimits, useValue: HARVEST_LIMITS },
  ],
})
class WorldModule {}

export interface DataWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly db: TestDatabase;
  readonly database: Database;
  readonly grants: GrantsStandIn;
  /** Somebody of an organisation, in a role; by default its data_owner. */
  as(organisationId: string, role?: Role): Principal;
  /** A dataset of the owner's. @returns its id. */
  describeDataset(changes: Parameters<typeof aDataset>[0]): Promise<string>;
  /** Events about a thing, in the order of the alphabet. */
  eventsOf(targetId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Stores and the catalogue on a real database, with three organisations. The clock starts at the present: stores compare. */
export async function dataWorld(
  overrides: Partial<Config> = {},
  sealLimits: Partial<SealLimits> = {},
  harvestLimits: Partial<HarvestLimits> = {},
): Promise<DataWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(systemClock.now());
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
    ...overrides,
  });
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  })
    // Stores are broken here on purpose, and are well a moment later; the breaker has tests of its own.
    .overrideProvider(StoreBreakers)
    .useValue({ through: (_name: string, ask: () => Promise<unknown>) => ask() })
    .overrideProvider(SealLimits)
    .useValue({ ...SEAL_LIMITS, ...sealLimits })
    .overrideProvider(HarvestLimits)
    .useValue({ ...HARVEST_LIMITS, ...harvestLimits })
    .compile();
  app.useLogger(false);
  await app.init();
  const database = app.get(Database);
  await populate(database, app.get(AuditService));
  return {
    app,
    clock,
    db,
    database,
    grants: app.get(GrantsStandIn),
    as: principalOf,
    describeDataset: (changes) =>
      app.get(DatasetRegistration).register(principalOf(OWNER), aDataset(changes)),
    eventsOf: async (targetId) => {
      const rows = await database.manager.query<{ type: string }[]>(
        'SELECT type FROM audit_event WHERE target_id = $1 ORDER BY type',
        [targetId],
      );
      return rows.map(({ type }) => type);
    },
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}

/** A registration of the store at a location, as its owner sends it. */
export function aStore(location: StoreLocation, changes: Partial<StoreDto> = {}): StoreDto {
  const { endpoint, region, bucket, addressing, accessKeyId, secretAccessKey } = location;
  return {
    organisationId: OWNER,
    name: `Store at ${endpoint}`,
    endpoint,
    region,
    bucket,
    addressing,
    credentials: { accessKeyId, secretAccessKey },
    ...changes,
  };
}

/** A description as an owner sends it; `storeId` has no default, and without one there is no place. */
export function aDataset(changes: Partial<DatasetDto>): DatasetDto {
  const isInStore = changes.storeId !== undefined;
  return {
    organisationId: OWNER,
    title: 'Footfall',
    description: 'Counted by the hour.',
    publisher: 'Northbank Borough',
    contact: 'data@northbank.example',
    access: 'shared',
    accessReason: 'Shared under an agreement.',
    sensitivity: 'internal',
    tags: [],
    kind: 'files',
    fields: [{ name: 'count', type: 'integer', description: 'People', class: 'other' }],
    ...(isInStore ? { prefix: 'data/' } : {}),
    keywords: ['footfall'],
    themes: [],
    languages: ['ENG'],
    places: [],
    related: [],
    visibility: 'public',
    distributions: isInStore
      ? [{ title: 'All files', mediaType: 'text/csv', path: '', disclosesLocation: false }]
      : [],
    ...changes,
  };
}

function principalOf(organisationId: string, role: Role = 'data_owner'): Principal {
  return {
    kind: 'person',
    personId: organisationId,
    pseudonym: 'P-aaaaaaaa',
    name: `The ${role}`,
    issuer: 'https://id.example',
    subject: organisationId,
    memberships: [
      {
        membershipId: organisationId,
        organisationId,
        organisationName: organisationId,
        isOperator: false,
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
  };
}

// One person for each organisation, with the organisation's id: enough to act and to be found in events.
async function populate(database: Database, audit: AuditService): Promise<void> {
  await database.transaction(async (tx) => {
    const event = await audit.record(tx, 'organisation.registered', { actorKind: 'broker' });
    for (const [at, id] of [OWNER, PARTNER, STRANGER].entries()) {
      await tx.query(
        `INSERT INTO organisation (id, name, kind, public_authority, is_operator, status, audit_event_id)
         VALUES ($1::uuid, $1::text, 'borough', true, false, 'active', $2)`,
        [id, event],
      );
      await tx.query(
        `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
         VALUES ($1::uuid, 'https://id.example', $1::text, $2, 'active', $3)`,
        [id, `P-aaaaaaa${'abc'.charAt(at)}`, event],
      );
    }
  });
}
