import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { DpopModule } from '../identity/dpop/dpop.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AccessLogsRepository } from './access-logs/access-logs.repository.js';
import { StoreAccessLogsApi } from './access-logs/store-access-logs.api.js';
import { StoreAccessLogs } from './access-logs/store-access-logs.service.js';
import { ClientAssertions } from './clients/client-assertions.service.js';
import { StoreClientsApi } from './clients/store-clients.api.js';
import { StoreClientsRepository } from './clients/store-clients.repository.js';
import { StoreClients } from './clients/store-clients.service.js';
import { StoreChanges } from './store-changes.service.js';
import { StoreVault } from './store-credentials.js';
import { StoreLocations } from './store-locations.service.js';
import { StoreRegistration } from './store-registration.service.js';
import { StoreProbing } from './store-probing.service.js';
import { StoreProbesRepository } from './store-probes.repository.js';
import { StoreRotation } from './store-rotation.service.js';
import { StoreEntity } from './store.entity.js';
import { StoresApi } from './stores.api.js';
import { StoresRepository } from './stores.repository.js';
import { StoresService } from './stores.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([StoreEntity]),
    AuditModule,
    CascadeModule,
    DpopModule,
    IdentityModule,
  ],
  controllers: [StoresApi, StoreClientsApi, StoreAccessLogsApi],
  providers: [
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
    StoreClients,
    StoreClientsRepository,
    ClientAssertions,
  ],
  exports: [
    ClientAssertions,
    StoreAccessLogs,
    StoreClients,
    StoreLocations,
    StoreProbing,
    StoreRegistration,
    StoreRotation,
    StoresService,
  ],
})
export class StoresModule {}
