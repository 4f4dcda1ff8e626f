import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { ErasuresApi } from './erasures.api.js';
import { ErasuresRepository } from './erasures.repository.js';
import { Erasures } from './erasures.service.js';
import { HoldsApi } from './holds/holds.api.js';
import { HoldsRepository } from './holds/holds.repository.js';
import { Holds } from './holds/holds.service.js';
import { PersonErasure } from './person-erasure.service.js';

@Module({
  imports: [AuditModule, IdentityModule, OrganisationsModule],
  controllers: [ErasuresApi, HoldsApi],
  providers: [Erasures, ErasuresRepository, PersonErasure, Holds, HoldsRepository],
  exports: [Erasures, ErasuresRepository, Holds, PersonErasure],
})
export class ErasureModule {}
