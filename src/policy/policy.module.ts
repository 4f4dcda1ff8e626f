import { Global, Module } from '@nestjs/common';
import { OperationDecision } from '../identity/operation-decision.js';
import { CasbinOperationDecision } from './operation-decision.casbin.js';
import { policiesFolder } from './policy-files.js';
import { PolicyHolder } from './policy-holder.js';
import { PolicyRepository } from './policy.repository.js';
import { PolicyService } from './policy.service.js';

/** Global, because identity's port is bound here: the guard asks a decision it does not import. */
@Global()
@Module({
  providers: [
    PolicyRepository,
    PolicyHolder,
    PolicyService,
    {
      provide: OperationDecision,
      useFactory: () => CasbinOperationDecision.load(policiesFolder()),
    },
  ],
  exports: [PolicyService, OperationDecision],
})
export class PolicyModule {}
