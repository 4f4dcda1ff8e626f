import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { StoreChanges } from './store-changes.service.js';
import { StoreVault } from './store-credentials.js';
import { StoreLocations } from './store-locations.service.js';
import { StoreRegistration } from './store-registration.service.js';
import { StoreProbing } from './store-probing.service.js';
import { StoreEntity } from './store.entity.js';
import { StoresApi } from './stores.api.js';
import { StoresRepository } from './stores.repository.js';
import { StoresService } from './stores.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([StoreEntity]), AuditModule, CascadeModule, IdentityModule],
  controllers: [StoresApi],
  providers: [
    StoresService,
    StoreRegistration,
    StoreProbing,
    StoreLocations,
    StoreChanges,
    StoreVault,
    StoresRepository,
  ],
  exports: [StoreProbing, StoreLocations],
})
export class StoresModule {}
