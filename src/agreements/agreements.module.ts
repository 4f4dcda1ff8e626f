import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { AgreementActs } from './agreement-acts.service.js';
import { AgreementActsApi } from './agreement-acts.api.js';
import { AgreementsApi } from './agreements.api.js';
import { AgreementsRepository } from './agreements.repository.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementTemplatesApi } from './beginnings/agreement-templates.api.js';
import { Beginnings } from './beginnings/beginnings.service.js';
import { Templates } from './beginnings/templates.js';
import { Drafting } from './drafting.service.js';
import { Activation } from './lifecycle/activation.js';
import { AgreementGate } from './lifecycle/agreement-gate.js';
import { DueMoves } from './lifecycle/due-moves.service.js';
import { JointActs } from './lifecycle/joint-acts.service.js';
import { Reviews } from './lifecycle/reviews.service.js';
import { SignOffs } from './lifecycle/sign-offs.service.js';
import { Stopping } from './lifecycle/stopping.service.js';
import { Submission } from './submission.service.js';
import { TermsFactsRepository } from './terms/terms-facts.repository.js';
import { TermsFactsService } from './terms/terms-facts.service.js';
import { Vocabularies } from './vocabularies.js';

@Module({
  imports: [AuditModule, CascadeModule, IdentityModule, OrganisationsModule],
  controllers: [
    AgreementsApi,
    AgreementTemplatesApi,
    AgreementActsApi,
    AgreementFormsApi,
    PartiesApi,
    VersionsApi,
  ],
  providers: [
    AgreementsService,
    AgreementActs,
    AgreementsRepository,
    AgreementGate,
    Drafting,
    Submission,
    Reviews,
    SignOffs,
    Activation,
    Stopping,
    JointActs,
import { OverlapsRepository } from './warnings/overlaps.repository.js';
import { Warnings } from './warnings/warnings.service.js';
    DueMoves,
    TermsFactsService,
    TermsFactsRepository,
    Vocabularies,
  ],
  exports: [AgreementsService, AgreementActs, DueMoves, Vocabularies],
})
export class AgreementsModule {}
    Beginnings,
    Templates,
    Warnings,
    OverlapsRepository,
  ],
  exports: [
    AgreementsService,
    AgreementActs,
    DueMoves,
    PartiesService,
    VersionsService,
    RenewalGuards,
    Vocabularies,
