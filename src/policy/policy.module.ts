import { Global, Module } from '@nestjs/common';
import { OperationDecision } from '../identity/operation-decision.js';
import { DecisionRecords } from './decision-records.service.js';
import { CasbinOperationDecision } from './engine/operation-decision.casbin.js';
import { PolicyGuardrails } from './policy-guardrails.service.js';
import { PolicyPublisher } from './policy-publisher.js';
import { PolicyService } from './policy.service.js';
import { GuardrailsRepository } from './storage/guardrails.repository.js';
import { PoliciesFolder, policiesFolder, readModel, readRoles } from './storage/policy-files.js';
import { PolicyFindings } from './analysis/policy-findings.service.js';
import { PolicyHolder } from './storage/policy-holder.js';
import { PolicyListener } from './storage/policy-listener.js';
import { PolicyRepository } from './storage/policy.repository.js';

/** Global, because identity's port is bound here: the guard asks a decision it does not import. */
@Global()
@Module({
  providers: [
    PolicyFindings,
    PolicyRepository,
    GuardrailsRepository,
    PolicyListener,
    PolicyHolder,
    PolicyPublisher,
    PolicyGuardrails,
    PolicyService,
    DecisionRecords,
    { provide: PoliciesFolder, useFactory: policiesFolder },
    {
      provide: OperationDecision,
      inject: [PoliciesFolder],
      useFactory: (folder: URL) =>
        CasbinOperationDecision.load(readModel(folder), readRoles(folder)),
    },
  ],
  exports: [PolicyFindings, PolicyGuardrails, PolicyService, DecisionRecords, OperationDecision],
})
export class PolicyModule {}
