import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { GuardrailsApi } from './guardrails/guardrails.api.js';
import { GuardrailsRepository } from './guardrails/guardrails.repository.js';
import { Guardrails } from './guardrails/guardrails.service.js';

@Module({
  imports: [IdentityModule, OrganisationsModule],
  controllers: [GuardrailsApi],
  providers: [Guardrails, GuardrailsRepository],
})
export class AnalysisModule {}
