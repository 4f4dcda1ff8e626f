import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { PolicyDiffApi } from './diff/policy-diff.api.js';
import { PolicyDiff } from './diff/policy-diff.service.js';
import { RulesOfVersions } from './rules-of-versions.repository.js';
import { DecisionStore } from './replay/decision-store.repository.js';
import { Replay } from './replay/replay.service.js';
import { GuardrailsApi } from './guardrails/guardrails.api.js';
import { GuardrailsRepository } from './guardrails/guardrails.repository.js';
import { Guardrails } from './guardrails/guardrails.service.js';

@Module({
  imports: [IdentityModule, OrganisationsModule],
  controllers: [GuardrailsApi, PolicyDiffApi],
  providers: [Guardrails, GuardrailsRepository, PolicyDiff, RulesOfVersions, Replay, DecisionStore],
})
export class AnalysisModule {}
