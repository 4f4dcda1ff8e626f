import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CascadeModule } from '../cascade/cascade.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { AgreementActs } from './agreement-acts.service.js';
import { AgreementActsApi } from './agreement-acts.api.js';
import { AgreementsApi } from './agreements.api.js';
import { AgreementsRepository } from './agreements.repository.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementTemplatesApi } from './beginnings/agreement-templates.api.js';
import { Beginnings } from './beginnings/beginnings.service.js';
import { Templates } from './beginnings/templates.js';
import { Drafting } from './drafting.service.js';
import { AgreementFormsApi } from './forms/agreement-forms.api.js';
import { OdrlExport } from './forms/odrl-export.service.js';
import { ActivationPreview } from './lifecycle/activation-preview.service.js';
import { Abandonment } from './lifecycle/abandonment.service.js';
import { Activation } from './lifecycle/activation.js';
import { AgreementGate } from './lifecycle/agreement-gate.js';
import { DueMoves } from './lifecycle/due-moves.service.js';
import { JointActs } from './lifecycle/joint-acts.service.js';
import { CompletedReviews } from './review-dates/completed-reviews.service.js';
import { OverdueReviews } from './review-dates/overdue-reviews.service.js';
import { ReviewDatesRepository } from './review-dates/review-dates.repository.js';
import { Reviews } from './lifecycle/reviews.service.js';
import { SignOffs } from './lifecycle/sign-offs.service.js';
import { Effectiveness } from './lifecycle/effectiveness.service.js';
import { Stopping } from './lifecycle/stopping.service.js';
import { NoticeEffects } from './notices/notice-effects.service.js';
import { NoticeMail } from './notices/notice-mail.js';
import { NoticesRepository } from './notices/notices.repository.js';
import { Notices } from './notices/notices.service.js';
import { Accession } from './parties/accession.service.js';
import { JointPartyActs } from './parties/joint-party-acts.service.js';
import { PartiesApi } from './parties/parties.api.js';
import { PartiesRepository } from './parties/parties.repository.js';
import { PartiesService } from './parties/parties.service.js';
import { PartyHoldings } from './parties/party-holdings.js';
import { PartyHoldingsRepository } from './parties/party-holdings.repository.js';
import { PartyActs } from './parties/party-acts.service.js';
import { PartyGate } from './parties/party-gate.js';
import { PartyMoves } from './parties/party-moves.service.js';
import { AttestationsApi } from './signed-outside/attestations.api.js';
import { AttestationsRepository } from './signed-outside/attestations.repository.js';
import { Attestations } from './signed-outside/attestations.service.js';
import { Papers } from './signed-outside/papers.service.js';
import { Submission } from './submission.service.js';
import { TermsFactsRepository } from './terms/terms-facts.repository.js';
import { TermsFactsService } from './terms/terms-facts.service.js';
import { AmendmentNotice } from './versions/amendment-notice.js';
import { Amendments } from './versions/amendments.service.js';
import { RenewalGuards } from './versions/renewal-guards.js';
import { Supersession } from './versions/supersession.service.js';
import { VersionsApi } from './versions/versions.api.js';
import { VersionsRepository } from './versions/versions.repository.js';
import { VersionsService } from './versions/versions.service.js';
import { Vocabularies } from './vocabularies.js';
import { EndedTermsRepository } from './vocabulary-reviews/ended-terms.repository.js';
import { VocabularyReviews } from './vocabulary-reviews/vocabulary-reviews.service.js';
import { OverlapsRepository } from './warnings/overlaps.repository.js';
import { Warnings } from './warnings/warnings.service.js';

@Module({
  imports: [AuditModule, CascadeModule, IdentityModule, MailModule, OrganisationsModule],
  controllers: [
    AgreementsApi,
    AgreementTemplatesApi,
    AgreementActsApi,
    AttestationsApi,
    AgreementFormsApi,
    PartiesApi,
    VersionsApi,
  ],
  providers: [
    AgreementsService,
    AgreementActs,
    AgreementsRepository,
    AgreementGate,
    Beginnings,
    Templates,
    Drafting,
    Submission,
    Attestations,
    AttestationsRepository,
    Papers,
    OdrlExport,
    Reviews,
    CompletedReviews,
    OverdueReviews,
    ReviewDatesRepository,
    SignOffs,
    Activation,
    Stopping,
    Abandonment,
    JointActs,
    DueMoves,
    Notices,
    NoticesRepository,
    NoticeEffects,
    NoticeMail,
    VersionsService,
    VersionsRepository,
    Amendments,
    RenewalGuards,
    Effectiveness,
    ActivationPreview,
    AmendmentNotice,
    Supersession,
    PartiesService,
    PartiesRepository,
    PartyHoldings,
    PartyHoldingsRepository,
    PartyGate,
    PartyActs,
    JointPartyActs,
    PartyMoves,
    Accession,
    TermsFactsService,
    TermsFactsRepository,
    Vocabularies,
    Warnings,
    VocabularyReviews,
    EndedTermsRepository,
    OverlapsRepository,
  ],
  exports: [
    Attestations,
    OdrlExport,
    Templates,
    AgreementsService,
    AgreementActs,
    DueMoves,
    OverdueReviews,
    VocabularyReviews,
    PartiesService,
    VersionsService,
    RenewalGuards,
    Effectiveness,
    ActivationPreview,
    Vocabularies,
  ],
})
export class AgreementsModule {}
