import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { StoresModule } from '../stores/stores.module.js';
import { BulkApi } from './bulk/bulk.api.js';
import { MetadataExport } from './bulk/metadata-export.service.js';
import { MetadataImport } from './bulk/metadata-import.service.js';
import { MetadataRepository } from './bulk/metadata.repository.js';
import { DatasetChanges } from './dataset-changes.service.js';
import { DatasetEdits } from './dataset-edits.service.js';
import { DatasetLinks } from './dataset-links.repository.js';
import { DatasetRegistration } from './dataset-registration.service.js';
import { DatasetViews } from './dataset-views.service.js';
import { DatasetEntity, DatasetLinkEntity, DistributionEntity } from './dataset.entity.js';
import { DatasetsApi } from './datasets.api.js';
import { DatasetsRepository } from './datasets.repository.js';
import { DatasetsService } from './datasets.service.js';
import { DescribedThings } from './described-things.repository.js';
import { DescriptionChecks } from './description-checks.service.js';
import { DistributionEdits } from './distribution-edits.service.js';
import { OrganisationDatasets } from './organisation-datasets.js';
import { CkanActions } from './publication/ckan-actions.service.js';
import { CkanApi } from './publication/ckan.api.js';
import { DataJsonApi } from './publication/data-json.api.js';
import { DcatApi } from './publication/dcat.api.js';
import { PublicCatalogue } from './publication/public-catalogue.service.js';
import { PublicDatasetsRepository } from './publication/public-datasets.repository.js';
import { CatalogueSearch } from './search/catalogue-search.service.js';
import { FacetsRepository } from './search/facets.repository.js';
import { SearchApi } from './search/search.api.js';
import { SearchAnswers } from './search/search-answers.service.js';
import { SearchSuggestions } from './search/search-suggestions.service.js';
import { SearchRepository } from './search/search.repository.js';
import { SuggestionsRepository } from './search/suggestions.repository.js';
import { PROFILE_LIMITS, ProfileLimits } from './profile/profile-limits.js';
import { ProfileApi } from './profile/profile.api.js';
import { ProfileRepository } from './profile/profile.repository.js';
import { Profiles } from './profile/profiles.service.js';
import { Profiling } from './profile/profiling.service.js';
import { Sampling } from './profile/sampling.service.js';
import { SEAL_LIMITS, SealLimits } from './sealing/seal-limits.js';
import { SealingRepository } from './sealing/sealing.repository.js';
import { Sealing } from './sealing/sealing.service.js';
import { DatasetVersionsApi } from './versions/versions.api.js';
import { DatasetVersionsRepository } from './versions/versions.repository.js';
import { DatasetVersions } from './versions/versions.service.js';
import { Viewers } from './viewers.service.js';
import { WATCH_LIMITS, WatchLimits } from './watching/watch-limits.js';
import { WatchingRepository } from './watching/watching.repository.js';
import { Watching } from './watching/watching.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([DatasetEntity, DistributionEntity, DatasetLinkEntity]),
    AuditModule,
    CascadeModule,
    IdentityModule,
    OrganisationsModule,
    StoresModule,
  ],
  // Search first: `suggestions` is no id.
  controllers: [
    SearchApi,
    DatasetsApi,
    ProfileApi,
    BulkApi,
    DatasetVersionsApi,
    DcatApi,
    DataJsonApi,
    CkanApi,
  ],
  providers: [
    DatasetsService,
    DatasetRegistration,
    DatasetEdits,
    DistributionEdits,
    DescriptionChecks,
    DatasetViews,
    DatasetChanges,
    MetadataExport,
    MetadataImport,
    MetadataRepository,
    DatasetLinks,
    DescribedThings,
    DatasetsRepository,
    DatasetVersions,
    DatasetVersionsRepository,
    Viewers,
    CatalogueSearch,
    SearchAnswers,
    SearchRepository,
    FacetsRepository,
    SearchSuggestions,
    SuggestionsRepository,
    OrganisationDatasets,
    PublicCatalogue,
    PublicDatasetsRepository,
    CkanActions,
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
  ],
  exports: [
    DatasetEdits,
    DatasetRegistration,
    DatasetsService,
    MetadataExport,
    MetadataImport,
    Profiles,
    PublicCatalogue,
    SearchAnswers,
    Sealing,
    Watching,
    Profiling,
    DatasetsRepository,
    DescriptionChecks,
    DistributionEdits,
  ],
})
export class CatalogueModule {}
