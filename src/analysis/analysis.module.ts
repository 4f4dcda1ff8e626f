import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { RateLimitsModule } from '../platform/rate-limits/rate-limits.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { PolicyDiffApi } from './diff/policy-diff.api.js';
import { PolicyDiff } from './diff/policy-diff.service.js';
import { DecisionsOfEvents } from './explain/decisions-of-events.service.js';
import { ExplainApi } from './explain/explain.api.js';
import { Explain } from './explain/explain.service.js';
import { Explainable } from './explain/explainable.service.js';
import { GuardrailsApi } from './guardrails/guardrails.api.js';
import { GuardrailOwners } from './guardrails/guardrails.repository.js';
import { Guardrails } from './guardrails/guardrails.service.js';
import { ActivationComparison } from './impact/activation-comparison.service.js';
import { AgreementImpact } from './impact/agreement-impact.service.js';
import { CandidatesRepository } from './impact/candidates.repository.js';
import { GuardrailImpact } from './impact/guardrail-impact.service.js';
import { Hypothetical } from './impact/hypothetical.service.js';
import { PolicyImpactApi } from './impact/policy-impact.api.js';
import { PeopleNames } from './people-names.repository.js';
import { DecisionStore } from './replay/decision-store.repository.js';
import { Replay } from './replay/replay.service.js';
import { RulesOfVersions } from './rules-of-versions.repository.js';
import { Drafts } from './what-if/drafts.service.js';
import { WhatIfApi } from './what-if/what-if.api.js';
import { WhatIf } from './what-if/what-if.service.js';

/** Policy as people ask about it: what a rule lets in, what changed, and what would be. */
@Module({
  imports: [
    AgreementsModule,
    AuditModule,
    CascadeModule,
    IdentityModule,
    OrganisationsModule,
    RateLimitsModule,
    RequestsModule,
  ],
  controllers: [GuardrailsApi, PolicyDiffApi, ExplainApi, WhatIfApi, PolicyImpactApi],
  providers: [
    Guardrails,
    GuardrailOwners,
    PolicyDiff,
    RulesOfVersions,
    Replay,
    DecisionStore,
    Explain,
    Explainable,
    DecisionsOfEvents,
    WhatIf,
    Drafts,
    PeopleNames,
    AgreementImpact,
    ActivationComparison,
    GuardrailImpact,
    Hypothetical,
    CandidatesRepository,
  ],
  exports: [AgreementImpact, DecisionsOfEvents, Explain, GuardrailImpact, Guardrails],
})
export class AnalysisModule {}
