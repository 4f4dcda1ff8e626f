import { Module } from '@nestjs/common';
import { AgreementsModule } from '../../agreements/agreements.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { DecisionRecordsApi } from './decision-records.api.js';
import { DecisionRecordsRepository } from './decision-records.repository.js';
import { DecisionRecords } from './decision-records.service.js';
import { RegisterApi } from './register.api.js';
import { RegisterRepository } from './register.repository.js';
import { Register } from './register.service.js';

/** What leaves the broker in the forms that others have standardised. */
@Module({
  imports: [AgreementsModule, AuditModule, IdentityModule],
  controllers: [DecisionRecordsApi, RegisterApi],
  providers: [DecisionRecords, DecisionRecordsRepository, Register, RegisterRepository],
})
export class FormsModule {}
