import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { OrganisationRecordsModule } from '../organisation-records.module.js';
import { Bootstrap } from './bootstrap.service.js';

/** For `concordat bootstrap` alone. Needs the database, the secrets and the configuration, and nothing that serves. */
@Module({
  imports: [AuditModule, OrganisationRecordsModule],
  providers: [Bootstrap],
  exports: [Bootstrap],
})
export class OperatorBootstrapModule {}
